"""What the demo's students look at: named feature sets of each bundled challenge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
FeatureSet = Callable[[pl.DataFrame], Matrix]
CENTRE_YEAR = 1975.0
HEALTH = {"poor": 0.0, "fair": 1.0, "good": 2.0, "excellent": 3.0}


class Answer(StrEnum):
    """What a submission says of a row."""

    LABEL = "label"
    PROBABILITY = "probability"
    PROBABILITIES = "probabilities"
    NUMBER = "number"


@dataclass(frozen=True)
class Task:
    """A challenge as a modeller sees it; `trends` maps a feature set to a trend's degree."""

    target: str
    answer: Answer
    features: Mapping[str, FeatureSet]
    trends: Mapping[str, int] = field(default_factory=dict)
    recent_rows: bool = False  # a share of the training rows means the latest ones


def columns(*names: str) -> FeatureSet:
    """The feature set of the named columns, empty cells as the column's median."""

    def select(frame: pl.DataFrame) -> Matrix:
        numbers = frame.select(pl.col(name).cast(pl.Float64) for name in names)
        return numbers.with_columns(pl.all().fill_null(pl.all().median())).to_numpy()

    return select


def starting(prefix: str) -> FeatureSet:
    """The feature set of the columns whose name starts with `prefix`."""

    def select(frame: pl.DataFrame) -> Matrix:
        names = [name for name in frame.columns if name.startswith(prefix)]
        return columns(*names)(frame)

    return select


def both(first: FeatureSet, second: FeatureSet) -> FeatureSet:
    """Two feature sets side by side."""
    return lambda frame: np.hstack([first(frame), second(frame)])


def logarithms(features: FeatureSet) -> FeatureSet:
    """log(1 + x) of a feature set that has no negative values."""
    return lambda frame: np.log1p(features(frame))


def with_products(features: FeatureSet) -> FeatureSet:
    """A feature set, its squares and its pairwise products."""

    def expand(frame: pl.DataFrame) -> Matrix:
        plain = features(frame)
        left, right = np.triu_indices(plain.shape[1])
        return np.hstack([plain, plain[:, left] * plain[:, right]])

    return expand


# handwritten digits: pixel r0c0 to r7c7


def images(frame: pl.DataFrame) -> Matrix:
    """The scans as (n, 8, 8)."""
    return starting("r")(frame).reshape(-1, 8, 8)


def binary(frame: pl.DataFrame) -> Matrix:
    """Ink or no ink."""
    return np.asarray(starting("r")(frame) > 7, dtype=np.float64)


def blocks(frame: pl.DataFrame) -> Matrix:
    """Ink in each block of 2 x 2 pixels."""
    ink: Matrix = images(frame).reshape(-1, 4, 2, 4, 2).sum(axis=(2, 4))
    return ink.reshape(-1, 16)


def profiles(frame: pl.DataFrame) -> Matrix:
    """Ink in each column and each row."""
    return np.hstack([images(frame).sum(axis=1), images(frame).sum(axis=2)])


def middle(frame: pl.DataFrame) -> Matrix:
    """The pixels without the leftmost and the rightmost column."""
    return images(frame)[:, :, 1:7].reshape(-1, 48)


def edges(frame: pl.DataFrame) -> Matrix:
    """Differences of neighbouring pixels, downwards and to the right."""
    steps = np.diff(images(frame), axis=1).reshape(-1, 56)
    return np.hstack([steps, np.diff(images(frame), axis=2).reshape(-1, 56)])


# breast cancer


def measurements(frame: pl.DataFrame) -> Matrix:
    """All thirty: three of each property."""
    names = [name for name in frame.columns if name not in ("id", "malignant")]
    return columns(*names)(frame)


# Mauna Loa: time in decades and the year's circle


def years(frame: pl.DataFrame) -> Matrix:
    """Decimal years."""
    date = frame["date"].str.to_date()
    return (date.dt.year() + (date.dt.ordinal_day() - 1) / 365.25).to_numpy().astype(np.float64)


def curve(*, degree: int, waves: int) -> FeatureSet:
    """Powers of time up to `degree` and `waves` harmonics of the year."""

    def design(frame: pl.DataFrame) -> Matrix:
        year = years(frame)
        time = (year - CENTRE_YEAR) / 10
        powers = [time**power for power in range(1, degree + 1)]
        angles = [2 * np.pi * year * wave for wave in range(1, waves + 1)]
        return np.column_stack(powers + [f(a) for a in angles for f in (np.sin, np.cos)])

    return design


def calendar(frame: pl.DataFrame) -> Matrix:
    """The year, and how far it has gone."""
    year = years(frame)
    return np.column_stack([np.floor(year), year % 1])


# doctor visits


def self_rating(frame: pl.DataFrame) -> Matrix:
    """Self-rated health as 0 (poor) to 3 (excellent)."""
    return frame["health"].replace_strict(HEALTH, return_dtype=pl.Float64).to_numpy()[:, None]


INSURANCE = columns(
    "coinsurance", "individual_deductible", "max_expenditure", "incentive", "time_eligible"
)
ILLNESS = both(
    columns("chronic_diseases", "physical_limit", "health_index", "mental_health_index"),
    self_rating,
)
PERSON = columns("age", "female", "family_size", "income", "education")
PLACE = columns("site", "study_year")


# travel mode


def against_the_car(frame: pl.DataFrame) -> Matrix:
    """How much dearer and longer each way is than the car, with income and party."""
    prices, minutes = starting("cost_")(frame), starting("minutes_")(frame)
    # Columns are in the order air, bus, car, train.
    others = [0, 1, 3]
    gaps = [prices[:, others] - prices[:, [2]], minutes[:, others] - minutes[:, [2]]]
    return np.hstack([*gaps, columns("income", "party")(frame)])


# wine

ACIDS = ("malic_acid", "ash", "alcalinity_of_ash")
BITTER = ("nonflavanoid_phenols", "proanthocyanins")

BLOOD = ("total_cholesterol", "ldl", "hdl", "cholesterol_ratio", "log_triglycerides", "glucose")
VITALS = ("age", "sex", "bmi", "bp")
SHORTLIST = ("sex", "bmi", "bp", "hdl", "log_triglycerides")

TASKS: Mapping[str, Task] = {
    "digits": Task(
        target="digit",
        answer=Answer.LABEL,
        features={
            "pixels": starting("r"),
            "black and white": binary,
            "2 x 2 blocks": blocks,
            "row and column sums": profiles,
            "middle columns": middle,
            "edges": edges,
            "pixels and edges": both(starting("r"), edges),
        },
    ),
    "breast-cancer": Task(
        target="malignant",
        answer=Answer.PROBABILITY,
        features={
            "all 30": measurements,
            "means": starting("mean_"),
            "worst values": starting("worst_"),
            "size": columns("mean_radius", "mean_area", "mean_perimeter"),
            "shape": columns("mean_concavity", "mean_concave_points", "worst_smoothness"),
            "texture": columns("mean_texture", "worst_texture", "texture_error"),
            "means and worst": both(starting("mean_"), starting("worst_")),
            "logs of the worst": logarithms(starting("worst_")),
        },
    ),
    "diabetes": Task(
        target="progression",
        answer=Answer.NUMBER,
        features={
            "all ten": columns(*VITALS, *BLOOD),
            "vitals": columns(*VITALS),
            "blood": columns(*BLOOD),
            "bmi only": columns("bmi"),
            "shortlist": columns(*SHORTLIST),
            "shortlist with products": with_products(columns(*SHORTLIST)),
        },
    ),
    "mauna-loa-co2": Task(
        target="co2",
        answer=Answer.NUMBER,
        recent_rows=True,
        features={
            "year and season": calendar,
            "line": curve(degree=1, waves=0),
            "line, one wave": curve(degree=1, waves=1),
            "line, two waves": curve(degree=1, waves=2),
            "parabola": curve(degree=2, waves=0),
            "parabola, one wave": curve(degree=2, waves=1),
            "parabola, two waves": curve(degree=2, waves=2),
            "cubic, three waves": curve(degree=3, waves=3),
            "season after a line": curve(degree=0, waves=2),
            "season after a parabola": curve(degree=0, waves=2),
        },
        trends={"season after a line": 1, "season after a parabola": 2},
    ),
    "doctor-visits": Task(
        target="visits",
        answer=Answer.NUMBER,
        features={
            "insurance": INSURANCE,
            "illness": ILLNESS,
            "person": PERSON,
            "illness and person": both(ILLNESS, PERSON),
            "everything": both(both(ILLNESS, PERSON), both(INSURANCE, PLACE)),
        },
    ),
    "travel-mode": Task(
        target="mode",
        answer=Answer.PROBABILITIES,
        features={
            "income and party": columns("income", "party"),
            "prices and times": both(starting("cost_"), starting("minutes_")),
            "against the car": against_the_car,
        },
    ),
    "wine-course": Task(
        target="variety",
        answer=Answer.LABEL,
        features={
            "all seven": columns("alcohol", *ACIDS, "magnesium", *BITTER),
            "alcohol and acids": columns("alcohol", *ACIDS),
            "bitter substances": columns(*BITTER, "magnesium"),
            "alcohol and ash": columns("alcohol", "ash"),
        },
    ),
}
