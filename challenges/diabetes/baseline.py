"""A first submission: a straight line through body mass index and blood pressure.

    python baseline.py       writes submission.csv

Run it where the downloaded files lie. Eight of the ten measurements are still unused.
"""

from pathlib import Path

import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import RepeatedKFold, cross_val_score

# Downloads lie flat in one folder; the challenge's own folder keeps them in data/.
DATA = Path("data") if Path("data").is_dir() else Path()

FEATURES = ["bmi", "bp"]


def predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Train on `train`, and answer the progression after a year for each id of `test`."""
    model = LinearRegression().fit(train[FEATURES], train["progression"])
    return pd.DataFrame({"id": test["id"], "progression": model.predict(test[FEATURES]).round(3)})


def main() -> None:
    train = pd.read_csv(DATA / "train.csv")
    test = pd.read_csv(DATA / "test.csv")

    # 222 patients are few: repeat the folds, and look at how much they differ.
    scores = -cross_val_score(
        LinearRegression(),
        train[FEATURES],
        train["progression"],
        cv=RepeatedKFold(n_splits=5, n_repeats=10, random_state=0),
        scoring="neg_root_mean_squared_error",
    )
    print(f"RMSE in cross-validation: {scores.mean():.2f} (folds differ by {scores.std():.2f})")

    predict(train, test).to_csv("submission.csv", index=False)
    print("wrote submission.csv")


if __name__ == "__main__":
    main()
