from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from server.challenges.downloads import ByteRange, Unsatisfiable, requested_range, send_stored
from server.shared.storage import FileStore

SIZES = st.integers(0, 40)
POSITIONS = st.integers(0, 60)
BLANKS = st.text(" \t", max_size=2)


def asked(header: str, size: int) -> list[int] | str:
    """What a range asks for, as the positions of the bytes it gives."""
    try:
        part = requested_range(header, size)
    except Unsatisfiable:
        return "unsatisfiable"
    return list(range(part.first, part.last + 1)) if part else "whole"


@given(size=SIZES, first=POSITIONS, last=POSITIONS, before=BLANKS, after=BLANKS)
def test_a_range_gives_the_bytes_between_its_ends(size, first, last, before, after) -> None:
    wanted = [at for at in range(size) if first <= at <= last]
    model = "whole" if last < first else wanted or "unsatisfiable"
    assert asked(f"bytes={before}{first}-{last}{after}", size) == model


@given(size=SIZES, first=POSITIONS)
def test_an_open_range_goes_to_the_end(size, first) -> None:
    assert asked(f"bytes={first}-", size) == (list(range(size))[first:] or "unsatisfiable")


@given(size=SIZES, length=POSITIONS)
def test_a_suffix_gives_the_last_bytes_and_of_an_empty_file_the_whole(size, length) -> None:
    model = "unsatisfiable" if length == 0 else list(range(size))[-length:] or "whole"
    assert asked(f"bytes=-{length}", size) == model


@given(size=SIZES, specs=st.lists(st.tuples(POSITIONS, POSITIONS), min_size=2, max_size=4))
def test_several_ranges_are_answered_with_the_whole_file(size, specs) -> None:
    assert asked("bytes=" + ",".join(f"{a}-{b}" for a, b in specs), size) == "whole"


@given(header=st.text(max_size=30) | st.from_regex(r"bytes=[-0-9, ]*", fullmatch=True), size=SIZES)
def test_no_header_breaks_it_and_no_range_leaves_the_file(header, size) -> None:
    positions = asked(header, size)
    assert positions in ("whole", "unsatisfiable") or set(positions) <= set(range(size))


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2-3", "items=0-1", "bytes=٣-٤", "0-1"],
)
def test_what_is_no_byte_range_is_answered_with_the_whole_file(header) -> None:
    assert asked(header, 10) == "whole"


def test_the_unit_may_be_written_in_capitals_and_empty_members_do_not_count() -> None:
    assert requested_range("Bytes=0-1", 10) == ByteRange(0, 1)
    assert requested_range("bytes=,0-1,", 10) == ByteRange(0, 1)


def test_a_number_with_thousands_of_digits_is_only_far_away() -> None:
    assert asked(f"bytes={'9' * 6000}-", 10) == "unsatisfiable"
    assert asked(f"bytes=0-{'9' * 6000}", 3) == [0, 1, 2]
    assert asked(f"bytes={'0' * 6000}1-2", 3) == [1, 2]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket on an S3 server of the test's own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "varsity",
        "AWS_SECRET_ACCESS_KEY": "varsity",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1").create_bucket(
        Bucket="public"
    )
    yield "s3://public/files"
    server.stop()


def test_a_bucket_answers_as_a_folder_does(bucket: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 12_000
    (tmp_path / "scans.bin").write_bytes(content)
    answers = []
    for url in (bucket, str(tmp_path / "files")):
        store = FileStore(url)
        store.put(tmp_path / "scans.bin", "c" * 64)
        app = Flask("downloads")
        for headers in ({}, {"Range": "bytes=1048570-2100000"}, {"Range": "bytes=-7"}):
            with app.test_request_context(headers=headers):
                response = send_stored(request, store, sha256="c" * 64, name="scans.bin")
                body = b"".join(response.response)
                answers.append((response.status_code, dict(response.headers), body))
    assert answers[:3] == answers[3:]
    assert [body for _, _, body in answers[:3]] == [content, content[1048570:2100001], content[-7:]]
