"""Arrays of NPZ files that NumPy or polars cannot take."""

import io
import zipfile

import numpy as np
import polars as pl
import pytest

from scorers import InputKind, InvalidPredictions, Schema, read_predictions

TEXTS = Schema(("id",), ("y",), InputKind.TEXTS)
NUMBERS = Schema(("id",), ("y",), InputKind.NUMBERS)


@pytest.fixture
def read(tmp_path):
    def read(schema: Schema, **arrays) -> pl.DataFrame:
        path = tmp_path / "a.npz"
        np.savez(path, **arrays)
        return read_predictions(path, schema)

    return read


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.array(["\ud800"]), "encoding"),
        (np.array([0x7FFFFFFF], dtype=np.uint32).view("<U1"), "encoding"),
        (np.array(["a\0b"]), "nul"),
    ],
)
def test_text_that_is_not_unicode_is_refused(read, values, code):
    for arrays in ({"id": np.array(["a"]), "y": values}, {"id": values, "y": np.array(["a"])}):
        with pytest.raises(InvalidPredictions) as error:
            read(TEXTS, **arrays)
        assert [fault.code for fault in error.value.faults] == [code]


def test_numbers_and_text_of_the_other_byte_order_keep_their_value(read):
    frame = read(NUMBERS, id=np.array(["é", "b"], dtype=">U1"), y=np.array([1, 258], dtype=">i4"))
    assert frame.rows() == [("é", 1.0), ("b", 258.0)]


def test_an_array_whose_header_is_cut_short_is_refused(tmp_path):
    header = b"{'descr': ("
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("id.npy", array)
    path = tmp_path / "a.npz"
    path.write_bytes(file.getvalue())
    with pytest.raises(InvalidPredictions, match="cannot be read") as error:
        read_predictions(path, NUMBERS)
    assert error.value.faults[0].code == "format"
