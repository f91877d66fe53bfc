import shutil
from pathlib import Path

import pytest

from tests.folders.folders import Edit, faults, only_fault, read


def test_pages_are_found_where_none_are_named_the_usual_ones_first(wines: Path, edit: Edit) -> None:
    edit('pages = ["overview", "data", "rules"]', "#")
    (wines / "a-note.md").write_text("# A note", "utf-8")
    (wines / "README.md").write_text("for the repository", "utf-8")
    assert [page.slug for page in read(wines).pages] == ["overview", "data", "rules", "a-note"]


def test_a_found_page_that_can_be_no_tab_is_named(wines: Path, edit: Edit) -> None:
    edit('pages = ["overview", "data", "rules"]', "#")
    (wines / "team.md").write_text("# Us", "utf-8")
    assert only_fault(wines).file == "team.md"


def test_a_page_without_a_file_is_named(wines: Path) -> None:
    (wines / "rules.md").unlink()
    fault = only_fault(wines)
    assert (fault.file, fault.message) == ("rules.md", "There is no file rules.md.")


def test_a_page_that_is_not_utf_8_is_named_with_its_line(wines: Path) -> None:
    (wines / "rules.md").write_bytes(b"# Rules\n\ncaf\xe9\n")
    fault = only_fault(wines)
    assert (fault.file, fault.line) == ("rules.md", 3)


def test_a_page_listed_twice_is_named(wines: Path, edit: Edit) -> None:
    edit('"data", "rules"]', '"data", "overview"]')
    assert only_fault(wines).key == "pages[2]"


@pytest.mark.parametrize("path", ["../outside.csv", "/etc/hostname", "private/link.csv"])
def test_a_solution_outside_the_folder_is_refused(wines: Path, edit: Edit, path: str) -> None:
    (wines.parent / "outside.csv").write_text("id,cultivar\n", "utf-8")
    (wines / "private" / "link.csv").symlink_to(wines.parent / "outside.csv")
    edit('solution = "private/solution.csv"', f'solution = "{path}"')
    assert "outside the challenge's folder" in only_fault(wines).message


def test_a_solution_among_the_downloads_is_refused(wines: Path, edit: Edit) -> None:
    (wines / "private" / "solution.csv").rename(wines / "data" / "solution.csv")
    edit('solution = "private/solution.csv"', 'solution = "private/../data/solution.csv"')
    assert "participants would download it" in only_fault(wines).message


def test_a_copy_of_the_solution_among_the_downloads_is_refused(wines: Path) -> None:
    shutil.copyfile(wines / "private" / "solution.csv", wines / "data" / "extra.csv")
    fault = only_fault(wines)
    assert (fault.file, "solution of phase main" in fault.message) == ("data/extra.csv", True)


def test_a_data_file_that_leads_out_of_the_folder_is_refused(wines: Path) -> None:
    (wines / "data" / "more.csv").symlink_to("/etc/hostname")
    (wines / "data" / ".DS_Store").write_bytes(b"")
    (wines / "data" / "images").mkdir()
    assert [fault.file for fault in faults(wines)] == ["data/images", "data/more.csv"]


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def describe(wines: Path, *tables: str) -> None:
    with (wines / "challenge.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"\n[[files]]\n{table}\n" for table in tables)


def test_data_stand_in_the_order_of_the_definition_with_what_it_says_of_them(
    wines: Path,
) -> None:
    describe(wines, 'name = "train.csv"\ndescription = "To learn from."')
    files = read(wines).files
    assert (files[0].name, files[0].description) == ("train.csv", "To learn from.")
    assert {"test.csv", "sample_submission.csv"} <= {file.name for file in files[1:]}


@pytest.mark.parametrize("names", [["nothing.csv"], ["train.csv", "train.csv"]])
def test_a_described_file_must_be_there_once(wines: Path, names: list[str]) -> None:
    describe(wines, *(f'name = "{name}"' for name in names))
    assert only_fault(wines).key == f"files[{len(names) - 1}].name"


def test_pictures_of_the_pages_are_known_by_their_bytes(wines: Path) -> None:
    (wines / "images").mkdir()
    (wines / "images" / "plot.png").write_bytes(PNG)
    assert [image.name for image in read(wines).images] == ["plot.png"]
    (wines / "images" / "plot.svg").write_text("<svg><script>alert(1)</script></svg>")
    (wines / "images" / "photo.jpg").write_bytes(PNG)
    assert {fault.file for fault in faults(wines)} == {"images/plot.svg", "images/photo.jpg"}
