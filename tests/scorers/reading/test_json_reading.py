"""JSON Lines that hold what is neither text nor a number."""

import pytest

from scorers import InputKind, InvalidPredictions, Schema, read_predictions

TEXTS = Schema(("id",), ("y",), InputKind.TEXTS)
LABELS = Schema(("id",), ("y",), InputKind.LABELS)
GOOD = '{"id": "a", "y": "x"}\n'


@pytest.mark.parametrize("schema", [TEXTS, LABELS], ids=["texts", "labels"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("[1]", "not_text"),
        ('{"a": 1}', "not_text"),
        ("true", "not_text"),
        ("NaN", "not_text"),
        ("-Infinity", "not_text"),
        (r'"a\u0000b"', "nul"),
        (r'"\ud800"', "encoding"),
    ],
)
@pytest.mark.parametrize("key", ["id", "y"])
def test_a_value_that_is_neither_text_nor_a_number_is_told(tmp_path, schema, value, code, key):
    line = {"id": '"b"', "y": '"x"'} | {key: value}
    path = tmp_path / "a.jsonl"
    path.write_text(GOOD + f'{{"id": {line["id"]}, "y": {line["y"]}}}\n')
    with pytest.raises(InvalidPredictions) as error:
        read_predictions(path, schema)
    assert [(f.code, f.line, f.column) for f in error.value.faults] == [(code, 2, key)]
    str(error.value).encode("utf-8")


def test_numbers_and_whole_characters_are_taken_as_text(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(GOOD + r'{"id": 2, "y": "\ud83d\ude00"}')
    assert read_predictions(path, TEXTS).rows() == [("a", "x"), ("2", "😀")]


def test_a_key_that_stands_twice_in_the_first_line_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "y": "x", "y": "z"}\n')
    with pytest.raises(InvalidPredictions, match="“y” stands there more than once") as error:
        read_predictions(path, TEXTS)
    assert error.value.faults[0].code == "repeated_column"
