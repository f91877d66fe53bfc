"""The metrics to choose from are those that there are, and each has an example that it scores."""

import csv
import io

import pytest

from scorers.evaluate import EvaluationSpec, evaluate_file
from scorers.kinds import InputKind
from scorers.registry import SCORERS
from server.shared.errors import Invalid
from server.shared.language import speaking
from server.trials.catalogue import TABLE, metric_by_name, metrics, search, searched, table
from server.trials.examples import BY_KIND, example_of
from server.trials.settings_typed import (
    choice_text,
    parts_of,
    read_settings,
    read_value,
    typed_text,
)


def test_the_table_is_that_of_the_metrics_there_are():
    # Else: python -m server.trials.catalogue
    assert TABLE.read_text(encoding="utf-8") == table()
    assert {metric.name for metric in metrics()} == set(SCORERS)


def test_there_is_an_example_for_each_kind_of_input():
    assert set(BY_KIND) == set(InputKind)


def test_every_metric_scores_its_example(tmp_path):
    wrong = []
    for metric in metrics():
        example = example_of(metric)
        names = {setting.name for setting in metric.settings}
        params = {k: v for k, v in example.settings.items() if k in names}
        (tmp_path / "t.csv").write_text(example.truth)
        (tmp_path / "p.csv").write_text(example.prediction)
        header = tuple(next(csv.reader(io.StringIO(example.prediction))))
        spec = EvaluationSpec(metric.name, header=header, params=params, replicates=100)
        found = evaluate_file(tmp_path / "p.csv", tmp_path / "t.csv", spec).public
        perfect = SCORERS[metric.name].perfect
        if found is None or found.value == perfect:
            wrong.append(metric.name)
    assert not wrong


def test_what_a_field_of_a_parameter_begins_with_is_read_back_as_it_was():
    wrong = []
    for metric in metrics():
        for setting in metric.settings:
            if setting.default is None:
                continue
            write = choice_text if setting.field == "choice" else typed_text
            read = read_value(write(setting.default), setting)
            if read != setting.default:
                wrong.append((metric.name, setting.name, setting.default, read))
    assert not wrong


@pytest.mark.parametrize(
    ("words", "kind", "has", "lacks"),
    [
        ("kappa", "", "cohen_kappa", "rmse"),
        ("F1", "", "f1", "rmse"),
        ("squared ERROR", "numbers", "rmse", "accuracy"),
        ("", "probability", "log_loss", "rmse"),
        ("no such metric at all", "", "", "accuracy"),
    ],
)
def test_a_search_finds_by_words_and_by_kind(words, kind, has, lacks):
    found = {metric.name for metric in search(words, kind)}
    assert lacks not in found
    assert not has or has in found


@pytest.mark.parametrize(
    ("words", "has"),
    [("概率", "log_loss"), ("准确率", "accuracy"), ("误差", "rmse"), ("accuracy", "accuracy")],
)
def test_a_search_finds_by_the_words_that_its_reader_sees(words, has):
    with speaking("zh"):
        assert has in {metric.name for metric in search(words)}
        assert all(words in searched(metric) for metric in search(words))


def test_parameters_are_read_by_their_types_and_defaults_are_left_out():
    f1 = metric_by_name("f1")
    form = {"param-average": "macro", "param-pos_label": "1", "param-labels": "cat, 3"}
    assert read_settings(form, f1) == {"average": "macro", "labels": ["cat", 3]}
    adjusted = metric_by_name("balanced_accuracy")
    assert read_settings({"param-adjusted": "true"}, adjusted) == {"adjusted": True}


def test_the_parts_of_a_list_are_separated_by_the_commas_of_either_script():
    assert parts_of(" 视觉，医学、表格, vision\r\n") == ["视觉", "医学", "表格", "vision"]
    form = {"param-labels": "良性，恶性"}
    assert read_settings(form, metric_by_name("f1")) == {"labels": ["良性", "恶性"]}


@pytest.mark.parametrize(
    ("metric", "field", "text"),
    [
        ("fbeta", "beta", "two"),
        ("fbeta", "beta", "-1"),
        ("f1", "average", "mean"),
        ("map_at_k", "k", "1.5"),
        ("pinball", "alpha", "inf"),
    ],
)
def test_a_wrong_parameter_is_told_at_its_field(metric, field, text):
    with pytest.raises(Invalid) as caught:
        read_settings({f"param-{field}": text}, metric_by_name(metric))
    named = [error.field for error in caught.value.errors] or [caught.value.field]
    assert named == [f"param-{field}"]
