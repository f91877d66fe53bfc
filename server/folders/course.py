"""What `[course]` in a `challenge.toml` may say: late days, names on the board, and grades."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scorers.sentences import sentence
from server.folders.faults import mistake

MOST_LATE_DAYS = 60
BASELINE = "baseline:"
BEST = "best"

# A number, "best" (the best ranked score), or "baseline: NAME".
Anchor = float | Annotated[str, Field(min_length=1, max_length=220)]
Words = Annotated[str, Field(min_length=1, max_length=40)]
Points = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


def check_anchor(anchor: float | str) -> None:
    """Raise PydanticCustomError where an anchor is neither a number, "best" nor a baseline."""
    if isinstance(anchor, float | int) or anchor == BEST:
        return
    if not anchor.startswith(BASELINE) or not anchor.removeprefix(BASELINE).strip():
        raise mistake(
            sentence('"%(text)s" is no score to grade by.', text=anchor),
            sentence('Write a number, "best", or "baseline: NAME" with the name of a baseline.'),
        )


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Band(_Section):
    """A grade, and the score from which on it is given."""

    at: Anchor
    grade: Words

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_anchor(self.at)
        return self


class Grading(_Section):
    """How a score becomes a grade.

    `linear`: `lowest` at the score `bottom`, `highest` at the score `top`, straight between, no
    grade outside. `bands`: the grade of the best band whose score is reached, else `otherwise`.
    `late_cost`: points (linear) or bands taken off for each late day.
    """

    rule: Literal["linear", "bands"]
    bottom: Anchor | None = None
    top: Anchor | None = None
    lowest: Points = 0.0
    highest: Points = 100.0
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    bands: list[Band] = []
    otherwise: Words = "F"
    missing: Words = "0"
    late_cost: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.rule == "linear":
            self._check_linear()
        elif not self.bands:
            raise mistake(
                sentence("There is no band."),
                sentence('Write bands = [{ at = "best", grade = "A" }].'),
            )
        elif self.late_cost != int(self.late_cost):
            raise mistake(
                sentence("late_cost is a number of whole bands."), sentence("Write late_cost = 1.")
            )
        return self

    def _check_linear(self) -> None:
        if self.bottom is None or self.top is None:
            raise mistake(
                sentence("A linear grade needs two scores to run between."),
                sentence('Write bottom = "baseline: NAME" and top = "best", say.'),
            )
        check_anchor(self.bottom)
        check_anchor(self.top)
        if self.bottom == self.top:
            raise mistake(
                sentence("bottom and top are the same score."),
                sentence("Name two different scores."),
            )
        if self.highest == self.lowest:
            raise mistake(
                sentence("lowest and highest are the same grade."),
                sentence("Name two different grades."),
            )

    @property
    def baselines(self) -> list[str]:
        """The names of the baselines that are graded by."""
        anchors = [self.bottom, self.top, *(band.at for band in self.bands)]
        texts = [anchor for anchor in anchors if isinstance(anchor, str) and anchor != BEST]
        return [text.removeprefix(BASELINE).strip() for text in texts]


class Course(_Section):
    """A challenge as part of a course."""

    anonymous: bool = False
    late_days: Annotated[int, Field(ge=0, le=MOST_LATE_DAYS)] = 0
    grading: Grading | None = None
