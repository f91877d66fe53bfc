"""`varsity audit`: whether the log is what it was when it was sealed."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import click

from server.audit.queries import head_of
from server.audit.rules import Fault, Head
from server.audit.verification import Verification
from server.cli.instance import data_option, opened
from server.cli.output import Refusal, json_option, note, print_json
from server.shared.canonical import moment_text
from server.shared.clock import utcnow

HASH = re.compile(r"[0-9a-f]{64}")
# So many faults are written out; the rest is counted.
FAULTS_SHOWN = 1000


@click.group()
def audit() -> None:
    """Check the log of changes against its chain of hashes."""


class HeadHash(click.ParamType[str]):
    """A block's hash: 64 hexadecimal digits."""

    name = "hash"

    def convert(self, value: Any, param: Any, ctx: click.Context | None) -> str:
        """Return it in lower case."""
        text = str(value).strip().lower()
        if not HASH.fullmatch(text):
            self.fail(f"{value!r} is no hash of 64 hexadecimal digits", param, ctx)
        return text


@dataclass
class Report:
    """What a verification found; of very many faults the first ones, and how many."""

    checked: Verification
    faults: list[Fault] = field(default_factory=list)
    count: int = 0


@audit.command()
@click.option(
    "--head",
    "heads",
    type=HeadHash(),
    multiple=True,
    help="A head that was kept earlier: it must be part of the chain. May be repeated.",
)
@data_option
@json_option
def verify(heads: tuple[str, ...], as_json: bool) -> None:
    """Walk the whole chain and say exactly what does not fit; exit code 1 where something doesn't.

    The service may go on meanwhile. What was written in the last seconds is not sealed yet.
    """
    with opened() as instance, instance.database.reading() as session:
        checked = Verification(now=utcnow(), kept=set(heads))
        report, faults = Report(checked), checked.faults(session)
        for fault in islice(faults, FAULTS_SHOWN):
            report.faults.append(fault)
            if not as_json:
                click.echo(fault.message)
        report.count = len(report.faults) + sum(1 for _ in faults)
    if as_json:
        print_json(_as_json(report))
    _conclude(report, said=as_json)


def _conclude(report: Report, *, said: bool) -> None:
    checked, count = report.checked, report.count
    sealed = f"{checked.blocks:,} blocks, {checked.events:,} events"
    if count:
        more = "" if count <= FAULTS_SHOWN else f" (the first {FAULTS_SHOWN:,} are listed)"
        things = "one thing does" if count == 1 else f"{count:,} things do"
        raise Refusal(f"The log is not what was sealed: {things} not fit{more}. {sealed}.")
    if said:
        return
    if not checked.blocks:
        click.echo("Nothing is sealed yet.")
    else:
        click.echo(f"The log is what was sealed: {sealed}.\nHead: {_head_text(checked.head)}")
    for head in checked.met:
        click.echo(f"Part of the chain: {_head_text(head)}")
    if checked.waiting:
        click.echo(f"Waiting to be sealed: {checked.waiting:,} events.")


def _as_json(report: Report) -> dict[str, Any]:
    checked = report.checked
    return {
        "ok": not report.count,
        "blocks": checked.blocks,
        "events": checked.events,
        "waiting": checked.waiting,
        "head": _head_json(checked.head),
        "part_of_the_chain": [_head_json(head) for head in checked.met],
        "fault_count": report.count,
        "faults": [fault._asdict() for fault in report.faults],
    }


@audit.command()
@data_option
@json_option
def head(as_json: bool) -> None:
    """Print the head of the chain, to be kept where nobody who can write the database can.

    `varsity audit verify --head HASH` says later whether it is still part of the chain.
    """
    with opened() as instance, instance.database.reading() as session:
        found = head_of(session)
    if not found.number:
        note("Nothing is sealed yet: a worker seals the log every few seconds.")
        raise click.exceptions.Exit(1)
    if as_json:
        print_json(_head_json(found))
    else:
        click.echo(_head_text(found))


def _head_text(head: Head) -> str:
    return f"{head.hash} block {head.number}, sealed {_sealed_at(head.sealed_at)}"


def _sealed_at(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None


def _head_json(head: Head) -> dict[str, Any] | None:
    if not head.number:
        return None
    return {"number": head.number, "hash": head.hash, "sealed_at": _sealed_at(head.sealed_at)}
