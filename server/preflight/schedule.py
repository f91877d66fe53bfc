"""Whether the times and the quotas of the phases can be meant."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from server.folders.contents import Folder
from server.folders.definition import PhaseDefinition
from server.preflight.report import Fix, Level, Line, Place
from server.shared.errors import N_

Where = Callable[[tuple[str | int, ...]], Place]
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=366)
_MANY_A_DAY = 50
_TO_REVEAL = timedelta(days=1)


def lines_on_schedule(
    folder: Folder, document: Mapping[str, Any], where: Where, now: datetime
) -> Iterator[Line]:
    """Look at times and quotas; `document`: the definition as it is written."""
    phases = folder.definition.phases
    for index, phase in enumerate(phases):
        if not _is_relative(document, index):
            yield from _past(phase, where(("phases", index, "ends")), now)
            yield from _midnight(phase, where(("phases", index, "ends")))
        yield from _length(phase, where(("phases", index, "ends")))
        yield from _quotas(phase, where(("phases", index, "per_day")))
    for index, (before, after) in enumerate(pairwise(phases), start=1):
        yield from _overlap(before, after, where(("phases", index, "starts")))
        yield from _admission(before, after, where(("phases", index, "starts")))


def _is_relative(document: Mapping[str, Any], index: int) -> bool:
    """Whether a phase ends so many days after its deployment, as in a demo."""
    phases = document.get("phases")
    return isinstance(phases, list) and isinstance(phases[index].get("ends"), str)


def _past(phase: PhaseDefinition, where: Place, now: datetime) -> Iterator[Line]:
    values = {"phase": phase.slug, "time": f"{phase.ends:%Y-%m-%d %H:%M} UTC"}
    if phase.ends < now:
        yield Line(
            Level.WARNING,
            "past",
            Fix.PHASES,
            N_("Phase %(phase)s is over already: it ended at %(time)s."),
            N_("Nothing that is submitted would count."),
            N_("Write the times of this year."),
            values=values,
            where=where,
            phase=phase.slug,
        )


def _midnight(phase: PhaseDefinition, where: Place) -> Iterator[Line]:
    """The end of a day is most often meant where the organiser lives."""
    if (phase.ends.hour, phase.ends.minute) != (0, 0):
        return
    yield Line(
        Level.NOTE,
        "midnight",
        Fix.PHASES,
        N_(
            "Phase %(phase)s ends at midnight UTC, as %(day)s begins: that is 08:00 in Beijing, and"
            " %(before)s is its last whole day."
        ),
        N_("Teams in other zones lose or win half a day against what they expect."),
        N_(
            "Nothing, if it is meant; else give the end of the day in your own zone, such as"
            " 2026-12-31T23:59:59+08:00."
        ),
        values={
            "phase": phase.slug,
            "day": f"{phase.ends:%Y-%m-%d}",
            "before": f"{phase.ends - timedelta(days=1):%Y-%m-%d}",
        },
        where=where,
        phase=phase.slug,
    )


def _length(phase: PhaseDefinition, where: Place) -> Iterator[Line]:
    length = phase.ends - phase.starts
    if _SHORTEST <= length <= _LONGEST:
        return
    yield Line(
        Level.WARNING,
        "length",
        Fix.PHASES,
        N_("Phase %(phase)s is open for %(minutes)s min.")
        if length < _SHORTEST
        else N_("Phase %(phase)s is open for %(days)s days, more than a year."),
        N_("A mistake in a time of it would look just so."),
        N_("Look at its start and its end again."),
        values={
            "phase": phase.slug,
            "days": f"{length.days:,}",
            "minutes": f"{length.total_seconds() / 60:.0f}",
        },
        where=where,
        phase=phase.slug,
    )


def _quotas(phase: PhaseDefinition, where: Place) -> Iterator[Line]:
    if phase.per_day > _MANY_A_DAY:
        yield Line(
            Level.WARNING,
            "many-a-day",
            Fix.PHASES,
            N_("Phase %(phase)s lets a team submit %(per_day)s times a day."),
            N_("Who tries that often finds what fits the public rows by chance, nothing better."),
            N_("5 to 10 a day are usual."),
            values={"phase": phase.slug, "per_day": phase.per_day},
            where=where,
            phase=phase.slug,
        )


def _overlap(before: PhaseDefinition, after: PhaseDefinition, where: Place) -> Iterator[Line]:
    if after.starts < before.ends:
        yield Line(
            Level.NOTE,
            "overlap",
            Fix.PHASES,
            N_("Phase %(after)s starts before phase %(before)s has ended."),
            N_("Teams have to choose for which of them a file is."),
            N_("Nothing, if it is meant; else start it later."),
            values={"before": before.slug, "after": after.slug},
            where=where,
            phase=after.slug,
        )


def _admission(before: PhaseDefinition, after: PhaseDefinition, where: Place) -> Iterator[Line]:
    """A result that a person reveals is seldom out in the second in which its phase ends."""
    by_hand = after.admit_top is not None and before.reveal == "by_organiser"
    if not by_hand or after.starts - before.ends >= _TO_REVEAL:
        return
    yield Line(
        Level.WARNING,
        "admission",
        Fix.PHASES,
        N_(
            "Phase %(after)s admits teams by the result of phase %(before)s: nobody can submit to"
            " it before you have revealed that one."
        ),
        N_("What passes between its start and the reveal is lost to every team that gets in."),
        N_("Start it a day later or more, or let the result be revealed by itself."),
        values={"before": before.slug, "after": after.slug},
        where=where,
        phase=after.slug,
    )
