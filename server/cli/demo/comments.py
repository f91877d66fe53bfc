"""What the demo's students write beside a submission, and what they call the file."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from server.cli.demo.catalogue import Recipe
from server.cli.demo.mistakes import Mistake

TEXTS: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("comments.toml").read_text(encoding="utf-8")
)
SILENT, NATIVE = 0.15, 0.5  # the shares without a comment, and in the country's own language
FILENAMES = (
    "submission.csv",
    "submission_{number}.csv",
    "sub{number:02}.csv",
    "{model}.csv",
    "{model}_v{number}.csv",
    "pred_{model}.csv",
)


def comment(
    rng: Random, recipe: Recipe, *, country: str, number: int, count: int, fresh_board: bool
) -> str:
    """The comment of a team's `number`-th of `count` submissions, counted from 1."""
    if rng.random() < SILENT:
        return ""
    texts: Sequence[str] = TEXTS[occasion(number, count, fresh_board)]
    native: Sequence[str] = TEXTS["native"].get(country, ())
    pool = native if native and rng.random() < NATIVE else texts
    return rng.choice(pool).format(model=recipe.describe())


def occasion(number: int, count: int, fresh_board: bool) -> str:
    """Which kind of comment fits."""
    if fresh_board:
        return "fresh_board"
    if number == 1:
        return "first"
    return "last" if number == count and count > 2 else "middle"


def repair_comment(rng: Random, recipe: Recipe, mistake: Mistake) -> str:
    """What is written beside the file that replaces a refused one."""
    texts: Sequence[str] = TEXTS["repaired"][mistake.value]
    return rng.choice(texts).format(model=recipe.describe())


def filename(pattern: str, recipe: Recipe, number: int) -> str:
    """A file's name in the habit of its team, such as `svc_v3.csv`."""
    short = "".join(letter for letter in recipe.estimator if letter.isupper()).lower()
    return pattern.format(model=short, number=number)
