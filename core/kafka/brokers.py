"""Where brokers are, and who we are to them."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.domain.errors import SetupError

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokers:
    """Where they are and how to prove who we are."""

    bootstrap: str
    """`host:port`, several separated by commas."""
    security: Security = "PLAINTEXT"
    sasl_mechanism: Mechanism = "PLAIN"
    username: str = ""
    password: str = ""
    ca_file: str = ""
    """Certificates to trust; empty means those of the system."""

    def options(self) -> dict[str, Any]:
        """What every client of aiokafka is told.

        Raises:
            SetupError: the file of certificates cannot be read.
        """
        found: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in self.bootstrap.split(",")],
            "client_id": "switchboard",
            "request_timeout_ms": 15_000,
            "retry_backoff_ms": 100,
            "metadata_max_age_ms": 60_000,
            "security_protocol": self.security,
        }
        if "SSL" in self.security:
            found["ssl_context"] = _trust(self.ca_file)
        if "SASL" in self.security:
            found |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return found


def _trust(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=Path(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as unreadable:
        raise SetupError(f"{ca_file}: no certificates can be read from it") from unreadable
