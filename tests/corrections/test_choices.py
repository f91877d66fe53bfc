"""The metrics to choose from are those that there are, and run the right way."""

import pytest

from scorers.registry import SCORERS
from server.corrections.choices import TABLE, choices_for, table
from server.evaluations.models import Evaluation


def live(scorer: str) -> Evaluation:
    return Evaluation(scorer=scorer, spec={"scorer": scorer, "params": {}})


def test_the_table_is_that_of_the_metrics_there_are():
    # Else: python -m server.corrections.choices
    assert TABLE.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize("scorer", ["accuracy", "rmse"])
def test_only_metrics_that_run_the_same_way_are_offered(scorer):
    offered = {choice.name for choice in choices_for(live(scorer))}
    higher = SCORERS[scorer].higher_is_better
    assert scorer in offered
    assert offered == {name for name in SCORERS if SCORERS[name].higher_is_better is higher}
