"""What the child answers, for files of every kind."""

import io
import zipfile

from scorers.sentences import from_json
from server.kits.found import LookReport
from server.kits.looking import look, look_in_child


def test_a_table_is_told_by_its_columns_and_first_rows(tmp_path) -> None:
    path = tmp_path / "stored-under-its-sha256"
    path.write_text("id,x\n" + "".join(f"{i},{i % 3}\n" for i in range(30)))
    report = LookReport.model_validate_json(look_in_child(str(path), "train.csv"))
    table = report.looked.table
    assert (table.rows, table.read, table.width, len(table.first)) == (30, 30, 2, 10)
    assert [column.kind for column in table.columns] == ["whole number", "whole number"]
    assert table.columns[1].counts == [10, 10, 10]


def test_what_can_t_be_read_says_why(tmp_path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x1f\x8bnothing")
    looked = look(path, "train.csv.gz")
    assert (looked.kind, looked.table) == ("table", None)
    assert looked.problem
    assert looked.sentence["message"].startswith("it is damaged")
    assert from_json(looked.sentence) == looked.problem


def test_an_archive_is_told_by_its_files(tmp_path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for i in range(60):
            archive.writestr(f"images/{i}.png", b"x" * i)
    path = tmp_path / "x"
    path.write_bytes(held.getvalue())
    looked = look(path, "images.zip")
    assert (looked.kind, looked.archive.files, len(looked.archive.members)) == ("archive", 60, 50)
    assert looked.archive.members[2].size == 2


def test_text_shows_its_first_lines_and_a_picture_is_one(tmp_path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"import os\n" * 100 + b"\xff")
    assert look(path, "baseline.py").lines == ["import os"] * 40
    assert look(path, "scan.png").kind == "image"
    assert look(path, "model.bin").kind == "other"


def test_what_breaks_the_look_is_a_trace_and_no_crash(tmp_path) -> None:
    report = LookReport.model_validate_json(look_in_child(str(tmp_path / "none"), "a.bin"))
    assert report.looked is None or report.looked.kind == "other"
    report = LookReport.model_validate_json(look_in_child(str(tmp_path / "none"), "a.md"))
    assert (report.looked, "FileNotFoundError" in report.trace) == (None, True)
