"""What a scorer is fed with."""

from enum import StrEnum


class InputKind(StrEnum):
    """What a prediction file holds for a row."""

    LABELS = "labels"
    PROBABILITY = "probability"  # one column: the probability of the positive class
    PROBABILITIES = "probabilities"  # a column for each class
    NUMBERS = "numbers"  # one column, or one for each target
    CLASS_SCORES = "class scores"  # a column of numbers for each class: larger for the likelier
    SCORES = "scores"  # one column of numbers: larger for the positive class
    INDICATORS = "indicators"  # a column of 0 and 1 for each label
    LABEL_SCORES = "label scores"  # a column of numbers for each label: larger where it holds
    QUANTILES = "quantiles"  # a column of numbers for each quantile
    CLUSTERS = "clusters"  # one column of names of clusters
    TEXTS = "texts"
    RANKED_LISTS = "ranked lists"
    MASKS = "masks"
    BOXES = "boxes"
    KEYPOINTS = "keypoints"
