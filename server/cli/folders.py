"""`varsity new` and `score`: an organiser's folder, without a server."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from scorers.errors import InvalidPredictions, InvalidSolution, OperatorsFault
from scorers.evaluate import BoardResult
from scorers.facts import facts_of
from scorers.metric_files.scoring import MetricFault, Run
from server.archives.reading import UnreadableArchive, unpacked
from server.cli.instance import known_settings
from server.cli.output import Refusal, json_option, print_json
from server.cli.showing import number, score_text
from server.cli.words import _, told
from server.evaluations.metrics import metric_rules, metric_runner
from server.folders.reading import (
    InvalidFolder,
    OfflineScore,
    run_prepare,
    score_file,
)
from server.folders.scaffold import CannotScaffold, new_challenge
from server.shared.clock import utcnow


def _as_folder(context: click.Context, _argument: click.Parameter, given: Path) -> Path:
    """Return a folder as it is, and that of an archive unpacked until the command has ended."""
    if given.is_dir():
        return given
    try:
        return context.with_resource(unpacked(given))
    except UnreadableArchive as error:
        raise Refusal(f"{given}: {error}") from error


# A challenge folder, or an archive of one, such as `varsity export` writes.
folder_argument = click.argument(
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, path_type=Path),
    callback=_as_folder,
)


@click.command()
@click.argument("slug")
@json_option
def new(slug: str, as_json: bool) -> None:
    """Make a small, complete challenge folder named SLUG here, to fill in."""
    try:
        made = new_challenge(slug, now=utcnow())
    except (CannotScaffold, OSError) as error:
        raise Refusal(str(error)) from error
    if as_json:
        print_json({"path": str(made.path), "next": made.next_command})
    else:
        click.echo(f"Made {made.path}/. It works as it is; fill it in, then: {made.next_command}")


@click.command()
@folder_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--phase", help="The phase (the first one, if left out).")
@json_option
def score(folder: Path, file: Path, phase: str | None, as_json: bool) -> None:
    """Score FILE against the challenge folder DIR, as the server would."""
    try:
        run_prepare(folder)
        found = score_file(folder, file, phase, run=runner())
    except InvalidPredictions as error:
        if as_json:
            print_json(_rejected_json(error))
        why = told(error.said)
        raise Refusal(_("%(file)s would be rejected:\n%(why)s", file=file, why=why)) from error
    except InvalidFolder as error:
        raise Refusal(explained(error)) from error
    except InvalidSolution as error:
        raise Refusal(f"The solution is wrong (the organiser's mistake):\n{error}") from error
    except MetricFault as error:
        whose = "operator" if isinstance(error, OperatorsFault) else "organiser"
        said = f"The metric failed (the {whose}'s mistake):\n{error}\n{error.trace}"
        raise Refusal(said.rstrip()) from error
    if as_json:
        print_json(_score_json(found))
    else:
        _print_score(found)


def _rejected_json(error: InvalidPredictions) -> dict[str, Any]:
    faults = [asdict(fault) for fault in error.faults]
    return {
        "state": "rejected",
        "message": str(error),
        "faults": faults,
        "fault_count": error.count,
    }


def runner() -> Run:
    """How a challenge's own metric.py is run: as the worker runs it."""
    return metric_runner(metric_rules(known_settings()))


def _score_json(found: OfflineScore) -> dict[str, Any]:
    boards = {"public": found.result.public, "private": found.result.private}
    scored = {name: _board_json(board) for name, board in boards.items()}
    scorer = found.folder.definition.scoring.scorer
    return {"challenge": found.folder.slug, "phase": found.phase, "scorer": scorer, **scored}


def _board_json(board: BoardResult | None) -> dict[str, Any] | None:
    if board is None:
        return None
    names = ("value", "interval", "method", "also", "rows")
    return {name: getattr(board, name) for name in names}


def _print_score(found: OfflineScore) -> None:
    scoring = found.folder.definition.scoring
    scorer = facts_of(scoring.scorer, scoring.params, found.folder.code)
    better = "higher" if scorer.higher_is_better else "lower"
    click.echo(f"{scorer.title} ({better} is better), phase {found.phase}")
    for name, board in (("public", found.result.public), ("private", found.result.private)):
        if board is not None:
            click.echo(f"{name:8} {score_text(board.value, board.interval)}  ({board.rows:,} rows)")
            for also, value in board.also.items():
                click.echo(f"         {also} {number(value)}")


def explained(error: InvalidFolder) -> str:
    """Return every mistake of a folder, a line each."""
    count = len(error.faults)
    head = "One mistake" if count == 1 else f"{count} mistakes"
    return "\n".join([f"{head} in the folder:", *(f"  {fault}" for fault in error.faults)])
