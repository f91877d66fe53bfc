"""What commands print: results on standard output, everything else on standard error."""

import json
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table

from server.cli.words import _

WIDTH_OF_A_PIPE = 160

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


class Refusal(click.ClickException):
    """A command that can't be carried out; said on standard error, exit code 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it on standard error, in the reader's language from the first word on."""
        click.echo(_("Error: %(message)s", message=self.format_message()), file=file, err=True)


def note(message: str) -> None:
    """Tell the reader something that is not the result."""
    click.echo(message, err=True)


def print_json(value: Any) -> None:
    """Print a result as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, right: str = ""
) -> None:
    """Print rows under headings; `right` names, by commas, the columns that hold numbers."""
    numbers = set(right.split(","))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in numbers else "left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(table, markup=False)


def console() -> Console:
    """Return a console on standard output; a pipe gets wide lines, never cut ones."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDTH_OF_A_PIPE)
