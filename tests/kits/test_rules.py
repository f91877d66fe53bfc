import pytest

from server.kits.rules import Parts, id_columns_of, is_table, parts_of

HEADER = ("id", "digit")


def told(names, columns=None, **more) -> Parts:
    return parts_of(names, header=HEADER, ids=("id",), columns=columns or {}, **more)


def test_parts_are_told_by_the_names_of_the_files() -> None:
    names = ["baseline.py", "sample_submission.csv", "Test_A.csv.gz", "train.parquet", "notes.md"]
    assert told(names) == Parts("train.parquet", ("Test_A.csv.gz",), ("sample_submission.csv",))


def test_the_sample_of_the_present_phase_comes_first() -> None:
    names = ["sample_submission.csv", "sample_submission_b.csv", "train.csv"]
    assert told(names, phase="b").samples[0] == "sample_submission_b.csv"
    assert told(names, phase="a").samples[0] == "sample_submission.csv"


def test_other_names_are_told_by_their_columns() -> None:
    columns = {"a.csv": ["id", "x", "digit"], "b.csv": ["id", "x"], "form.csv": ["id", "digit"]}
    assert told(list(columns), columns) == Parts("a.csv", ("b.csv",), ("form.csv",))


def test_without_tables_there_are_no_parts() -> None:
    assert told(["images.zip", "README.md"]) == Parts(None, (), ())


@pytest.mark.parametrize(
    ("stored", "header", "due"),
    [
        ("id", ["id", "x"], ("id",)),
        ("patient, visit", ["patient", "visit", "x"], ("patient", "visit")),
        ("a, b", ["a, b", "x"], ("a, b",)),
        ("gone", ["first", "x"], ("first",)),
    ],
)
def test_a_key_of_several_columns_is_read_back(stored, header, due) -> None:
    assert id_columns_of(stored, header) == due


def test_tables_are_known_by_their_ending() -> None:
    assert [is_table(n) for n in ("a.CSV", "a.csv.gz", "a.parquet", "a.zip", "csv")] == [
        *(True,) * 3,
        *(False,) * 2,
    ]
