"""A new challenge folder: small, complete and working, for an organiser to fill in."""

import json
import runpy
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import NamedTuple

import numpy as np
import polars as pl
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

from server.folders.definition import SLUG_LENGTH, as_slug, as_title, is_slug

TEMPLATES = Path(__file__).with_name("scaffold")
WEEKS_OPEN = 6
TARGET = "cultivar"
_SEED = 20261101


class CannotScaffold(Exception):
    """The folder can't be made: its name is wrong, or it exists already."""


class NewChallenge(NamedTuple):
    """A folder that was made, and the command that comes next."""

    path: Path
    next_command: str


class WineTables(NamedTuple):
    """Scikit-learn's wines as a challenge; `solution` is the part that stays hidden."""

    train: pl.DataFrame
    test: pl.DataFrame
    sample_submission: pl.DataFrame
    solution: pl.DataFrame


def new_challenge(slug: str, *, now: datetime, parent: Path = Path()) -> NewChallenge:
    """Write a challenge folder named `slug` into `parent`; the phase opens today.

    Raises CannotScaffold where the slug can't be an address or the folder exists.
    """
    _refuse_bad_slug(slug)
    path = parent / slug
    try:
        path.mkdir(parents=True)
    except FileExistsError as error:
        raise CannotScaffold(
            f"{path} exists already, and is left as it is. Choose another name."
        ) from error
    try:
        _write(path, slug, now)
    except BaseException:
        shutil.rmtree(path)
        raise
    return NewChallenge(path, f"varsity check {path}")


def wine_tables() -> WineTables:
    """Split the 178 wines in halves, stratified by cultivar, always in the same way."""
    wine = load_wine()
    labels = np.asarray(wine.target_names)[wine.target]
    measurements = pl.DataFrame(wine.data, schema=[_column(name) for name in wine.feature_names])
    rows = np.random.default_rng(_SEED).permutation(len(labels))
    table = measurements.with_columns(pl.Series(TARGET, labels.astype(str)))[rows]
    table = table.insert_column(0, pl.Series("id", np.arange(1, len(rows) + 1)))
    first, second = train_test_split(
        np.arange(len(rows)), test_size=0.5, stratify=table[TARGET].to_numpy(), random_state=_SEED
    )
    train, test = table[np.sort(first)], table[np.sort(second)]
    sample = test.select("id", pl.lit("class_0").alias(TARGET))
    return WineTables(train, test.drop(TARGET), sample, test.select("id", TARGET))


def _column(name: str) -> str:
    return name.replace("/", "_")


def _refuse_bad_slug(slug: str) -> None:
    if not is_slug(slug):
        raise CannotScaffold(
            f'"{slug}" can\'t stand in an address. Use lowercase letters, digits and single'
            f" hyphens, at most {SLUG_LENGTH} characters, such as {as_slug(slug)}."
        )


def _write(path: Path, slug: str, now: datetime) -> None:
    _write_definition(path, slug, now)
    for page in sorted(TEMPLATES.glob("*.md")):
        shutil.copyfile(page, path / page.name)
    shutil.copyfile(TEMPLATES / "baseline.py.template", path / "baseline.py")
    _write_tables(path, wine_tables())
    runpy.run_path(str(path / "baseline.py"), run_name="baseline")["main"]()


def _write_definition(path: Path, slug: str, now: datetime) -> None:
    starts = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = starts + timedelta(weeks=WEEKS_OPEN, hours=16)
    text = Template((TEMPLATES / "challenge.toml.template").read_text("utf-8")).substitute(
        slug=slug,
        title=json.dumps(as_title(slug)),
        starts=_toml(starts),
        ends=_toml(ends),
        lock_at=_toml(ends - timedelta(weeks=1)),
    )
    (path / "challenge.toml").write_text(text, "utf-8")


def _toml(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _write_tables(path: Path, tables: WineTables) -> None:
    (path / "data").mkdir()
    (path / "private").mkdir()
    tables.train.write_csv(path / "data" / "train.csv")
    tables.test.write_csv(path / "data" / "test.csv")
    tables.sample_submission.write_csv(path / "data" / "sample_submission.csv")
    tables.solution.write_csv(path / "private" / "solution.csv")
