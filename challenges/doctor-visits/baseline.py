"""A first submission: a Poisson regression on the terms of the insurance and the illnesses.

    python baseline.py       writes submission.csv

Run it where the downloaded files lie. Age, sex, family and self-rated health are unused.
"""

from pathlib import Path

import pandas as pd
from sklearn.linear_model import PoissonRegressor
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

# Downloads lie flat in one folder; the challenge's own folder keeps them in data/.
DATA = Path("data") if Path("data").is_dir() else Path()

FEATURES = ["coinsurance", "time_eligible", "chronic_diseases"]


def make_model() -> Pipeline:
    """Visits are counts: a Poisson regression never predicts a negative number of them."""
    return make_pipeline(StandardScaler(), PoissonRegressor(alpha=0.01))


def predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Train on `train`, and answer the expected visits for each id of `test`."""
    model = make_model().fit(train[FEATURES], train["visits"])
    return pd.DataFrame({"id": test["id"], "visits": model.predict(test[FEATURES]).round(4)})


def main() -> None:
    train = pd.read_csv(DATA / "train.csv")
    test = pd.read_csv(DATA / "test.csv")

    # Whole households go into a fold, as they did into the test set.
    scores = -cross_val_score(
        make_model(),
        train[FEATURES],
        train["visits"],
        groups=train["household"],
        cv=GroupKFold(n_splits=5),
        scoring="neg_root_mean_squared_error",
    )
    print(f"RMSE in cross-validation: {scores.mean():.3f} (folds differ by {scores.std():.3f})")

    predict(train, test).to_csv("submission.csv", index=False)
    print("wrote submission.csv")


if __name__ == "__main__":
    main()
