"""The tab of data and the page of one file, as those who take part and others see them."""

import pytest
from sqlmodel import select

from server.kits.found import LookReport
from server.kits.looking import look
from server.kits.models import FilePreview
from server.kits.queries import unseen_files
from server.kits.rules import VERSION, LookState
from server.shared.storage import FileStore
from tests.cast import NOON, sign_in

ODD = (
    'id,"<script>alert(1)</script>",\u202eevil,"a ""b"", c"\n'
    '1,"<img src=x onerror=y>",\u202eabc,1\n2,=cmd(),x,2\n'
)


@pytest.fixture
def looked(settings, database, files):
    """Look at every file of the challenge here, as a worker's child does."""

    def looked() -> None:
        store = FileStore(settings.public_store)
        with database.writing() as session:
            for sha256, name in unseen_files(session, limit=99):
                with store.local(sha256) as path:
                    found = LookReport(looked=look(path, name)).looked
                session.add(
                    FilePreview(
                        sha256=sha256,
                        name=name,
                        version=VERSION,
                        state=LookState.LOOKED,
                        asked_at=NOON,
                        looked_at=NOON,
                        found=found.model_dump(mode="json", exclude_defaults=True),
                    )
                )
            session.commit()

    return looked


def test_who_takes_part_reads_what_is_in_the_tables(client, cast, looked) -> None:
    looked()
    page = sign_in(client, cast.wei).get("/challenges/digits/data").text
    assert page.index("train.csv</bdi>") < page.index("test.csv</bdi>")
    assert "60 rows × 4 columns" in page
    assert "<bdi>colour</bdi>" in page
    # Half of the rows are red.
    assert "<bdi>red</bdi>" in page
    assert "50 %" in page
    assert "Distribution from 0 to 29.5: 5, 5, 5" in page


def test_who_takes_no_part_learns_how_large_they_are_and_nothing_of_what_is_in_them(
    client, cast, looked
) -> None:
    looked()
    for reader in (client, sign_in(client.application.test_client(), cast.amina)):
        page = reader.get("/challenges/digits/data").text
        assert "60 rows × 4 columns" in page
        assert "colour" not in page
        assert "starter-kit" not in page


@pytest.mark.parametrize(("person", "status"), [("wei", 200), ("olga", 200), ("amina", 403)])
def test_a_file_s_page_is_for_those_who_may_download_it(
    client, cast, looked, person, status
) -> None:
    looked()
    reader = sign_in(client, cast.people[person])
    assert reader.get("/challenges/digits/preview/train.csv").status_code == status
    assert reader.get("/challenges/digits/starter-kit.zip").status_code == status


def test_a_visitor_is_asked_to_sign_in(client, cast, looked) -> None:
    for path in ("preview/train.csv", "starter-kit.zip"):
        answer = client.get(f"/challenges/digits/{path}")
        assert (answer.status_code, "/sign-in" in answer.headers.get("Location", "")) in (
            (302, True),
            (303, True),
            (401, False),
        )


def test_odd_names_and_cells_are_shown_as_they_are_and_run_nothing(
    client, cast, add_files, looked
) -> None:
    add_files(**{"odd.csv": ODD})
    looked()
    page = sign_in(client, cast.wei).get("/challenges/digits/preview/odd.csv").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<bdi>\u202eevil</bdi>" in page
    assert "<bdi>=cmd()</bdi>" in page


def test_many_columns_come_in_pages_of_fifty(client, cast, add_files, looked) -> None:
    names = ",".join(f"c{i}" for i in range(2000))
    add_files(**{"wide.csv": f"{names}\n{names.replace('c', '')}\n"})
    looked()
    reader = sign_in(client, cast.wei)
    first = reader.get("/challenges/digits/preview/wide.csv").text
    assert "1 row × 2,000 columns" in first
    assert "The first 500 of 2,000 columns were looked at." in first
    assert first.count('<th scope="row">') == 50
    last = reader.get("/challenges/digits/preview/wide.csv?page=10").text
    assert ">c499<" in last.replace("<bdi>", "").replace("</bdi>", "")
    assert len(reader.get("/challenges/digits/data").data) < 100_000


def test_until_a_worker_has_looked_the_page_says_so(client, cast, files) -> None:
    reader = sign_in(client, cast.wei)
    assert "A worker is about to look at these files" in reader.get("/challenges/digits/data").text
    page = reader.get("/challenges/digits/preview/train.csv").text
    assert "A worker is about to look at this file" in page


def test_a_file_that_could_not_be_looked_at_can_be_downloaded_all_the_same(
    client, cast, database, looked
) -> None:
    looked()
    with database.writing() as session:
        for row in session.exec(select(FilePreview)):
            row.state, row.found = LookState.FAILED, None
            session.add(row)
        session.commit()
    page = sign_in(client, cast.wei).get("/challenges/digits/preview/train.csv").text
    assert "could not be looked at" in page
    assert "files/train.csv" in page


def test_a_table_that_can_t_be_read_says_why(client, cast, add_files, looked) -> None:
    add_files(**{"broken.csv.gz": b"\x1f\x8bnothing"})
    looked()
    page = sign_in(client, cast.wei).get("/challenges/digits/preview/broken.csv.gz").text
    assert "It can't be read as a table" in page


def test_without_files_there_is_no_kit_and_the_page_says_so(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/challenges/digits/data").text
    assert "There are no files to download" in page
    assert "starter-kit" not in page


def test_the_code_to_copy_has_the_challenge_s_own_names_in_it(client, cast, files) -> None:
    for tab in ("data", "submit"):
        page = sign_in(client, cast.wei).get(f"/challenges/digits/{tab}").text
        assert "varsity submit digits submission.csv" in page
        assert "table[&#39;digit&#39;] = predictions" in page
        assert "http://localhost/api/v1/challenges/digits/submissions" in page
        assert "read_csv(&#39;sample_submission.csv&#39;, dtype={&#39;id&#39;: str})" in page
