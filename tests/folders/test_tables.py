import json
from pathlib import Path

import pytest

from server.folders.tables import UnreadableTable, header_of, text_columns
from tests.folders.folders import faults


@pytest.mark.parametrize("read", [header_of, text_columns])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "id,id,diagnosis\n1,2,x\n"),
        ("a.jsonl", '{"id": 1, "id": 2, "diagnosis": "x"}\n'),
    ],
)
def test_a_column_named_twice_is_refused_by_its_name(tmp_path: Path, read, name, text) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(UnreadableTable, match="the column “id” more than once; give each"):
        read(tmp_path / name)


def test_keys_within_a_cell_of_json_are_no_columns(tmp_path: Path) -> None:
    row = {"id": 1, "box": {"x": 1}, "more": {"x": 2}}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    assert header_of(tmp_path / "a.jsonl") == ["id", "box", "more"]


@pytest.mark.parametrize("name", ["private/solution.csv", "data/sample_submission.csv"])
def test_a_folder_whose_table_names_a_column_twice_is_refused(wines: Path, name: str) -> None:
    header, _, rows = (wines / name).read_text("utf-8").partition("\n")
    doubled = "\n".join(f"{row.split(',')[0]},{row}" for row in rows.splitlines())
    (wines / name).write_text(f"{header.split(',')[0]},{header}\n{doubled}\n", "utf-8")
    assert any("more than once" in fault.message for fault in faults(wines))


def test_a_spreadsheet_with_semicolons_and_decimal_commas_is_told_of_its_semicolons(tmp_path):
    path = tmp_path / "ertrag.csv"
    path.write_text("plot;yield\nP1;3,14\nP2;2,7\n")
    with pytest.raises(UnreadableTable, match=r"line 1: the columns are separated by semicolons"):
        text_columns(path)
