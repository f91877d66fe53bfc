"""Builds the travel mode challenge from the choice data that statsmodels ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from statsmodels.datasets import modechoice

HERE = Path(__file__).resolve().parent
SEED = 1987
TRAIN_ROWS = 105
MODES = {1: "air", 2: "train", 3: "bus", 4: "car"}
# The waiting time (`ttme`) is left out: it was asked of the way taken and filled in with a
# standard value for the others, so that it names the answer.
PER_MODE = {"invc": "cost", "invt": "minutes", "gc": "general_cost"}


def travellers() -> pd.DataFrame:
    """One row a traveller (the source has four, one a mode), under opaque ids, ordered by id."""
    source = modechoice.load_pandas().data.replace({"mode": MODES})
    wide = source.pivot(index="individual", columns="mode", values=list(PER_MODE))
    wide.columns = [f"{PER_MODE[name]}_{mode}" for name, mode in wide.columns]
    chosen = source[source["choice"] == 1].set_index("individual")
    frame = chosen[["hinc", "psize"]].rename(columns={"hinc": "income", "psize": "party"})
    frame = frame.join(wide).astype(int).assign(mode=chosen["mode"])
    numbers = np.random.default_rng(SEED).permutation(9_000)[: len(frame)] + 1_000
    frame.insert(0, "id", [f"t{number}" for number in numbers])
    return frame.sort_values("id", ignore_index=True)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    frame = travellers()
    train, test = train_test_split(
        frame, train_size=TRAIN_ROWS, stratify=frame["mode"], random_state=SEED
    )
    train, test = train.sort_values("id"), test.sort_values("id")
    questions = test.drop(columns="mode")
    train.to_csv(out / "data" / "train.csv", index=False)
    questions.to_csv(out / "data" / "test.csv", index=False)
    sample = test[["id"]].assign(**dict.fromkeys(sorted(MODES.values()), 0.25))
    sample.to_csv(out / "data" / "sample_submission.csv", index=False)
    test[["id", "mode"]].to_csv(out / "private" / "solution.csv", index=False)
    # The board's baseline is the starter script itself, on the same rows.
    answer = runpy.run_path(str(HERE / "baseline.py"))["predict"](train, questions)
    answer.to_csv(out / "private" / "baseline_logit.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
