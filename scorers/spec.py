"""Everything that fixes how a file is scored, as one value that can be stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

_ADDED_LATER = ("code", "numbers", "split", "draw", "sides")
# Of each label the first by chance are public.
BY_LABEL = "by_label"


@dataclass(frozen=True)
class Split:
    """A column of the solution that decides which rows are public, instead of chance alone.

    `by`: "group" (rows with the same value stay together; about `public_fraction` of the rows),
    "time" (the earliest `public_fraction` of the rows) or "column" (the rows with one of the values
    of `public`).
    """

    by: str
    column: str
    public: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The value in JSON's types; `public` only where there is one."""
        named = {} if self.public is None else {"public": list(self.public)}
        return {"by": self.by, "column": self.column, **named}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Split":
        """The value that `to_dict` wrote."""
        public = values.get("public")
        return cls(values["by"], values["column"], None if public is None else tuple(public))


@dataclass(frozen=True)
class EvaluationSpec:
    """How the predictions of a phase are scored.

    `header`: the sample's columns. `labels`: those a prediction may take (declared, or the
    sample's; None: any). `public_fraction` counts only where the solution has no `Usage` column;
    without either every row is public. `split`: what decides beside the fraction, or instead of it.
    `kind`: what the predictions are, where the scorer reads several kinds. `max_unpacked_bytes`,
    `max_rows`: of a prediction file. `code`: the text of a metric file, which is nobody's but the
    organiser's; `numbers`: the columns in which its predictions are numbers. `draw`: how the public
    fraction of labelled rows is drawn, `BY_LABEL` or, None, as the first specs had it. `sides`: the
    table of ids and `Usage` that says where rows stand already, so that only others are drawn; a
    stored spec names it by its sha256, for whoever scores it is a path.
    """

    scorer: str
    header: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    id_columns: tuple[str, ...] = ("id",)
    labels: tuple[str, ...] | None = None
    unit_column: str | None = None
    public_fraction: float | None = None
    split_seed: int = 0
    replicate_seed: int = 0
    replicates: int = 1000
    max_unpacked_bytes: int = 2_000_000_000
    max_rows: int = 50_000_000
    kind: str | None = None
    code: str | None = field(default=None, repr=False)
    numbers: tuple[str, ...] | None = None
    split: Split | None = None
    draw: str | None = None
    sides: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The prediction columns, in the sample's order."""
        return tuple(name for name in self.header if name not in self.id_columns)

    def to_json(self) -> str:
        """The value as JSON text, the same text for the same value."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        # Specs were stored before there were these: without them they are what they were.
        values = {n: v for n, v in values.items() if n not in _ADDED_LATER or v is not None}
        values |= {} if self.split is None else {"split": self.split.to_dict()}
        return json.dumps(values | {"params": dict(self.params)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "EvaluationSpec":
        """The value that `to_json` wrote."""
        values = json.loads(text)
        lists = ("header", "also", "id_columns", "labels", "numbers")
        values |= {n: tuple(values[n]) for n in lists if values.get(n) is not None}
        split = values.pop("split", None)
        return cls(**values, split=None if split is None else Split.from_dict(split))
