"""Files by their sha256: a local folder and an S3 server do the same."""

import hashlib
import io
import os
import socket

import pytest
from moto.server import ThreadedMotoServer

from server.shared import storage
from server.shared.storage import FileStore, Stores


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="module")
def s3():
    """An S3 server of this test's own, on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def store(request, tmp_path, monkeypatch) -> FileStore:
    if request.param == "local":
        return FileStore(str(tmp_path / "files"))
    endpoint = request.getfixturevalue("s3")
    for name, value in {
        "AWS_ENDPOINT": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]
    make_bucket(endpoint, bucket)
    return FileStore(f"s3://{bucket}/")


def make_bucket(endpoint: str, bucket: str) -> None:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"PUT /{bucket} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n"
            f"Authorization: AWS test:test\r\nConnection: close\r\n\r\n".encode()
        )
        assert b" 200 " in connection.recv(1000)


@pytest.fixture
def put(store, tmp_path):
    def put(data: bytes) -> str:
        path = tmp_path / "local"
        path.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        store.put(path, sha256)
        return sha256

    return put


def test_what_is_put_comes_back(store, put):
    sha256 = put(b"id,digit\n1,7\n")
    assert (store.has(sha256), store.size(sha256)) == (True, 13)
    with store.open(sha256) as file:
        assert bytes(file.read()) == b"id,digit\n1,7\n"


def test_a_file_can_be_read_from_the_middle(store, put):
    with store.open(put(b"0123456789")) as file:
        file.seek(4)
        assert bytes(file.read(3)) == b"456"


def test_put_twice_is_kept_once(store, put):
    assert put(b"same") == put(b"same")
    assert list(store.keys()) == [hashlib.sha256(b"same").hexdigest()]


def test_what_is_not_there_is_said_to_be_missing(store):
    assert not store.has("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.size("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.open("0" * 64)


def test_a_deleted_file_is_gone(store, put):
    sha256 = put(b"short life")
    store.delete(sha256)
    assert not store.has(sha256)
    assert list(store.keys()) == []


def test_every_key_is_listed(store, put):
    assert {put(bytes([n])) for n in range(5)} == set(store.keys())


def test_a_scorer_gets_a_path_of_this_machine(store, put):
    with store.local(put(b"bytes")) as path:
        assert path.read_bytes() == b"bytes"


def test_a_stream_is_stored_too(store):
    sha256 = hashlib.sha256(b"member").hexdigest()
    store.copy_from(io.BytesIO(b"member"), sha256)
    assert store.size(sha256) == 6


def test_a_large_file_goes_through_in_parts(store, put):
    data = os.urandom(1 << 20) * 12
    sha256 = put(data)
    with store.local(sha256) as path:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_a_local_file_and_the_folders_that_name_it_are_flushed(tmp_path, monkeypatch):
    flushed = []
    fsync = os.fsync
    monkeypatch.setattr(
        storage.os,
        "fsync",
        lambda fd: (flushed.append(os.readlink(f"/proc/self/fd/{fd}")), fsync(fd)),
    )
    root = tmp_path / "files"
    store = FileStore(str(root))
    path = tmp_path / "local"
    path.write_bytes(b"x")
    store.put(path, "ab" * 32)
    assert flushed == [str(root / "ab" / ("ab" * 32)), str(root / "ab"), str(root)]


def test_the_folder_of_a_store_is_its_owners_alone(tmp_path):
    FileStore(str(tmp_path / "hidden"))
    assert (tmp_path / "hidden").stat().st_mode & 0o777 == 0o700


def test_the_two_stores_are_told_apart_by_name(tmp_path):
    stores = Stores(FileStore(str(tmp_path / "a")), FileStore(str(tmp_path / "b")))
    assert stores.public_files.root != stores.hidden_files.root
