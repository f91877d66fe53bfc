import pytest

from server.cli.demo.catalogue import CATALOGUE, CLASSES, ESTIMATORS, grid
from server.cli.demo.features import TASKS
from server.cli.demo.windows import BUNDLED


def test_every_bundled_challenge_has_models():
    assert sorted(CATALOGUE) == sorted(path.parent.name for path in BUNDLED.glob("*/prepare.py"))


def test_the_students_know_at_least_twelve_estimators_and_use_all_that_are_listed():
    used = {recipe.estimator for recipes in CATALOGUE.values() for recipe in recipes}

    assert len(used) >= 12
    assert used == set(ESTIMATORS)
    assert all(kind.__module__.startswith("sklearn.") for kind in CLASSES)


@pytest.mark.parametrize("slug", sorted(CATALOGUE))
def test_a_recipe_stands_in_the_catalogue_once(slug: str):
    without_stage = [(r.estimator, r.features, r.params) for r in CATALOGUE[slug]]

    assert len(set(without_stage)) == len(without_stage)


@pytest.mark.parametrize("slug", sorted(CATALOGUE))
def test_recipes_name_feature_sets_that_exist_and_all_are_used(slug: str):
    assert {recipe.features for recipe in CATALOGUE[slug]} == set(TASKS[slug].features)


def test_a_grid_is_every_combination():
    recipes = list(grid(1, "SVC", "pixels", "edges", C=(1.0, 3.0), kernel=("rbf",)).recipes())

    assert [recipe.describe() for recipe in recipes] == [
        "SVC C=1.0 kernel=rbf on pixels",
        "SVC C=3.0 kernel=rbf on pixels",
        "SVC C=1.0 kernel=rbf on edges",
        "SVC C=3.0 kernel=rbf on edges",
    ]
