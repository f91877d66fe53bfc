"""The metrics to choose from: what each means, reads and takes, without loading any of them.

Told from a table that is written when a metric changes: loading all of them takes seconds and a
hundred megabytes, which no request should. To write it anew: `python -m server.trials.catalogue`.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scorers.errors import MissingExtra
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.parameters import (
    REQUIRED,
    Parameter,
    is_count,
    is_label,
    is_labels,
    is_number,
    is_positive,
    is_share,
    is_shares,
)
from scorers.registry import FAMILIES, SCORERS, plugins
from scorers.scorer import Scorer
from server.shared.scorer_messages import scorer_words

TABLE = Path(__file__).with_name("catalogue.json")
# How a parameter is typed in: the form's field, and how its text is read.
FIELDS: dict[Callable[[Any], bool], str] = {
    is_count: "count",
    is_number: "number",
    is_positive: "number",
    is_share: "number",
    is_label: "label",
    is_labels: "labels",
    is_shares: "numbers",
}


class Setting(NamedTuple):
    """A parameter as a field: its default as JSON has it, None where one must be given."""

    name: str
    doc: str
    field: str
    required: bool
    default: Any
    choices: list[Any]
    expected: str


class Metric(NamedTuple):
    """A metric to choose: `kinds` what it can be fed, the usual first; bounds None: unbounded."""

    name: str
    title: str
    family: str
    summary: str
    formula: str
    source: str
    higher_is_better: bool
    lower: float | None
    upper: float | None
    kinds: list[str]
    settings: list[Setting]

    @property
    def reads(self) -> list[str]:
        """What a prediction holds, in words, for each kind."""
        return [INPUTS[InputKind(kind)].words for kind in self.kinds]


@cache
def metrics() -> tuple[Metric, ...]:
    """Return every metric that is installed, in the order of the documentation."""
    written = [_read(row) for row in json.loads(TABLE.read_text(encoding="utf-8"))]
    return (*written, *(_metric(scorer, "Plug-ins") for scorer in plugins().values()))


def metric_by_name(name: str) -> Metric | None:
    """Return a metric by its name."""
    return next((metric for metric in metrics() if metric.name == name), None)


def search(words: str, kind: str = "", *, say: Callable[[str], str] = scorer_words) -> list[Metric]:
    """Return the metrics in which every word occurs, and that can be fed this kind."""
    wanted = words.casefold().split()
    return [m for m in metrics() if _has(m, wanted, say) and (not kind or kind in m.kinds)]


def _has(metric: Metric, wanted: list[str], say: Callable[[str], str]) -> bool:
    text = searched(metric, say)
    return all(word in text for word in wanted)


def searched(metric: Metric, say: Callable[[str], str] = scorer_words) -> str:
    """Return what a search looks in: a metric's words in English, and as its reader sees them."""
    said = [metric.title, metric.family, metric.summary, *metric.reads]
    words = [metric.name, metric.name.replace("_", " "), *said, *map(say, said)]
    return " ".join(dict.fromkeys(words)).casefold()


def _read(row: dict[str, Any]) -> Metric:
    return Metric(**{**row, "settings": [Setting(**setting) for setting in row["settings"]]})


def _metric(scorer: Scorer, family: str) -> Metric:
    return Metric(
        name=scorer.name,
        title=scorer.title,
        family=family,
        summary=scorer.summary,
        formula=scorer.formula,
        source=scorer.source,
        higher_is_better=scorer.higher_is_better,
        lower=_bound(scorer.lower),
        upper=_bound(scorer.upper),
        kinds=[kind.value for kind in scorer.kinds],
        settings=[_setting(parameter) for parameter in scorer.all_parameters],
    )


def _bound(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _setting(parameter: Parameter) -> Setting:
    required = parameter.default is REQUIRED
    default = None if required else parameter.default
    field = "choice" if parameter.choices else FIELDS.get(parameter.accepts or is_label, "json")
    return Setting(
        name=parameter.name,
        doc=parameter.doc,
        field=field,
        required=required,
        default=json.loads(json.dumps(default)),
        choices=_choices(parameter),
        expected=parameter.describe(),
    )


def _choices(parameter: Parameter) -> list[Any]:
    """Return the values without those that only differ in being written as 1 or 1.0."""
    seen: list[Any] = []
    for choice in parameter.choices:
        if not any(choice == known and type(choice) is not bool for known in seen):
            seen.append(choice)
    return seen


def table() -> str:
    """Return the table as it should be, with what is installed.

    Raises:
        MissingExtra: the packages of an optional family are not there to tell of it.
    """
    rows = [_metric(SCORERS[name], f.title)._asdict() for f in FAMILIES for name in f.names]
    for row in rows:
        row["settings"] = [setting._asdict() for setting in row["settings"]]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    try:
        TABLE.write_text(table(), encoding="utf-8")
    except MissingExtra as error:
        raise SystemExit(str(error)) from error
