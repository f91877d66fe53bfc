"""Files that are refused for what they are packed in."""

import gzip
import io
import subprocess
import sys
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


def _zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"id,co2\na,1\n")
    return path


@pytest.mark.parametrize(
    "names",
    [
        ("a.csv", "__MACOSX/._a.csv"),
        ("mine/", "mine/a.csv"),
        ("mine/final/a.csv",),
        ("mine\\a.csv",),
        ("mine/", "mine/a.csv", "mine/.DS_Store", ".DS_Store", "__MACOSX/mine/._a.csv"),
    ],
    ids=["macos", "folder", "folders", "windows", "folder-macos"],
)
def test_folders_and_what_a_system_packs_beside_a_file_are_no_second_file(tmp_path, names):
    assert unpack(_zipped(tmp_path / "a.zip", *names), 10_000).data == b"id,co2\na,1\n"


def test_the_files_of_a_zip_that_holds_several_are_named(tmp_path):
    path = _zipped(tmp_path / "a.zip", *"abcde")
    with pytest.raises(InvalidPredictions, match=r"5 files \(“a”, “b”, “c” and 2 more\)"):
        unpack(path, 10_000)


SMALL = """
import resource, sys
from pathlib import Path
from scorers import InvalidPredictions
from scorers.reading.containers import unpack
resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))
try:
    print(len(unpack(Path(sys.argv[1]), 2_000_000_000).data))
except InvalidPredictions as error:
    print(error)
"""


def _unpacked_in_little_memory(path: Path) -> str:
    command = [sys.executable, "-c", SMALL, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_small_archive_takes_little_memory_however_much_is_allowed(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"id,co2\na,1\n"))
    assert _unpacked_in_little_memory(path) == "11\n"


def test_an_archive_that_asks_for_a_dictionary_of_gigabytes_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", b"id,co2\na,1\n")
    packed = bytearray(path.read_bytes())
    dictionary = packed.find(b"\x05\x00\x5d") + 3
    packed[dictionary : dictionary + 4] = b"\xff" * 4
    path.write_bytes(packed)
    assert "takes too much memory" in _unpacked_in_little_memory(path)
