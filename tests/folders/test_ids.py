"""Whether two tables are about the same rows, as scoring aligns them: by value, in any order."""

import polars as pl
import pytest

from server.folders.ids import Apart, answered, ids_apart


def table(*ids: str | None, name: str = "id") -> pl.DataFrame:
    return pl.DataFrame(
        {name: list(ids), "y": ["a"] * len(ids)}, schema_overrides={name: pl.String}
    )


def test_the_same_ids_in_another_order_are_the_same():
    found = ids_apart(table("3", "1", " 2"), table("1", "2", "3"), ["id"])
    assert found == Apart(shared=3)
    assert not found.is_apart


def test_whole_numbers_are_compared_by_value_and_texts_as_they_are():
    assert not ids_apart(table("007", "8"), table("7", "8"), ["id"]).is_apart
    named = ids_apart(table("7", "x"), table("007", "x"), ["id"])
    assert (named.some_missing, named.some_unknown) == (("007",), ("7",))


def test_what_is_missing_unknown_and_repeated_is_counted_and_named():
    found = ids_apart(table("1", "2", "2", "nine"), table("1", "2", "3"), ["id"])
    assert found.is_apart
    assert (found.missing, found.unknown, found.repeated, found.shared) == (1, 1, 1, 2)
    assert found.some_missing == ("3",)
    assert found.some_unknown == ("nine",)
    assert found.some_repeated == ("2",)


def test_of_many_only_the_first_few_are_named():
    found = ids_apart(table("x"), table(*map(str, range(100))), ["id"])
    assert found.missing == 100
    assert found.some_missing == ("0", "1", "2", "3", "4")


def test_several_columns_make_one_key():
    own = pl.DataFrame({"patient": ["1", "1"], "visit": ["a", "b"]})
    other = pl.DataFrame({"patient": ["1", "2"], "visit": ["a", "b"]})
    found = ids_apart(own, other, ["patient", "visit"])
    assert found.some_missing == ("2, b",)
    assert found.some_unknown == ("1, b",)


def test_a_table_without_the_columns_says_so_and_a_reference_without_them_says_nothing():
    assert ids_apart(table("1", name="key"), table("1"), ["id"]) == Apart(lacking=("id",))
    assert ids_apart(table("1"), table("1", name="key"), ["id"]) is None


@pytest.mark.parametrize("usage", ["Usage\n1,Public\n2,Training\n", "rest\n1,x\n2,y\n"])
def test_rows_that_came_before_are_not_to_be_predicted(tmp_path, usage):
    path = tmp_path / "solution.csv"
    path.write_text(f"id,{usage}", "utf-8")
    assert answered(path)["id"].to_list() == (["1"] if "Training" in usage else ["1", "2"])
