"""`switchboard doctor`: one line per thing that could be wrong."""

from dataclasses import asdict
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show


@click.command()
@options.place
@options.as_json
def command(config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """Look for whatever would keep the service from working; exit 1 if something would."""
    from deploy.doctor import run
    from deploy.settings import load

    findings = run(load(config, deploy={"data_dir": data_dir}))
    show([asdict(finding) for finding in findings], as_json=as_json, empty="")
    wrong = [finding.check for finding in findings if finding.state == "wrong"]
    if wrong:
        raise click.ClickException(f"{', '.join(wrong)}: see above")
