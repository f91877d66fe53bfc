"""The metrics that an organiser can choose from: names, titles, and a line each.

Told from a table that is written when a metric changes, not from the metrics themselves: loading
all of them takes seconds and a hundred megabytes, which no request should. To write it anew:
`python -m server.corrections.choices`.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scorers.errors import MissingExtra
from scorers.facts import facts_of
from scorers.registry import FAMILIES, SCORERS, plugins
from scorers.scorer import Scorer
from server.evaluations.models import Evaluation

TABLE = Path(__file__).with_name("choices.json")


class Choice(NamedTuple):
    """A metric to choose."""

    name: str
    title: str
    summary: str
    higher_is_better: bool


def choices_for(live: Evaluation) -> list[Choice]:
    """Return the metrics that run the same way as the present one of a phase: it can't turn."""
    spec = live.spec
    facts = facts_of(spec["scorer"], spec["params"], spec.get("code"))
    return [c for c in _known() if c.higher_is_better == facts.higher_is_better]


@cache
def _known() -> tuple[Choice, ...]:
    written = [Choice(**row) for row in json.loads(TABLE.read_text(encoding="utf-8"))]
    return (*written, *(_choice(scorer) for scorer in plugins().values()))


def _choice(scorer: Scorer) -> Choice:
    return Choice(scorer.name, scorer.title, scorer.summary, scorer.higher_is_better)


def table() -> str:
    """Return the table as it should be, with what is installed.

    Raises:
        MissingExtra: the packages of an optional family are not there to tell of it.
    """
    rows = [_choice(SCORERS[name])._asdict() for family in FAMILIES for name in family.names]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    try:
        TABLE.write_text(table(), encoding="utf-8")
    except MissingExtra as error:
        raise SystemExit(str(error)) from error
