"""What a scorer is fed with."""

from enum import StrEnum


class InputKind(StrEnum):
    """What a prediction file holds for a row."""

    LABELS = "labels"
    PROBABILITY = "probability"  # one column: the probability of the positive class
    PROBABILITIES = "probabilities"  # a column for each class
    NUMBERS = "numbers"
