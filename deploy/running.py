"""What an operator can change about how the processes run."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import SecretStr

from core.kafka.brokers import Mechanism, Security

_NO_SECRET = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploySettings:
    """How the processes run."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    data_dir: str = ""
    """Folder of the embedded Postgres, the exported model and the logs; empty means `data` in
    a checkout, else `~/.local/share/switchboard`. Another folder is another, empty service."""
    database_url: SecretStr = _NO_SECRET
    """A Postgres 18 with pgvector 0.8, as `postgresql://user:password@host/name`; empty means the
    embedded one. DATABASE_URL does the same."""
    kafka_bootstrap_servers: str = ""
    """Brokers of the event log, as `host:port`, several separated by commas; empty means that the
    log is kept in Postgres. KAFKA_BOOTSTRAP_SERVERS does the same."""
    kafka_prefix: str = ""
    """In front of the names of topics and groups, as `acme.`, so that several services share
    brokers; another prefix is another, empty log."""
    kafka_replication: Annotated[int, Ge(1), Le(9)] = 3
    """Brokers that keep each record; it counts when all but one of them have it. With 1 a lost
    disk loses what was not yet answered."""
    kafka_security: Security = "PLAINTEXT"
    """How brokers are spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    kafka_sasl_mechanism: Mechanism = "PLAIN"
    """With SASL: how the password is proved, PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."""
    kafka_username: str = ""
    """With SASL: the name of this service at the brokers."""
    kafka_password: SecretStr = _NO_SECRET
    """With SASL: the password of that name; better kept in a folder of secrets."""
    kafka_ca_file: str = ""
    """With SSL: a PEM file of the certificates to trust; empty means those of the system."""
    host: str = "127.0.0.1"
    """Address to serve on; 0.0.0.0 lets other machines in."""
    port: Annotated[int, Ge(0), Le(65535)] = 8080
    """Port to serve on; 0 takes a free one and says which."""
    health_port: Annotated[int, Ge(0), Le(65535)] = 0
    """Port of /healthz, /readyz and /metrics for processes without the gateway, which has them
    on its own; 0 takes a free one and says which."""
    unready_s: Annotated[float, Ge(0), Le(300)] = 5
    """Seconds a gateway that was asked to stop goes on serving while /readyz says no already, so
    that load balancers look elsewhere first; `up` does not wait."""
    tenant_connections: Annotated[int, Ge(1), Le(1000)] = 16
    """Most connections to Postgres for work of one tenant at a time (turns, pages, search);
    fewer make turns wait for each other, more need room in Postgres's max_connections."""
    service_connections: Annotated[int, Ge(2), Le(1000)] = 8
    """Most connections to Postgres for the event log and the relay."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """`json` is one object per line, for machines; `console` is for people; `auto` is console
    in a terminal and JSON otherwise."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged; `debug` adds a line per turn: its decision and the time of each step."""
