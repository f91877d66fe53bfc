"""What a draft changes in its live challenge, as its check found it, in the words of the steps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from server.drafts.naming import field_name, in_zone, value_shown
from server.drafts.rules import Step

_EVALUATION = re.compile(
    r"evaluation \d+: (?P<metric>.*), (?P<public>[\d,]+) public and (?P<private>[\d,]+) private"
    r" rows(?P<beside> \(scored beside the live one\))?"
)
_OF_FILES = ("sha256", "size", "position", "description")
_STEPS = {
    **dict.fromkeys(("id_column", "header", "labels", "max_bytes"), Step.DATA),
    **dict.fromkeys(("scorer", "params", "also", "higher_is_better"), Step.METRIC),
    **dict.fromkeys(
        ("max_size", "same_university", "joining", "lock_at", "registering", "asks"), Step.TEAMS
    ),
}


class Shown(NamedTuple):
    """A change as it is shown: the step, the thing, its field, and what it was and will be.

    `diff`: of a long text its changed lines with a little around them, each with what it is:
    "added", "removed", "same", or "gap".
    """

    kind: str
    step: Step
    thing: str
    field: str
    before: str
    after: str
    diff: Sequence[Sequence[str]] = ()


def shown_changes(changes: Sequence[Mapping[str, Any]], zone: str) -> list[Shown]:
    """Return the changes in the words of the steps, in the steps' order; times in a zone."""
    order = list(Step)
    found = [shown for change in changes for shown in _shown(change, zone)]
    return sorted(found, key=lambda shown: order.index(shown.step))


def _shown(change: Mapping[str, Any], zone: str) -> Iterator[Shown]:
    words = str(change["what"]).split(" ")
    match words:
        case ["solution", "of", "phase", slug]:
            yield _of_solution(change, slug)
        case ["baseline", *_name, "of", "phase", slug]:
            name = " ".join(_name)
            thing = _("%(name)s, of phase %(slug)s", name=name, slug=slug)
            yield _another_file(change, Step.BASELINES, thing)
        case ["page", slug, *field]:
            step = Step.RULES if slug == "rules" else Step.PAGES
            thing = _("Tab “%(name)s”", name=slug)
            # A tab's title follows its name.
            yield _field(change, step, thing, "pages", " ".join(field), zone)
        case ["file" | "image" as kind, *rest]:
            yield from _of_file(change, kind, rest, zone)
        case ["phase", slug, *field]:
            thing = _("Phase %(slug)s", slug=slug)
            yield _field(change, Step.PHASES, thing, "phases", " ".join(field), zone)
        case [name]:
            step = _STEPS.get(name, Step.ABOUT)
            yield _field(change, step, "", "", name, zone)
        case _:
            yield Shown(
                change["kind"],
                Step.CHECK,
                str(change["what"]),
                "",
                change["before"],
                change["after"],
            )


def _field(
    change: Mapping[str, Any], step: Step, thing: str, table: str, field: str, zone: str
) -> Shown:
    name = field_name(table, field) if field else ""
    if change["kind"] == "kept":
        before = in_zone(change["before"].partition(",")[0], zone)
        after = in_zone(change["after"].rpartition(" ")[2], zone)
        return Shown(
            "kept",
            step,
            thing,
            name,
            _("%(time)s, extended by hand", time=before),
            _("%(time)s in the draft", time=after),
        )
    before, after = (
        value_shown(table, field, change[which], zone) if field else ""
        for which in ("before", "after")
    )
    return Shown(change["kind"], step, thing, name, before, after, change.get("diff") or ())


def _of_file(
    change: Mapping[str, Any], kind: str, rest: Sequence[str], zone: str
) -> Iterator[Shown]:
    """A new file has another size or not: that it is another one is told once."""
    step = Step.DATA if kind == "file" else Step.PAGES
    field = rest[-1] if change["kind"] == "changed" and rest[-1] in _OF_FILES else ""
    name = " ".join(rest[:-1] if field else rest)
    if field == "size":
        return
    if field == "sha256":
        yield _another_file(change, step, name)
    else:
        yield _field(change, step, name, "files", field, zone)


def _another_file(change: Mapping[str, Any], step: Step, thing: str) -> Shown:
    """Return what is told of a file: only of one that was there before, that it is another."""
    if change["kind"] != "changed":
        return Shown(change["kind"], step, thing, "", "", "")
    return Shown("changed", step, thing, _("The file itself"), _("as it is now"), _("another"))


def _of_solution(change: Mapping[str, Any], slug: str) -> Shown:
    thing = _("Phase %(slug)s", slug=slug)
    found = _EVALUATION.fullmatch(change["after"])
    if found is None:
        return Shown(change["kind"], Step.SOLUTION, thing, "", change["before"], change["after"])
    after = _(
        "%(public)s public and %(private)s private rows, scored by %(metric)s",
        **{name: found[name] for name in ("public", "private", "metric")},
    )
    before = _("as it is scored now") if change["before"] else ""
    return Shown(
        change["kind"], Step.SOLUTION, thing, _("Solution, split or metric"), before, after
    )
