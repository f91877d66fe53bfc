"""A metric that fails is told to whoever can mend it: the organiser, or the operator."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from scorers import SCORERS, plugging
from scorers.errors import MetricFault, OperatorsFault
from scorers.scorer import Scorer
from scorers.sentences import as_written
from server.folders.outcomes import cannot_score
from server.folders.reading import Level, check_folder
from server.preflight.checking import report
from tests.cast import NOON
from tests.folders.folders import Edit, only_fault, read


class Entry(NamedTuple):
    """A plug-in, as an installed package declares it."""

    name: str
    load: Callable[[], Scorer]
    value: str = "club:made"


@pytest.fixture
def plug_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package of two scorers: one fails on every row, one can't be loaded."""

    def fail(*_given: object, **_params: object) -> float:
        raise TypeError("no pears")

    def lost() -> Scorer:
        raise ModuleNotFoundError("No module named 'pears'")

    pears = replace(SCORERS["accuracy"], name="pears", compute=fail, decompose=None)
    found = [Entry("pears", lambda: pears), Entry("lost", lost)]
    monkeypatch.setattr(plugging, "entry_points", lambda group: found)
    _forget()
    yield
    _forget()


def _forget() -> None:
    plugging.entries.cache_clear()
    plugging.plugged.cache_clear()


@pytest.mark.usefixtures("plug_ins")
def test_a_plug_in_that_fails_is_the_operators_and_no_file_of_the_folder(
    wines: Path, edit: Edit
) -> None:
    edit('scorer = "f1"', 'scorer = "pears"')
    edit('params = { average = "macro" }', "#")
    folder = read(wines)
    errors = [found for found in check_folder(folder) if found.level is Level.ERROR]
    assert errors
    assert not report(folder, now=NOON).ok
    assert all("“pears” raised TypeError: no pears" in found.message for found in errors)
    assert {found.code for found in errors} == {"plugin"}
    assert all("operator" in found.remedy for found in errors)
    assert not any("metric.py" in found.remedy for found in errors)


@pytest.mark.usefixtures("plug_ins")
def test_a_plug_in_that_cannot_be_loaded_is_the_operators_too(wines: Path, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "lost"')
    fault = only_fault(wines)
    assert "can't be loaded" in fault.message
    assert fault.remedy.startswith("Ask the operator")


def test_a_metric_file_that_fails_is_the_organisers() -> None:
    what = as_written("sample.csv")
    own = cannot_score("a", what, MetricFault("It raised KeyError.", "line 3"))
    theirs = cannot_score("a", what, OperatorsFault("The kernel has no Landlock."))
    assert (own.remedy, own.code) == ("Correct metric.py.", "metric-file")
    assert own.message.endswith("It raised KeyError.\nline 3")
    assert theirs.code == "plugin"
