import doctest
import math
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from scorers import (
    SCORERS,
    InputKind,
    ParticipantVisibleError,
    Scorer,
    UnknownScorer,
    get_scorer,
    plugging,
)
from scorers import registry as registry_module
from scorers.errors import BrokenPlugin, InvalidParameter, MetricFault, MissingExtra
from scorers.reference import reference
from scorers.registry import FAMILIES, Family

DOCS = Path(__file__).parents[2] / "docs" / "scorer-reference.md"
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
        get_scorer("accuracy", squared=True)


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
    if name == "coverage_error":
        assert math.isnan(scorer.perfect)
    else:
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


def test_the_page_of_all_scorers_is_what_the_scorers_say():
    assert DOCS.read_text(encoding="utf-8") == reference(), "run: make reference"


def test_every_link_of_the_page_leads_to_a_heading():
    page = reference()
    anchors = set(re.findall(r"\(#([^)]+)\)", page))
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^### (.+)$", page, re.MULTILINE)
    }
    assert len(anchors) == len([n for f in FAMILIES for n in f.names])
    assert anchors <= headings


def test_families_name_exactly_the_scorers_of_their_modules():
    for family in FAMILIES:
        module = import_module(f"scorers.{family.module}")
        assert [scorer.name for scorer in module.SCORERS] == list(family.names)


def test_a_family_whose_packages_are_missing_says_how_to_install_them(monkeypatch):
    lost = Family("Smells", "no_such_family", ("smell",), extra="noses")
    monkeypatch.setitem(registry_module._FAMILY_OF, "smell", lost)

    def missing(name):
        raise ModuleNotFoundError("No module named 'nose'", name="nose")

    monkeypatch.setattr(registry_module, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'varsity\[noses\]'"):
        get_scorer("smell")


class _Entry:
    value = "club:closeness"

    def __init__(self, given, name="closeness"):
        self.given, self.name = given, name

    def load(self):
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


@pytest.fixture
def entries(monkeypatch):
    """Installs these as the only plug-ins."""

    def forget():
        plugging.entries.cache_clear()
        plugging.plugged.cache_clear()

    def install(*given):
        found = [each if isinstance(each, _Entry) else _Entry(each) for each in given]
        monkeypatch.setattr(plugging, "entry_points", lambda group: found)
        forget()

    yield install
    forget()


def _closeness() -> Scorer:
    return SCORERS["mae"].bind()


@pytest.mark.parametrize("given", [_closeness, SCORERS["mae"]], ids=["function", "scorer"])
def test_a_plug_in_gives_a_scorer_or_a_function_that_makes_one(entries, given):
    entries(given)
    scorer = get_scorer("closeness")
    assert (scorer.name, scorer.score([1.0], [3.0])) == ("closeness", 2.0)


@pytest.mark.parametrize("given", [lambda: 7, ModuleNotFoundError("No module named 'club'")])
def test_a_plug_in_that_does_not_work_is_named_and_harms_no_other(entries, given):
    entries(_Entry(given, "broken"), _closeness)
    with pytest.raises(BrokenPlugin, match=r"“broken” \(club:closeness\)"):
        get_scorer("broken")
    assert get_scorer("closeness").score([1.0], [3.0]) == 2.0
    assert list(registry_module.plugins()) == ["closeness"]
    assert {"broken", "accuracy"} <= set(SCORERS)


def test_what_a_plug_in_raises_is_its_own_mistake_and_told_with_its_trace(entries):
    def compute(truth, prediction):
        return {}["nothing"]

    entries(replace(SCORERS["mae"], compute=compute, parameters=()))
    with pytest.raises(MetricFault, match="“closeness” raised KeyError") as fault:
        get_scorer("closeness").score([1.0], [3.0])
    assert 'return {}["nothing"]' in fault.value.trace


def test_a_plug_in_may_say_that_it_is_not_defined_or_speak_to_the_participant(entries):
    for meant in (ValueError("all alike"), ParticipantVisibleError("Too green.")):

        def compute(truth, prediction, meant=meant):
            raise meant

        entries(replace(SCORERS["mae"], compute=compute, parameters=()))
        with pytest.raises(type(meant), match=str(meant)):
            get_scorer("closeness").score([1.0], [3.0])
