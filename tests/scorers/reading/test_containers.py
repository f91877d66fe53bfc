"""Files that are refused for what they are packed in."""

import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from scorers import InvalidPredictions
from scorers.reading.containers import looks_like_csv, unpack


def test_two_arrays_of_one_name_are_refused(tmp_path):
    file, array = io.BytesIO(), io.BytesIO()
    np.save(array, np.array([1.0]))
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name in ("id.npy", "co2.npy", "co2.npy"):
            archive.writestr(name, array.getvalue())
    path = Path(tmp_path, "a.npz")
    path.write_bytes(file.getvalue())
    with pytest.raises(InvalidPredictions, match="“co2” stands there more than once") as error:
        unpack(path, 10_000)
    assert error.value.faults[0].code == "repeated_column"


def test_a_header_that_begins_with_a_bracket_is_still_csv():
    assert looks_like_csv(b"[id],co2\na,1\n")
    assert not looks_like_csv(b'[{"id": 1}]')
