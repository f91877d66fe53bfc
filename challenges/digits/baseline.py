"""A first submission: logistic regression on the 64 pixels.

    python baseline.py               writes submission.csv for the B board, which is open now
    python baseline.py --board a     writes submission.csv for the A board, which has closed

Run it where the downloaded files lie. Then change one thing at a time.
"""

import argparse
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

# Downloads lie flat in one folder; the challenge's own folder keeps them in data/.
DATA = Path("data") if Path("data").is_dir() else Path()


def make_model() -> Pipeline:
    """Pixels are put on one scale first: the solver converges faster on it."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=500))


def predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Train on `train`, and answer one digit for each id of `test`."""
    pixels = [column for column in test.columns if column != "id"]
    model = make_model().fit(train[pixels], train["digit"])
    return pd.DataFrame({"id": test["id"], "digit": model.predict(test[pixels])})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", choices=["a", "b"], default="b")
    board = parser.parse_args().board
    train = pd.read_csv(DATA / "train.csv")
    test = pd.read_csv(DATA / f"test_{board}.csv")

    # What to expect before anything is uploaded: five folds of the training rows.
    pixels = [column for column in test.columns if column != "id"]
    folds = cross_val_score(make_model(), train[pixels], train["digit"], cv=5, scoring="f1_macro")
    print(f"macro F1 in cross-validation: {folds.mean():.4f} (folds differ by {folds.std():.4f})")

    predict(train, test).to_csv("submission.csv", index=False)
    print(f"wrote submission.csv for the {board.upper()} board")


if __name__ == "__main__":
    main()
