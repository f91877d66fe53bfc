"""How a corrected solution differs from the one before: rows by their ids, and no answers."""

import json
from pathlib import Path

from server.evaluations.differing import MOST_NAMED, SolutionChanges, compare_solutions

BEFORE = "id,digit,field\n1,7,A\n2,3,A\n3,1.0,B\n4,,B\n"


def told(tmp_path: Path, before: str, after: str, *ids: str) -> SolutionChanges:
    """Compare two tables as the child does."""
    for name, text in (("before.csv", before), ("after.csv", after)):
        (tmp_path / name).write_text(text, "utf-8")
    text = compare_solutions(
        str(tmp_path / "before.csv"), str(tmp_path / "after.csv"), ids or ("id",)
    )
    return SolutionChanges.model_validate_json(text)


def test_rows_with_another_answer_are_counted_and_named_in_their_order(tmp_path):
    after = "id,field,digit\n4,B,9\n3,B,1\n2,A, 3 \n1,A,8\n"
    changes = told(tmp_path, BEFORE, after)
    assert (changes.rows, changes.changed.count, changes.changed.ids) == (4, 2, ["4", "1"])
    assert changes.columns == ["digit"]
    assert (changes.added.count, changes.gone.count) == (0, 0)


def test_rows_that_came_or_went_are_no_changed_ones(tmp_path):
    changes = told(tmp_path, BEFORE, "id,digit,field\n1,7,A\n2,3,A\n5,2,B\n")
    assert (changes.added.ids, changes.gone.ids) == (["5"], ["3", "4"])
    assert (changes.changed.count, changes.columns) == (0, [])


def test_a_row_is_named_by_all_its_columns_of_ids(tmp_path):
    before = "patient,visit,ill\np1,1,0\np1,2,0\np2,1,1\n"
    changes = told(tmp_path, before, before.replace("p1,2,0", "p1,2,1"), "patient", "visit")
    assert changes.changed.ids == ["p1, 2"]


def test_a_column_that_only_one_has_is_named(tmp_path):
    after = "id,digit,Usage\n1,7,Public\n2,3,Public\n3,1,Private\n4,,Private\n"
    changes = told(tmp_path, BEFORE, after)
    assert (changes.changed.count, changes.columns) == (0, ["Usage", "field"])


def test_no_answer_is_told_and_no_more_ids_than_are_shown(tmp_path):
    before = "id,digit\n" + "".join(f"{i},secret{i}\n" for i in range(300))
    changes = told(tmp_path, before, before.replace("secret", "hidden"))
    assert changes.changed.count == 300
    assert len(changes.changed.ids) == MOST_NAMED
    said = json.dumps(changes.model_dump())
    assert "secret" not in said
    assert "hidden" not in said


def test_what_is_no_table_is_not_compared(tmp_path):
    (tmp_path / "a").write_bytes(b"\x00\x01")
    (tmp_path / "b.csv").write_text(BEFORE, "utf-8")
    assert compare_solutions(str(tmp_path / "a"), str(tmp_path / "b.csv"), ["id"]) == ""
