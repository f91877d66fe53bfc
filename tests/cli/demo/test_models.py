from pathlib import Path

import polars as pl
import pytest

from server.cli.demo.catalogue import CATALOGUE, Recipe
from server.cli.demo.features import TASKS
from server.cli.demo.mistakes import Mistake
from server.cli.demo.models import ModelPlan, predictions, questions_file, read_table, training_rows
from server.cli.demo.story import RECENT_SHARES, SHARES

PHASES = {"digits": "a", "breast-cancer": "a", "mauna-loa-co2": "forecast"}
LABELS = ("barbera", "barolo", "grignolino")
ONE_OF_EACH = {
    (slug, recipe.estimator): recipe for slug, recipes in CATALOGUE.items() for recipe in recipes
}
LOGISTIC = Recipe(1, "LogisticRegression", "2 x 2 blocks", (("C", 0.1),))


def digits(**changes: object) -> ModelPlan:
    return ModelPlan("digits", **{"phase": "a", "recipe": LOGISTIC, **changes})  # type: ignore[arg-type]


def answers_of(built: Path, plan: ModelPlan) -> pl.DataFrame:
    return pl.read_csv(predictions(built / plan.challenge, plan))


@pytest.mark.parametrize(("slug", "estimator"), sorted(ONE_OF_EACH))
def test_every_estimator_answers_every_row_on_the_fewest_training_rows(
    slug: str, estimator: str, built: Path
):
    phase = PHASES.get(slug, "main")
    fewest = min(RECENT_SHARES if TASKS[slug].recent_rows else SHARES)
    plan = ModelPlan(slug, phase, ONE_OF_EACH[slug, estimator], share=fewest)
    answers = answers_of(built, plan)

    sample = pl.read_csv(built / slug / "data" / "sample_submission.csv")
    assert answers.columns == sample.columns
    assert answers["id"].to_list() == sample["id"].to_list()
    assert answers.null_count().row(0) == (0,) * len(sample.columns)
    for column in answers.drop("id").iter_columns():
        words = column.dtype == pl.String
        assert set(column) <= set(LABELS) if words else column.is_finite().all()


def test_the_same_plan_gives_the_same_file_and_another_one_another(built: Path):
    first = predictions(built / "digits", digits())

    assert predictions(built / "digits", digits()) == first
    assert predictions(built / "digits", digits(share=0.5)) != first


def test_the_b_board_gets_the_rows_of_the_b_board(built: Path):
    asked = read_table(questions_file(built / "digits", "b"))

    assert answers_of(built, digits(phase="b"))["id"].to_list() == asked["id"].to_list()


def test_a_mistake_spoils_the_file_and_not_the_model(built: Path):
    right = predictions(built / "digits", digits())
    wrong = predictions(built / "digits", digits(mistake=Mistake.NO_HEADER))

    assert right == b"id,digit\n" + wrong


def test_probabilities_lie_between_0_and_1_and_sum_to_one(built: Path):
    for recipe in CATALOGUE["travel-mode"]:
        shares = answers_of(built, ModelPlan("travel-mode", "main", recipe)).drop("id")

        assert shares.min_horizontal().min() > 0.005  # type: ignore[operator]
        assert shares.sum_horizontal().to_list() == pytest.approx([1.0] * len(shares))


def test_a_margin_is_answered_as_a_probability(built: Path):
    recipe = Recipe(2, "RidgeClassifier", "all 30", (("alpha", 1.0),))
    answers = answers_of(built, ModelPlan("breast-cancer", "a", recipe))["malignant"]

    assert answers.is_between(0, 1).all()
    assert answers.n_unique() > 100


def test_a_share_of_a_series_is_its_latest_part(built: Path):
    train = read_table(built / "mauna-loa-co2" / "data" / "train.csv")
    plan = ModelPlan("mauna-loa-co2", "forecast", LOGISTIC, share=0.25)

    rows = training_rows(train, plan, TASKS["mauna-loa-co2"])
    assert len(rows) == round(len(train) / 4)
    assert rows["date"].to_list() == train["date"].to_list()[-len(rows) :]


def test_a_share_of_a_table_is_drawn_by_the_seed(built: Path):
    train = read_table(built / "digits" / "data" / "train.csv")
    task = TASKS["digits"]

    one = training_rows(train, digits(share=0.5, seed=1), task)["id"].to_list()
    again = training_rows(train, digits(share=0.5, seed=1), task)["id"].to_list()
    other = training_rows(train, digits(share=0.5, seed=2), task)["id"].to_list()
    assert len(one) == round(len(train) / 2)
    assert one == again
    assert set(one) != set(other)


def test_a_trend_carries_a_season_beyond_the_years_it_was_trained_on(built: Path):
    recipe = Recipe(2, "RandomForestRegressor", "season after a line", ())
    answers = answers_of(built, ModelPlan("mauna-loa-co2", "forecast", recipe, share=0.6))

    highest_known = read_table(built / "mauna-loa-co2" / "data" / "train.csv")["co2"].max()
    assert answers["co2"].max() > highest_known + 5  # type: ignore[operator]
