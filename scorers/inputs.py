"""What each kind of prediction looks like in a file, and what the solution holds beside it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.kinds import InputKind
from scorers.sentences import Sentence


class Content(StrEnum):
    """What stands in a column."""

    ID = "id"
    WHOLE_ID = "whole id"
    LABEL = "label"
    WHOLE_LABEL = "whole label"
    NUMBER = "number"
    PROBABILITY = "probability"
    INDICATOR = "indicator"  # 0 or 1
    NAME = "name"  # a text that is not empty
    TEXT = "text"  # any text, the empty one too
    CELL = "cell"  # a list, a mask, boxes: read by the scorer's own reader


# What is wrong with a cell, in words that follow its place; None: nothing.
CellCheck = Callable[[str], Sentence | None]


class Misfits(NamedTuple):
    """Rows that a scorer can't take, and what to say of one of them."""

    rows: NDArray[np.int64]
    say: Callable[[int], Sentence]


class Input(NamedTuple):
    """A kind in a file.

    `prediction`, `truth`: what stands in those columns. `one`, `several`: whether there may be one
    prediction column, or more. `matched`: the solution has the columns of the predictions; else it
    has one column of answers. `classes`: the answers are labels, which are turned into codes.
    """

    prediction: Content
    truth: Content
    words: str
    one: bool = True
    several: bool = False
    matched: bool = True
    classes: bool = False

    @property
    def for_each_class(self) -> bool:
        """Whether there is a column for each class, named after it."""
        return self.classes and self.several


INPUTS: Mapping[InputKind, Input] = MappingProxyType(
    {
        InputKind.LABELS: Input(Content.LABEL, Content.LABEL, "labels", classes=True),
        InputKind.PROBABILITY: Input(
            Content.PROBABILITY, Content.LABEL, "one probability a row", classes=True
        ),
        InputKind.PROBABILITIES: Input(
            Content.PROBABILITY,
            Content.LABEL,
            "a probability for each class",
            one=False,
            several=True,
            matched=False,
            classes=True,
        ),
        InputKind.NUMBERS: Input(Content.NUMBER, Content.NUMBER, "numbers", several=True),
        InputKind.CLASS_SCORES: Input(
            Content.NUMBER,
            Content.LABEL,
            "a score for each class",
            one=False,
            several=True,
            matched=False,
            classes=True,
        ),
        InputKind.SCORES: Input(
            Content.NUMBER, Content.LABEL, "one score a row, higher for the positive", classes=True
        ),
        InputKind.INDICATORS: Input(
            Content.INDICATOR, Content.INDICATOR, "0 or 1 for each label", one=False, several=True
        ),
        InputKind.LABEL_SCORES: Input(
            Content.NUMBER, Content.INDICATOR, "a score for each label", one=False, several=True
        ),
        InputKind.QUANTILES: Input(
            Content.NUMBER,
            Content.NUMBER,
            "a number for each quantile",
            several=True,
            matched=False,
        ),
        InputKind.CLUSTERS: Input(Content.NAME, Content.NAME, "the cluster of each row"),
        InputKind.TEXTS: Input(Content.TEXT, Content.TEXT, "texts"),
        InputKind.RANKED_LISTS: Input(Content.CELL, Content.CELL, "a ranked list a row"),
        InputKind.MASKS: Input(Content.CELL, Content.CELL, "a run-length encoded mask a row"),
        InputKind.BOXES: Input(Content.CELL, Content.CELL, "boxes"),
        InputKind.KEYPOINTS: Input(Content.CELL, Content.CELL, "key points"),
    }
)
# Contents whose empty cell says something: no text, no mask, no box.
MAY_BE_EMPTY = frozenset({Content.TEXT, Content.CELL})
