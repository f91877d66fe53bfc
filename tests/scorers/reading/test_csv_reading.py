"""CSV that is read row by row."""

import pytest

from scorers import InputKind, InvalidPredictions, Schema, read_predictions
from scorers.reading.csv_reading import check_encoding

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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,y\na,"cat"\nb,"dog" \n', 3),
        ('id,y\na,"say -"hi"""\nb,dog\n', 2),
        ('id,y\na,cat\nb,"dog\n', 3),
        ('id,y\na,"cat"\n"b"x,dog\n', 3),
    ],
)
def test_a_quote_that_is_out_of_place_is_told_and_never_read_past(faults, text, line):
    assert [(f.code, f.line) for f in faults(text, TEXTS)] == [("unbalanced_quotes", line)]


def test_a_number_with_an_open_quote_is_no_number(faults):
    assert [f.code for f in faults('id,y\na,"1"\nb,"2\n', NUMBERS)] == ["unbalanced_quotes"]


def test_quotes_in_their_places_are_read_at_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"id","y"\r\n"a","say ""hi"", and go"\r\n"b",""\r\nc,""""\r\n', newline="")
    assert read_predictions(path, TEXTS)["y"].to_list() == ['say "hi", and go', "", '"']


def test_many_faults_of_one_kind_do_not_hide_the_only_one_of_another(faults):
    ragged = "".join(f"{i},1,2\n" for i in range(30))
    found = faults(f'id,y\n{ragged}\nz,"cat\n', TEXTS)
    assert [f.code for f in found] == [*["ragged_row"] * 8, "blank_line", "unbalanced_quotes"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_known_by_its_content_with_or_without_a_mark(encoding):
    with pytest.raises(InvalidPredictions, match="in UTF-16; save the file as UTF-8"):
        check_encoding(("id,y\n" + "a,1\n" * 40).encode(encoding))


def test_nothing_but_nul_bytes_is_not_called_utf_16():
    with pytest.raises(InvalidPredictions, match="NUL"):
        check_encoding(bytes(512))
