"""CSV that is read row by row."""

import pytest

from scorers import InputKind, InvalidPredictions, Schema, read_predictions

TEXTS = Schema(("id",), ("y",), InputKind.TEXTS)
NUMBERS = Schema(("id",), ("y",), InputKind.NUMBERS)


@pytest.fixture
def faults(tmp_path):
    def faults(text: str, schema: Schema):
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidPredictions) as error:
            read_predictions(path, schema)
        return error.value.faults

    return faults


def test_a_very_long_field_is_not_taken_for_an_open_quote(faults):
    found = faults(f"id,y\na,{'x' * 200_000}\nb\n", TEXTS)
    assert [(fault.code, fault.line) for fault in found] == [("ragged_row", 3)]


def test_decimal_points_are_spoken_of_only_where_numbers_are_due(faults):
    assert "decimals" in faults("id,y\na,1,5\n", NUMBERS)[0].message
    assert "decimals" not in faults("id,y\na,well, so\n", TEXTS)[0].message
