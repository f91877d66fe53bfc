import pytest

from server.accounts.tokens import create_token
from server.challenges.models import ChallengeFile
from server.challenges.rules import Visibility
from server.shared.storage import FileStore
from tests.cast import NOON, sign_in
from tests.challenges.people import add_hidden

CONTENT = bytes(range(256)) * 20_000
DIGEST = "b" * 64
URL = "/api/v1/challenges/digits/files/scans.bin"


@pytest.fixture
def scans(client, database, cast, settings, tmp_path):
    """A browser of a participant's of a challenge with a file of five megabytes."""
    path = tmp_path / "scans.bin"
    path.write_bytes(CONTENT)
    FileStore(settings.public_store).put(path, DIGEST)
    with database.writing() as session:
        session.add(
            ChallengeFile(
                challenge_id=cast.digits.id,
                name="scans.bin",
                sha256=DIGEST,
                size=len(CONTENT),
                position=0,
            )
        )
        session.commit()
    return sign_in(client, cast.wei)


def test_the_files_are_listed_with_sizes_hashes_and_addresses(scans) -> None:
    assert scans.get("/api/v1/challenges/digits/files").json == {
        "total": 1,
        "page": 1,
        "per_page": 50,
        "rows": [
            {
                "name": "scans.bin",
                "size": len(CONTENT),
                "sha256": DIGEST,
                "url": f"http://localhost{URL}",
            }
        ],
    }


def test_a_file_comes_whole_with_a_strong_tag(scans) -> None:
    response = scans.get(URL)
    assert (response.status_code, response.data) == (200, CONTENT)
    assert response.headers["ETag"] == f'"{DIGEST}"'
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.content_length == len(CONTENT)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("5-9", 5, 9),
        ("5119990-", 5119990, 5119999),
        ("-3", 5119997, 5119999),
        ("1048570-3145800", 1048570, 3145800),
        ("5-99999999", 5, 5119999),
    ],
)
def test_a_single_range_is_partial_content(scans, asked, first, last) -> None:
    response = scans.get(URL, headers={"Range": f"bytes={asked}"})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert response.content_length == last - first + 1
    assert response.data == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=x-y", "bytes=9-3", "lines=1-2", "bytes"])
def test_what_is_not_one_range_of_bytes_is_answered_whole(scans, asked) -> None:
    response = scans.get(URL, headers={"Range": asked})
    assert (response.status_code, len(response.data)) == (200, len(CONTENT))
    assert "Content-Range" not in response.headers


@pytest.mark.parametrize("asked", ["bytes=5120000-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(scans, asked) -> None:
    response = scans.get(URL, headers={"Range": asked})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(CONTENT)}"
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("tag", [f'"{DIGEST}"', f'W/"{DIGEST}"', f'"other", "{DIGEST}"', "*"])
def test_a_file_that_one_has_already_is_not_sent_again(scans, tag) -> None:
    response = scans.get(URL, headers={"If-None-Match": tag, "Range": "bytes=0-1"})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == f'"{DIGEST}"'


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (f'"{DIGEST}"', 206),
        (f'W/"{DIGEST}"', 200),
        ('"another"', 200),
        ("Fri, 20 Nov 2026 12:00:00 GMT", 200),
    ],
)
def test_a_download_goes_on_only_where_the_file_is_still_the_same(scans, condition, status) -> None:
    response = scans.get(URL, headers={"Range": "bytes=2-3", "If-Range": condition})
    assert response.status_code == status


def test_another_file_than_the_wanted_one_is_a_failed_precondition(scans) -> None:
    assert scans.get(URL, headers={"If-Match": '"another"'}).status_code == 412
    assert scans.get(URL, headers={"If-Match": f'"{DIGEST}"'}).status_code == 200


def test_head_says_the_size_and_passes_over_ranges(scans) -> None:
    response = scans.head(URL, headers={"Range": "bytes=0-1"})
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Length"] == str(len(CONTENT))


def test_the_page_route_answers_ranges_as_well(scans) -> None:
    response = scans.get("/challenges/digits/files/scans.bin", headers={"Range": "bytes=1-2"})
    assert (response.status_code, response.data) == (206, CONTENT[1:3])


def test_a_file_that_the_store_has_lost_is_our_fault(scans, settings) -> None:
    FileStore(settings.public_store).delete(DIGEST)
    assert scans.get(URL).status_code == 500


def test_joining_is_asked_for_with_its_own_code(app, scans, cast, database) -> None:
    with database.writing() as session:
        _, token = create_token(session, account_id=cast.amina.id, name="laptop", now=NOON)
        session.commit()
    program, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    refused = program.get(URL, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "not-joined")
    assert program.post("/api/v1/challenges/digits/join", headers=headers).json == {
        "challenge": "digits",
        "joined_at": "2026-11-20T12:00:00Z",
    }
    assert program.get(URL, headers=headers).data == CONTENT


def test_a_visitor_may_list_but_not_download(client, scans) -> None:
    client.delete_cookie("varsity")
    assert client.get("/api/v1/challenges/digits/files").status_code == 200
    assert client.get(URL).status_code == 401
    assert client.post("/api/v1/challenges/digits/join").status_code == 401


def test_the_files_of_a_hidden_challenge_are_not_there(client, cast, database) -> None:
    slug = add_hidden(database, cast, Visibility.INVITED)
    sign_in(client, cast.wei)
    for path in ("/files", "/files/train.csv"):
        response = client.get(f"/api/v1/challenges/{slug}{path}")
        assert (response.status_code, response.mimetype) == (404, "application/problem+json")
