"""A first submission: logistic regression on three measurements.

    python baseline.py               writes submission.csv for the A board
    python baseline.py --board b     writes submission.csv for the B board

Run it where the downloaded files lie. It leaves 27 measurements unused on purpose.
"""

import argparse
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

# Downloads lie flat in one folder; the challenge's own folder keeps them in data/.
DATA = Path("data") if Path("data").is_dir() else Path()

FEATURES = ["mean_texture", "mean_smoothness", "mean_symmetry"]


def make_model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression())


def predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Train on `train`, and answer the probability of malignancy for each id of `test`."""
    model = make_model().fit(train[FEATURES], train["malignant"])
    # Column 1 is the probability of class 1. Hard labels would throw the ranking away.
    probability = model.predict_proba(test[FEATURES])[:, 1]
    return pd.DataFrame({"id": test["id"], "malignant": probability.round(6)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", choices=["a", "b"], default="a")
    board = parser.parse_args().board
    train = pd.read_csv(DATA / "train.csv")
    test = pd.read_csv(DATA / f"test_{board}.csv")

    # 189 rows are few: repeat the folds, or the estimate depends on how they fell.
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0)
    scores = cross_val_score(
        make_model(), train[FEATURES], train["malignant"], cv=folds, scoring="roc_auc"
    )
    print(f"ROC AUC in cross-validation: {scores.mean():.3f} (folds differ by {scores.std():.3f})")

    predict(train, test).to_csv("submission.csv", index=False)
    print("wrote submission.csv")


if __name__ == "__main__":
    main()
