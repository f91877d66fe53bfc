"""`varsity scorers` says of each metric what an organiser has to know."""

import json

import pytest
from click.testing import CliRunner

from scorers import SCORERS, plugging
from server.cli.main import cli


def run(*words):
    return CliRunner().invoke(cli, ["scorers", *words])


def test_the_list_names_every_family_and_what_each_scorer_means():
    found = run()
    assert found.exit_code == 0
    assert "f1" in found.stdout
    assert "harmonic mean" in found.stdout


def test_one_scorer_is_explained_with_its_parameters():
    found = run("f1")
    assert "| `average` |" in found.stdout
    described = json.loads(run("f1", "--json").stdout)
    assert described["higher_is_better"] is True
    assert {p["name"] for p in described["parameters"]} >= {"average", "pos_label"}


def test_an_unknown_scorer_is_refused_with_the_nearest():
    found = run("acuracy")
    assert found.exit_code == 1
    assert "accuracy" in found.stderr


def test_a_name_of_the_field_is_answered_with_the_one_here():
    found = run("mean_squared_error")
    assert found.exit_code == 1
    assert "here it is called “mse”" in found.stderr


class Entry:
    value = "club:closeness"

    def __init__(self, name, load):
        self.name, self.load = name, load


@pytest.fixture
def plug_ins(monkeypatch):
    """One plug-in that works and one that does not are installed."""

    def lost():
        raise ModuleNotFoundError("No module named 'club'")

    found = [Entry("closeness", lambda: SCORERS["mae"]), Entry("lost", lost)]
    monkeypatch.setattr(plugging, "entry_points", lambda group: found)
    for cached in (plugging.entries, plugging.plugged):
        cached.cache_clear()
    yield
    for cached in (plugging.entries, plugging.plugged):
        cached.cache_clear()


@pytest.mark.usefixtures("plug_ins")
def test_plug_ins_are_listed_and_one_that_does_not_work_is_named():
    found = run()
    assert found.exit_code == 0
    assert "closeness" in found.stdout
    assert "“lost” (club:closeness) can't be loaded: ModuleNotFoundError" in found.stderr
