"""Uploads: refused before they are read, hashed while they arrive, and gone when they broke."""

import hashlib
import io
import os
import time

import pytest
from sqlmodel import Session, select

from server.accounts.tokens import create_token
from server.challenges.models import Challenge
from server.shared.errors import TooFast, Unavailable
from server.shared.slots import Slots
from server.shared.uploads import HashingFile, clean_filename, forget_stale
from server.submissions.models import Submission
from tests.cast import NOON

URL = "/api/v1/challenges/digits/submissions"


@pytest.fixture
def token(database, cast) -> str:
    with database.writing() as session:
        _row, plain = create_token(session, account_id=cast.wei.id, name="test", now=NOON)
        session.commit()
    return plain


@pytest.fixture
def post(client, token):
    def post(data: bytes, *, name: str = "predictions.csv", **more):
        return client.post(
            URL,
            data={"file": (io.BytesIO(data), name)},
            headers={"Authorization": f"Bearer {token}"},
            **more,
        )

    return post


class Untouched(io.BytesIO):
    """A body that notes whether it was read."""

    touched = False

    def read(self, size: int | None = -1) -> bytes:
        self.touched = True
        return super().read(size)

    def readinto(self, buffer) -> int:
        self.touched = True
        return super().readinto(buffer)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, token):
    body = Untouched(b"--x")
    answer = client.post(
        URL,
        input_stream=body,
        environ_overrides={"CONTENT_LENGTH": "5000000"},
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "request-entity-too-large")
    assert answer.headers["Connection"] == "close"
    assert not body.touched


def test_who_may_not_upload_is_refused_before_the_body_is_read(client, cast):
    body = Untouched(b"--x")
    answer = client.post(URL, input_stream=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 401
    assert not body.touched


def test_a_file_of_too_many_bytes_in_a_body_that_may_be_is_refused(post, database, cast):
    with database.writing() as session:
        session.get_one(Challenge, cast.digits.id).max_bytes = 1000
        session.commit()
    assert post(b"x" * 1001).json["code"] == "too-large"
    with database.reading() as session:
        assert not session.exec(select(Submission)).all()


def test_a_taken_file_is_answered_with_its_sha256_and_stored_under_it(post, app):
    data = b"id,digit\n1,2\n"
    answer = post(data)
    sha256 = hashlib.sha256(data).hexdigest()
    assert (answer.status_code, answer.json["sha256"], answer.json["size"]) == (202, sha256, 13)
    with app.extensions["varsity"].files.open(sha256) as stored:
        assert bytes(stored.read()) == data


def test_nothing_of_an_upload_stays_in_the_folder_where_it_arrived(post, settings):
    post(b"id,digit\n1,2\n")
    post(b"")
    assert list((settings.data_dir / "incoming").glob("*")) == []


def test_the_file_is_stored_before_its_row_is_committed(post, app, monkeypatch):
    order = []
    files, commit = app.extensions["varsity"].files, Session.commit
    put = files.put
    monkeypatch.setattr(files, "put", lambda *a: (order.append("stored"), put(*a)))
    monkeypatch.setattr(Session, "commit", lambda self: (order.append("committed"), commit(self)))
    assert post(b"id,digit\n1,2\n").status_code == 202
    assert order[-2:] == ["stored", "committed"]


def test_an_empty_file_is_received_and_a_missing_one_is_refused(post, client, token, app):
    answer = post(b"")
    sha256 = hashlib.sha256(b"").hexdigest()
    said = answer.json
    assert (answer.status_code, said["sha256"], said["size"]) == (202, sha256, 0)
    assert app.extensions["varsity"].files.has(sha256)
    bearer = {"Authorization": f"Bearer {token}"}
    got = client.get(f"/api/v1/submissions/{said['id']}/file", headers=bearer)
    assert (got.status_code, got.data) == (200, b"")
    bare = client.post(
        URL,
        data={"comment": "x"},
        headers=bearer,
        content_type="multipart/form-data",
    )
    assert bare.status_code == 422
    assert bare.json["errors"][0]["field"] == "file"


def test_an_upload_that_took_too_long_is_refused(post, client, clock, monkeypatch, app):
    service = app.extensions["varsity"]
    moments = iter([NOON] + [clock.forward(seconds=901)] * 50)
    monkeypatch.setattr(service, "clock", lambda: next(moments))
    assert post(b"id,digit\n1,2\n").status_code == 408


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("predictions.csv", "predictions.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\out.csv", "out.csv"),
        ('a"b<c>.csv', "abc.csv"),
        ("预测.csv", "预测.csv"),
        ("bad\r\nname.csv", "badname.csv"),
        ("", "predictions"),
        ("///", "predictions"),
        ("n" * 300 + ".csv", "n" * 251 + ".csv"),
    ],
)
def test_a_files_name_loses_what_could_hurt(sent, kept):
    assert clean_filename(sent) == kept


def test_a_file_is_hashed_while_it_is_written(tmp_path):
    file = HashingFile(tmp_path / "incoming")
    for part in (b"id,digit\n", b"1,2\n"):
        file.write(part)
    assert file.sha256 == hashlib.sha256(b"id,digit\n1,2\n").hexdigest()
    assert file.path.read_bytes() == b"id,digit\n1,2\n"
    assert (tmp_path / "incoming").stat().st_mode & 0o777 == 0o700
    file.close()
    assert not list((tmp_path / "incoming").iterdir())


def test_only_what_is_old_is_swept_away(tmp_path):
    old, new = tmp_path / "upload-old", tmp_path / "upload-new"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    assert forget_stale(tmp_path, older_than=time.time() - 60) == 1
    assert list(tmp_path.iterdir()) == [new]


def test_places_are_counted_by_account_and_in_all():
    slots = Slots(each=2, overall=3)
    slots.take(1)
    slots.take(1)
    with pytest.raises(TooFast):
        slots.take(1)
    slots.take(2)
    with pytest.raises(Unavailable):
        slots.take(3)
    slots.give_back(1)
    slots.take(3)
    assert slots.under_way() == 3


def test_a_place_is_given_back_whatever_the_answer_was(post, app):
    post(b"")
    post(b"id,digit\n1,2\n")
    assert app.extensions["varsity"].uploads.under_way() == 0
