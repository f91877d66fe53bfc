"""Builds the doctor visits challenge from the RAND experiment's table in statsmodels.

`load_pandas()` offers ten columns and no person. The source table that is shipped beside
them (`src/randhie.csv`) has the person, the year, age and income: without it the years of
one person would fall on both sides of the split.
"""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.datasets import randhie

HERE = Path(__file__).resolve().parent
SEED = 1974
TEST_SHARE, PUBLIC_SHARE = 0.4, 0.4
HOUSEHOLD = ["site", "plan", "income"]
COLUMNS = {
    "household": "household",
    "site": "site",
    "year": "study_year",
    "time": "time_eligible",
    "coins": "coinsurance",
    "idp": "individual_deductible",
    "mdeoff": "max_expenditure",
    "pioff": "incentive",
    "xage": "age",
    "female": "female",
    "num": "family_size",
    "income": "income",
    "educdec": "education",
    "disea": "chronic_diseases",
    "physlm": "physical_limit",
    "health": "health",
    "xghindx": "health_index",
    "mhi": "mental_health_index",
    "mdvis": "visits",
}


def self_rating(frame: pd.DataFrame) -> list[str]:
    """The four-step self-rating of health that the source spreads over three columns."""
    steps = [frame["hlthp"] == 1, frame["hlthf"] == 1, frame["hlthg"] == 1]
    return list(np.select(steps, ["poor", "fair", "good"], default="excellent"))


def family_numbers(source: pd.DataFrame) -> pd.Series:
    """A number for each household: neighbours in the source with one site, plan and income."""
    terms = source[HOUSEHOLD]
    return (terms != terms.shift()).any(axis=1).cumsum() - 1


def person_years() -> pd.DataFrame:
    """20,190 person-years under opaque ids, ordered by id, with the household of each."""
    source = pd.read_csv(Path(randhie.__file__).parent / "src" / "randhie.csv")
    rng = np.random.default_rng(SEED)
    family = family_numbers(source)
    numbers = rng.permutation(family.max() + 1) + 10_000
    frame = source.assign(household=[f"h{n}" for n in numbers[family]], health=self_rating(source))
    frame = frame[list(COLUMNS)].rename(columns=COLUMNS).round({"age": 1, "income": 0})
    frame.insert(0, "id", [f"v{n}" for n in rng.permutation(900_000)[: len(frame)] + 100_000])
    return frame.sort_values("id", ignore_index=True)


def drawn_households(frame: pd.DataFrame, share: float, seed: int) -> pd.Series:
    """True for the rows of a random `share` of the households: none is cut in two.

    Each draw has a seed of its own: one that repeats the numbering's would undo its shuffle.
    """
    names = np.sort(frame["household"].unique())
    drawn = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
    return frame["household"].isin(drawn)


def solution(test: pd.DataFrame) -> pd.DataFrame:
    """The hidden visits, with the household as unit and the board of each row."""
    public = drawn_households(test, PUBLIC_SHARE, SEED + 2)
    columns = test[["id", "visits", "household"]]
    return columns.assign(Usage=np.where(public, "Public", "Private"))


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    frame = person_years()
    held_back = drawn_households(frame, TEST_SHARE, SEED + 1)
    train, test = frame[~held_back], frame[held_back]
    questions = test.drop(columns="visits")
    train.to_csv(out / "data" / "train.csv", index=False)
    questions.to_csv(out / "data" / "test.csv", index=False)
    sample = test[["id"]].assign(visits=2.5)
    sample.to_csv(out / "data" / "sample_submission.csv", index=False)
    solution(test).to_csv(out / "private" / "solution.csv", index=False)
    # The board's baseline is the starter script itself, on the same rows.
    answer = runpy.run_path(str(HERE / "baseline.py"))["predict"](train, questions)
    answer.to_csv(out / "private" / "baseline_poisson.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
