"""`varsity check`: everything that is known of a challenge folder before it is launched."""

from pathlib import Path
from typing import NoReturn

import click
from rich.table import Table
from rich.text import Text

from server.cli.folders import explained, folder_argument, runner
from server.cli.output import Refusal, console, json_option, note, print_json
from server.folders.faults import InvalidFolder
from server.folders.preparing import run_prepare
from server.folders.surveying import Survey, survey_folder
from server.folders.times import Clock
from server.preflight.checking import report, report_on_mistakes
from server.preflight.report import Level, Line, Report
from server.shared.clock import utcnow

HEADINGS = {
    Level.ERROR: ("To correct before launch", "bold red", "✗"),
    Level.WARNING: ("Worth a second look", "bold yellow", "!"),
    Level.NOTE: ("Worth knowing", "bold cyan", "i"),
    Level.PASSED: ("In order", "bold green", "✓"),
}


@click.command()
@folder_argument
@click.option("--quick", is_flag=True, help="Only what needs no solution and no data.")
@json_option
def check(folder: Path, quick: bool, as_json: bool) -> None:
    """Check a challenge folder before its launch: what is wrong, what is doubtful, what to expect.

    Exit code 1 where something would stop a launch.
    """
    seen = _survey(folder)
    if seen.whole is None:
        _refuse(seen, quick=quick, as_json=as_json)
    if not as_json:
        note(f"Checking {seen.whole.definition.title} ...")
    found = report(seen.whole, now=utcnow(), run=runner(), quick=quick)
    if as_json:
        print_json(_json(found))
    else:
        _print(found)
    if not found.ok:
        raise Refusal(f"{folder} is not ready: {len(found.at(Level.ERROR))} to correct.")


def _survey(folder: Path) -> Survey:
    """Look through a folder, once its own script has made what is missing."""
    clock = Clock(utcnow(), allow_relative_times=True)
    try:
        run_prepare(folder)
    except InvalidFolder as error:
        seen = survey_folder(folder, clock)
        # A definition that can't be read is told by both.
        others = [fault for fault in seen.faults if fault not in error.faults]
        return Survey(None, seen.sound, (*error.faults, *others))
    return survey_folder(folder, clock)


def _refuse(seen: Survey, *, quick: bool, as_json: bool) -> NoReturn:
    """Say all that stands against a folder: its mistakes, then the errors of what can be tried.

    Raises:
        Refusal: always.
    """
    if as_json:
        said = report_on_mistakes(seen, run=runner(), quick=quick)
        print_json({"faults": [vars(fault) for fault in seen.faults], **_json(said)})
    else:
        _print(report_on_mistakes(seen._replace(faults=()), run=runner(), quick=quick))
    raise Refusal(explained(InvalidFolder(seen.faults)))


def _json(found: Report) -> dict[str, object]:
    return {
        "ok": found.ok,
        "quick": found.quick,
        "findings": [line.to_dict() for line in found.lines],
    }


def _print(found: Report) -> None:
    """Write the lines by their levels; what is in order takes a line each."""
    out = console()
    for level, (heading, style, mark) in HEADINGS.items():
        lines = found.at(level)
        if not lines:
            continue
        table = Table.grid(padding=(0, 2, 0 if level is Level.PASSED else 1, 0))
        for line in lines:
            table.add_row(Text(f"  {mark}", style=style), _text(line))
        out.print(Text(f"{heading} ({len(lines)})", style=style))
        out.print(table)


def _text(line: Line) -> Text:
    if line.level is Level.PASSED:
        return Text(line.told(line.said))
    text = Text(line.told(line.said), style="bold")
    if line.where is not None:
        text.append(f"  [{line.where}]", style="not bold dim")
    for lead, sentence in (("", line.why), ("→ ", line.remedy), ("", line.how)):
        if sentence:
            text.append(f"\n{lead}{line.told(sentence)}", style="not bold")
    return text
