"""`varsity deploy`."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from scorers.errors import InvalidSolution
from scorers.metric_files.scoring import MetricFault
from scorers.metric_files.trial import try_metric
from server.challenges.changes import Change, ChangeKind
from server.challenges.queries import challenge_by_slug
from server.cli.folders import explained, folder_argument
from server.cli.instance import Instance, data_option, opened
from server.cli.output import Refusal, console, json_option, print_json
from server.corrections.rescoring import AT_ONCE
from server.deployments.actions import deploy
from server.deployments.run import Deployed
from server.evaluations.metrics import metric_rules, metric_runner
from server.folders.contents import Folder
from server.folders.reading import InvalidFolder, read_folder, run_prepare
from server.shared.clock import utcnow
from server.shared.errors import NotFound
from server.shared.queue import Jobs, make_engine
from server.shared.settings import Settings

SIGNS = {
    ChangeKind.ADDED: ("+", "green"),
    ChangeKind.CHANGED: ("~", "yellow"),
    ChangeKind.REMOVED: ("-", "red"),
    ChangeKind.KEPT: ("=", "cyan"),
}


@click.command("deploy")
@folder_argument
@click.option("--organiser", "organisers", metavar="EMAIL", multiple=True, help="Who runs it.")
@click.option(
    "--new-evaluation",
    is_flag=True,
    help="Another solution or metric for a phase with submissions: scored beside the live one.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for the history of the results.")
@data_option
@json_option
def deploy_folder(
    *,
    folder: Path,
    organisers: tuple[str, ...],
    new_evaluation: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Make a challenge of this instance what the folder DIR says, and print what changes.

    DIR may be an archive that `varsity export` wrote, or a zip of a folder; nothing in it is run.

    Again, it changes nothing. The solution of a phase with submissions is never replaced.
    """
    now = utcnow()
    with opened() as instance:
        read = _read(folder, instance, now)
        deployed = _deploy(
            instance,
            read,
            organisers=organisers,
            new_evaluation=new_evaluation,
            reason=reason,
            now=now,
        )
    if as_json:
        print_json(_as_json(read.slug, deployed))
    else:
        _print(read.slug, deployed)


def _read(folder: Path, instance: Instance, now: datetime) -> Folder:
    try:
        run_prepare(folder)
        read = read_folder(
            folder,
            now=_first_deployment(instance, folder.resolve().name) or now,
            allow_relative_times=True,
            max_bytes_limit=instance.settings.max_upload_bytes,
        )
        _try_metric(read, instance.settings)
        return read
    except InvalidFolder as error:
        raise Refusal(explained(error)) from error


def _try_metric(folder: Folder, settings: Settings) -> None:
    """Try a metric.py on the solutions before anything is written: it may fail, or run long."""
    run = metric_runner(metric_rules(settings))
    for phase in folder.definition.phases if folder.code is not None else []:
        try:
            try_metric(folder.solution_of(phase.slug).path, folder.spec_for(phase.slug), run)
        except (InvalidSolution, MetricFault) as error:
            trace = error.trace if isinstance(error, MetricFault) else ""
            raise Refusal(f"Phase {phase.slug}: {error}\n{trace}".rstrip()) from error


def _first_deployment(instance: Instance, slug: str) -> datetime | None:
    """Return what relative times count from, so that a second deployment moves none of them."""
    with instance.database.reading() as session:
        try:
            return challenge_by_slug(session, slug).created_at
        except NotFound:
            return None


def _deploy(
    instance: Instance,
    folder: Folder,
    *,
    organisers: tuple[str, ...],
    new_evaluation: bool,
    reason: str,
    now: datetime,
) -> Deployed:
    with instance.database.writing() as session:
        deployed = deploy(
            session,
            folder,
            stores=instance.stores(),
            organisers=organisers,
            new_evaluation=new_evaluation,
            replicates=instance.settings.replicates,
            reason=reason,
            now=now,
        )
        session.commit()
    _send(instance.settings, deployed)
    return deployed


def _send(settings: Settings, deployed: Deployed) -> None:
    jobs = Jobs(make_engine(settings.queue_url, settings.data_dir))
    for submission_id in deployed.to_score:
        jobs.send("score", submission_id=submission_id)
    # A signal is sent on by whoever has done its work.
    for _ in deployed.to_rescore[:AT_ONCE]:
        jobs.send("rescore_next")


def _as_json(slug: str, deployed: Deployed) -> dict[str, Any]:
    changes = [c._asdict() for c in deployed.changes]
    return {"challenge": slug, "created": deployed.result.created, "changes": changes}


def _print(slug: str, deployed: Deployed) -> None:
    for change in deployed.changes:
        console().print(_line(change), soft_wrap=True)
    count = sum(change.kind is not ChangeKind.KEPT for change in deployed.changes)
    if not count:
        click.echo(f"{slug}: nothing to change.")
        return
    verb = "created" if deployed.result.created else "updated"
    click.echo(f"{slug}: {verb}, {count} {'change' if count == 1 else 'changes'}.")


def _line(change: Change) -> Text:
    sign, colour = SIGNS[change.kind]
    line = Text(f"{sign} {change.what}", style=colour)
    if change.before or change.after:
        between = "; " if change.kind is ChangeKind.KEPT else " -> "
        values = between.join(_short(v) for v in (change.before, change.after) if v)
        line.append(f"  {values}", style="default")
    return line


def _short(value: str) -> str:
    one_line = re.sub(r"\s+", " ", value)
    return one_line if len(one_line) <= 60 else f"{one_line[:57]}..."
