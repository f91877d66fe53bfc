"""What the pages of certificates and of standards accept; what was typed is kept as it is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from server.certificates.definition import MOST_CONDITIONS, levels_of, written
from server.certificates.levels import Aim, Level
from server.certificates.rules import HandOut, Placing


def read_hand_out(values: Mapping[str, str]) -> HandOut:
    """Return the rules of a hand-out as they are chosen; what is no number is refused later."""
    placing = values.get("placing", Placing.MEDALS.value)
    top = values.get("top", "").strip()
    return HandOut(
        participation="participation" in values,
        placing=Placing(placing) if placing in set(Placing) else Placing.NOBODY,
        top=int(top) if top.isascii() and top.isdigit() and len(top) < 9 else 0,
    )


class ConditionRow(NamedTuple):
    """A condition as it is typed: everything is text."""

    test: str = Aim.BEATS.value
    challenges: str = ""
    at_least: str = "1"
    fields: str = "0"
    percent: str = "10"

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed that would make it a condition."""
        return not self.challenges.strip()


class StandardForm(NamedTuple):
    """A standard as it is typed."""

    slug: str = ""
    title: str = ""
    issuer: str = ""
    summary: str = ""
    levels: Mapping[Level, Sequence[ConditionRow]] = dict.fromkeys(Level, ())

    def values(self) -> dict[str, Any]:
        """Return what `define` makes a standard of."""
        return {
            "slug": self.slug.strip(),
            "title": self.title.strip(),
            "issuer": self.issuer.strip(),
            "summary": self.summary.strip(),
        } | {level.value: [_condition(row) for row in rows] for level, rows in self.levels.items()}

    def shown(self, *, more: int = 1) -> dict[Level, list[ConditionRow]]:
        """Return the rows of each level, with blank ones to fill in after them."""
        return {
            level: [*rows, *[ConditionRow()] * more][:MOST_CONDITIONS]
            for level, rows in self.levels.items()
        }


def _condition(row: ConditionRow) -> dict[str, Any]:
    lines = [line.strip() for line in row.challenges.splitlines()]
    return row._asdict() | {"challenges": [line for line in lines if line]}


def read_standard_form(form: Mapping[str, str], *, slug: str | None = None) -> StandardForm:
    """Return a standard as it was typed; `slug`: of one that is there, which keeps it."""
    return StandardForm(
        slug=form.get("slug", "") if slug is None else slug,
        title=form.get("title", ""),
        issuer=form.get("issuer", ""),
        summary=form.get("summary", ""),
        levels={level: _rows(form, level) for level in Level},
    )


def _rows(form: Mapping[str, str], level: Level) -> list[ConditionRow]:
    rows = []
    for number in range(MOST_CONDITIONS):
        typed = {
            name: form.get(f"{level.value}-{number}-{name}", default)
            for name, default in ConditionRow()._asdict().items()
        }
        rows.append(ConditionRow(**typed))
    return [row for row in rows if not row.is_blank]


def form_of(row: Any) -> StandardForm:
    """Return a standard that is there as it would be typed."""
    levels: dict[Level, list[ConditionRow]] = {level: [] for level in Level}
    for level, conditions in levels_of(row.levels).items():
        levels[level] = [
            ConditionRow(
                test=one.test.value,
                challenges="\n".join(map(written, one.challenges)),
                at_least=str(one.at_least),
                fields=str(one.fields),
                percent=one.percent,
            )
            for one in conditions
        ]
    return StandardForm(row.slug, row.title, row.issuer, row.summary, levels)
