"""`varsity scorers` says of each metric what an organiser has to know."""

import json

from click.testing import CliRunner

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
