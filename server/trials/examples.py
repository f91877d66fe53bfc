"""A small solution and a submission for each kind of input, to see a metric at work."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from scorers.kinds import InputKind
from server.trials.catalogue import Metric

# What the column of ids is called here, and in a challenge that does not say otherwise.
ID = "id"


class Example(NamedTuple):
    """Two tables as text, and the parameters under which they fit together."""

    truth: str
    prediction: str
    settings: Mapping[str, object] = MappingProxyType({})

    def with_rows_named(self, column: str) -> "Example":
        """The same tables, whose ids stand in a column of that name."""
        truth, prediction = (
            re.sub(rf"^{ID}(?=,)", lambda _: column, text) for text in (self.truth, self.prediction)
        )
        return self._replace(truth=truth, prediction=prediction)


def _table(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


_THREE = _table(
    "id,animal", "1,cat", "2,dog", "3,cat", "4,bird", "5,dog", "6,bird", "7,cat", "8,dog"
)
_TWO = _table("id,ill", "1,0", "2,1", "3,0", "4,1", "5,1", "6,0", "7,0", "8,1")
_EACH = _table(
    "id,bird,cat,dog",
    "1,0.1,0.7,0.2",
    "2,0.2,0.2,0.6",
    "3,0.1,0.5,0.4",
    "4,0.6,0.2,0.2",
    "5,0.3,0.4,0.3",
    "6,0.5,0.1,0.4",
    "7,0.2,0.6,0.2",
    "8,0.5,0.3,0.2",
)
_MANY = _table("id,red,round,soft", "1,1,0,0", "2,0,1,1", "3,1,1,0", "4,0,0,1", "5,1,0,1")
_NUMBERS = _table("id,price", "1,210", "2,180.5", "3,320", "4,150", "5,275", "6,199")

BY_KIND = {
    InputKind.LABELS: Example(
        _THREE,
        _table(
            "id,animal", "1,cat", "2,dog", "3,dog", "4,bird", "5,dog", "6,cat", "7,cat", "8,dog"
        ),
    ),
    InputKind.PROBABILITY: Example(
        _TWO,
        _table("id,ill", "1,0.2", "2,0.7", "3,0.4", "4,0.9", "5,0.45", "6,0.1", "7,0.6", "8,0.8"),
    ),
    InputKind.PROBABILITIES: Example(_THREE, _EACH),
    InputKind.NUMBERS: Example(
        _NUMBERS, _table("id,price", "1,205", "2,190", "3,300", "4,162", "5,270", "6,210")
    ),
    InputKind.CLASS_SCORES: Example(
        _THREE,
        _table(
            "id,bird,cat,dog",
            "1,-1.2,2.1,0.3",
            "2,0.1,-0.4,1.9",
            "3,-0.5,1.1,0.8",
            "4,2.2,0.3,-1",
            "5,0.4,0.9,0.2",
            "6,1.3,-0.6,0.7",
            "7,-0.9,1.8,0.1",
            "8,2.6,0.2,-1.5",
        ),
    ),
    InputKind.SCORES: Example(
        _TWO,
        _table("id,ill", "1,-1.4", "2,0.8", "3,-0.3", "4,2.1", "5,-0.1", "6,-2", "7,0.4", "8,1.2"),
    ),
    InputKind.INDICATORS: Example(
        _MANY,
        _table("id,red,round,soft", "1,1,0,0", "2,0,1,0", "3,1,1,0", "4,1,0,1", "5,1,0,1"),
    ),
    InputKind.LABEL_SCORES: Example(
        _MANY,
        _table(
            "id,red,round,soft",
            "1,0.9,0.2,0.1",
            "2,0.5,0.4,0.8",
            "3,0.7,0.6,0.2",
            "4,0.5,0.1,0.9",
            "5,0.8,0.3,0.6",
        ),
    ),
    InputKind.QUANTILES: Example(
        _table("id,demand", "1,10", "2,14", "3,9", "4,20"),
        _table("id,low,middle,high", "1,8,10,13", "2,11,13,15", "3,7,10,12", "4,15,18,19"),
        {"quantiles": [0.1, 0.5, 0.9]},
    ),
    InputKind.CLUSTERS: Example(
        _THREE,
        _table("id,animal", "1,a", "2,b", "3,a", "4,c", "5,b", "6,c", "7,b", "8,b"),
    ),
    InputKind.TEXTS: Example(
        _table(
            "id,answer",
            "1,the cat sat on the mat",
            "2,Paris is the capital of France",
            "3,forty two",
        ),
        _table(
            "id,answer",
            "1,the cat sat on a mat",
            "2,Paris is the capital of France",
            "3,forty three",
        ),
    ),
    InputKind.RANKED_LISTS: Example(
        _table("id,items", "1,a b", "2,c", "3,d e f"),
        _table("id,items", "1,a x b", "2,y v z", "3,e d w"),
        {"k": 3},
    ),
    InputKind.MASKS: Example(
        _table("id,mask", "1,1 3 10 2", "2,5 4", "3,"),
        _table("id,mask", "1,1 3 10 1", "2,6 4", "3,"),
        {"height": 4, "width": 4},
    ),
    # A box: its label, its confidence where it is predicted, and x, y, width, height.
    InputKind.BOXES: Example(
        _table("id,boxes", "1,cat 10 10 40 30", "2,dog 0 0 20 30 cat 40 40 50 40", "3,"),
        _table("id,boxes", "1,cat 0.9 12 11 38 31", "2,dog 0.8 1 0 21 30", "3,cat 0.4 5 5 9 9"),
    ),
    # Of each point x, y, and whether it is seen; the scale is what counts as near.
    InputKind.KEYPOINTS: Example(
        _table("id,points,scale", "1,10 12 2 30 33 2,20", "2,5 8 2 25 28 1,16"),
        _table("id,points", "1,11 12 30 60", "2,5 9 24 28"),
        {"points": 2},
    ),
}
_SERIES = _table(
    "id,demand,series,Usage",
    "n1,10,north,Training",
    "n2,12,north,Training",
    "n3,11,north,Training",
    "n4,13,north,Training",
    "s1,200,south,Training",
    "s2,260,south,Training",
    "s3,220,south,Training",
    "s4,240,south,Training",
    "n5,14,north,Public",
    "n6,12,north,Public",
    "s5,250,south,Public",
    "s6,230,south,Public",
)
_FORECAST = _table("id,demand", "n5,13", "n6,12.5", "s5,240", "s6,235")


def _with(table: str, name: str, values: Callable[[list[str]], str]) -> str:
    """Return a table with one column more."""
    first, *rows = table.splitlines()
    wider = [f"{row},{values(row.split(','))}" for row in rows]
    return _table(f"{first},{name}", *wider)


_BINARY = Example(_TWO, _table("id,ill", "1,0", "2,1", "3,0", "4,1", "5,0", "6,0", "7,1", "8,1"))
_FORECASTS = Example(_SERIES, _FORECAST)
BY_NAME = {
    **dict.fromkeys(("precision", "recall", "f1", "jaccard"), _BINARY),
    "fbeta": _BINARY._replace(settings={"beta": 2}),
    "mase": _FORECASTS,
    "rmsse": _FORECASTS,
    "wrmsse": Example(
        _with(_SERIES, "weight", lambda cells: "1" if cells[2] == "north" else "3"), _FORECAST
    ),
    "owa": Example(_with(_SERIES, "step", lambda cells: cells[0][1:]), _FORECAST),
    "err": Example(
        _table("id,items", "1,a:3 b:1", "2,c:2", "3,d:1 e:3 f:2"),
        _table("id,items", "1,a x b", "2,y c z", "3,e d w"),
        {"max_grade": 3, "graded": True},
    ),
    "mean_iou": Example(
        _table("id,mask,image,class", "1,1 3 10 2,p,road", "2,5 4,p,sky", "3,2 2,q,road"),
        _table("id,mask", "1,1 3 10 1", "2,6 4", "3,2 2"),
        {"height": 4, "width": 4},
    ),
    "weighted": _BINARY._replace(
        settings={
            "parts": [
                {"scorer": "f1", "weight": 0.7},
                {"scorer": "accuracy", "weight": 0.3},
            ]
        }
    ),
    "per_group": Example(
        _with(_TWO, "group", lambda cells: "north" if int(cells[0]) % 2 else "south"),
        _BINARY.prediction,
        {"scorer": "accuracy"},
    ),
}


def example_of(metric: Metric) -> Example | None:
    """Return an example that a metric scores; None where there is none."""
    found = BY_NAME.get(metric.name) or BY_KIND[InputKind(metric.kinds[0])]
    return found if found.truth else None
