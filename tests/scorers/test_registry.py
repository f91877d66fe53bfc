import doctest
import math
from pathlib import Path

import pytest

from scorers import SCORERS, InputKind, Scorer, UnknownScorer, get_scorer
from scorers import registry as registry_module
from scorers.errors import InvalidParameter

DOCS = Path(__file__).parents[2] / "docs" / "scorers.md"
NAMES = sorted(SCORERS)


def test_an_unknown_scorer_is_answered_with_the_nearest_name():
    with pytest.raises(UnknownScorer, match=r"acuracy.*accuracy"):
        get_scorer("acuracy")


def test_a_name_near_to_none_is_answered_with_all_names():
    with pytest.raises(UnknownScorer) as refused:
        get_scorer("zzzz")
    assert all(name in str(refused.value) for name in NAMES)


def test_an_unknown_parameter_is_answered_with_the_nearest_name():
    with pytest.raises(InvalidParameter, match=r"averge.*average"):
        get_scorer("f1", averge="macro")


def test_a_parameter_given_to_a_scorer_without_any_is_refused():
    with pytest.raises(InvalidParameter, match="takes no parameters"):
        get_scorer("rmse", squared=True)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("f1", {"average": "mean"}),
        ("f1", {"average": None}),
        ("f1", {"labels": []}),
        ("f1", {"labels": "a"}),
        ("f1", {"zero_division": 2}),
        ("balanced_accuracy", {"adjusted": "yes"}),
        ("balanced_accuracy", {"adjusted": 1}),
        ("cohen_kappa", {"weights": "cubic"}),
        ("roc_auc", {"multi_class": "all"}),
    ],
)
def test_a_value_that_a_parameter_does_not_take_is_refused_with_those_it_does(name, params):
    with pytest.raises(InvalidParameter, match="expected"):
        get_scorer(name, **params)


@pytest.mark.parametrize("name", NAMES)
def test_every_scorer_says_all_about_itself(name):
    scorer = SCORERS[name]
    assert scorer.name == name
    assert scorer.title
    assert scorer.summary.endswith(".")
    assert scorer.formula
    assert scorer.version
    assert scorer.source.startswith("https://")
    assert scorer.lower < scorer.upper
    best = scorer.upper if scorer.higher_is_better else scorer.lower
    assert math.isclose(scorer.perfect, best)
    assert all(isinstance(kind, InputKind) for kind in scorer.kinds)
    assert all(parameter.doc.endswith(".") for parameter in scorer.parameters)


@pytest.mark.parametrize("name", NAMES)
def test_every_scorer_has_a_doctest_that_holds(name):
    compute = SCORERS[name].compute
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    found = doctest.DocTestFinder().find(compute, name)
    assert f'get_scorer("{name}"' in (compute.__doc__ or "")
    results = [runner.run(test) for test in found]
    assert sum(r.attempted for r in results) >= 2
    assert sum(r.failed for r in results) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_scorer_and_every_parameter_is_in_the_docs(name):
    chapters = DOCS.read_text(encoding="utf-8").split("\n### ")
    own = [chapter for chapter in chapters if chapter.startswith(f"`{name}`")]
    assert len(own) == 1
    assert SCORERS[name].formula in own[0]
    assert SCORERS[name].source in own[0]
    assert all(f"`{parameter.name}`" in own[0] for parameter in SCORERS[name].parameters)


class _Entry:
    name, value = "closeness", "club:closeness"

    def __init__(self, given):
        self.given = given

    def load(self):
        return self.given


@pytest.fixture
def entries(monkeypatch):
    """Installs these as the only plug-ins."""

    def install(*given):
        found = [_Entry(each) for each in given]
        monkeypatch.setattr(registry_module, "entry_points", lambda group: found)
        registry_module.plugins.cache_clear()

    yield install
    registry_module.plugins.cache_clear()


def _closeness() -> Scorer:
    return SCORERS["mae"].bind()


@pytest.mark.parametrize("given", [_closeness, SCORERS["mae"]], ids=["function", "scorer"])
def test_a_plug_in_gives_a_scorer_or_a_function_that_makes_one(entries, given):
    entries(given)
    assert get_scorer("closeness").score([1.0], [3.0]) == 2.0


def test_a_plug_in_that_gives_something_else_is_named(entries):
    entries(lambda: 7)
    with pytest.raises(TypeError, match="club:closeness"):
        registry_module.plugins()
