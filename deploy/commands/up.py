"""`switchboard up`: everything in one process."""

from pathlib import Path

import click

from deploy.commands import options


@click.command()
@options.data_dir
@click.option("--host", help="Address to serve on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to serve on; 0 takes a free one.  [default: 8080]")
@click.option(
    "--knowledge",
    multiple=True,
    metavar="PATH_OR_URL",
    help="Serve these documents instead of the sample company's; may be given several times.",
)
@options.config
def command(
    data_dir: str | None,
    host: str | None,
    port: int | None,
    knowledge: tuple[str, ...],
    config: Path | None,
) -> None:
    """Run everything in one process, on an embedded Postgres.

    Without --knowledge it serves the documents of a sample company, as long as there are no
    others. The first start reads documents in before it serves; later ones serve at once, and
    what has not changed is skipped. Ctrl-C stops it and loses nothing; the next start goes on
    where this one ended.
    """
    from deploy.processes import Role
    from deploy.settings import SAMPLE, load
    from deploy.up import Wanted, serve

    under = None if knowledge else SAMPLE / "switchboard.toml"
    said = {"host": host, "port": port, "data_dir": data_dir}
    wanted = Wanted(roles=frozenset(Role), knowledge=knowledge, whole=True)
    serve(load(config, under, deploy=said), wanted)
