"""`switchboard run`: some roles of a larger deployment."""

from pathlib import Path

import click

from deploy.commands import options

ROLES = ("gateway", "worker", "relay", "dispatcher", "desk")


@click.command()
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES), metavar="ROLE...")
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=int, help="Port to serve on.")
@options.place
def command(
    roles: tuple[str, ...],
    host: str | None,
    port: int | None,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Run some roles in this process: gateway, worker, relay, dispatcher, desk.

    The others run elsewhere, on the same DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS. Without a
    database named, the embedded Postgres of the data folder is shared by all processes of this
    machine; without brokers, the event log is in the database. A process without the gateway
    serves /healthz, /readyz and /metrics at deploy.health_port.
    """
    from deploy.settings import load
    from deploy.up import Wanted, serve

    said = {"host": host, "port": port, "data_dir": data_dir}
    serve(load(config, deploy=said), Wanted(roles=frozenset(roles)))
