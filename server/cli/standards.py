"""`varsity standard`: put an evaluation standard of three levels on this instance."""

from pathlib import Path

import click

from server.certificates.defining import define_standard
from server.certificates.definition import read_standard
from server.cli.instance import data_option, opened
from server.cli.output import json_option, print_json
from server.shared.clock import utcnow


@click.group()
def standard() -> None:
    """Manage evaluation standards."""


@standard.command()
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@data_option
@json_option
def deploy(*, file: Path, as_json: bool) -> None:
    """Make the standard of FILE (TOML), or change the one that has its slug."""
    with opened() as instance, instance.database.writing() as session:
        row = define_standard(session, read_standard(file.read_bytes()), viewer=None, now=utcnow())
        session.commit()
        answer = {"slug": row.slug, "title": row.title, "levels": list(row.levels)}
    if as_json:
        print_json(answer)
    else:
        levels = ", ".join(answer["levels"])
        click.echo(f"Standard {answer['slug']}: {answer['title']} ({levels})")
