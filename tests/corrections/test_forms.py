"""The parameters of a metric, as people write them and as programs do."""

import pytest

from server.corrections.forms import read_params, written
from server.shared.errors import Invalid


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("", None),
        ("average = macro", {"average": "macro"}),
        ("average=macro\n\n beta = 2 \n", {"average": "macro", "beta": 2}),
        ('labels = ["a", "b"]\npos_label = no', {"labels": ["a", "b"], "pos_label": "no"}),
        ("adjusted = true\nname = a = b", {"adjusted": True, "name": "a = b"}),
        ('{"average": "macro"}', {"average": "macro"}),
    ],
)
def test_parameters_are_lines_or_an_object(text: str, params: object) -> None:
    assert read_params(text) == params


@pytest.mark.parametrize("text", ["macro", "average =", "= macro", "average = macro\nbeta"])
def test_a_line_that_says_nothing_is_named(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_params(text)
    assert refused.value.field == "params"
    assert str(refused.value.values["line"]) == text.splitlines()[-1]


@pytest.mark.parametrize(
    "params",
    [
        {"average": "macro", "beta": 2.5},
        {"labels": ["a", "b"], "pos_label": "1", "word": "true"},
        {"empty": "", "spaced": " a ", "lines": "a\nb", "none": None},
    ],
)
def test_what_is_shown_of_parameters_is_read_as_the_same(params: dict[str, object]) -> None:
    assert read_params(written(params)) == params
