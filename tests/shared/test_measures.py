"""Numbers for Prometheus: those of all processes together, and what the database says."""

import ctypes
import errno
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.shared import measures
from server.shared.access import VISITOR
from server.shared.measure_files import reserve
from server.shared.measures import exposition

ASKS = """
import sys
from flask import Flask
from server.shared.measures import exposition, install_measures

app = Flask("measured")
install_measures(app)
app.add_url_rule("/hello", "hello", lambda: "hello")
for _ in range(int(sys.argv[1])):
    app.test_client().get("/hello")
app.test_client().get("/nowhere")
sys.stdout.write(exposition({"varsity_waiting": 3.0}).get_data(as_text=True))
"""


def asked(times: int, folder: str | None) -> str:
    """Answer so many requests in a process of its own, and return what it exposes."""
    return asked_by(ASKS, times, folder)


def asked_by(program: str, times: int, folder: str | None) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    environment["PYTHONPATH"] = ":".join(sys.path)
    if folder:
        environment["PROMETHEUS_MULTIPROC_DIR"] = folder
    command = [sys.executable, "-c", program, str(times)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def value(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])


HELLO = 'varsity_requests_total{endpoint="hello",method="GET",status="200"}'
NOWHERE = 'varsity_requests_total{endpoint="none",method="GET",status="404"}'


def test_the_numbers_of_all_processes_are_added_also_of_those_that_ended(tmp_path):
    asked(2, str(tmp_path))
    text = asked(3, str(tmp_path))
    assert (value(text, HELLO), value(text, NOWHERE)) == (5, 2)
    assert value(text, 'varsity_request_seconds_count{endpoint="hello"}') == 5
    assert value(text, "varsity_waiting") == 3


def test_a_process_alone_says_its_own_numbers():
    text = asked(2, None)
    assert (value(text, HELLO), value(text, "varsity_waiting")) == (2, 3)


def test_a_request_is_measured_from_before_whoever_asks_is_looked_up(app, monkeypatch):
    def slow(session, moment):
        time.sleep(0.05)
        return VISITOR

    observed = []
    monkeypatch.setattr(app.extensions["varsity"], "load_viewer", slow)
    monkeypatch.setattr(measures.SECONDS, "labels", lambda _endpoint: Observed(observed))
    assert app.test_client().get("/").status_code == 200
    assert observed[0] > 0.05


class Observed:
    def __init__(self, seconds):
        self.observe = seconds.append


def test_gauges_are_those_of_the_asking_and_are_not_kept(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    first = exposition({"varsity_waiting": 3.0, "varsity_workers": 1.0}).get_data(as_text=True)
    second = exposition({"varsity_waiting": 0.0}).get_data(as_text=True)
    assert (value(first, "varsity_waiting"), value(second, "varsity_waiting")) == (3, 0)
    assert "varsity_workers" not in second


def test_an_exposition_is_of_the_type_that_prometheus_reads(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    answer = exposition({})
    assert answer.content_type.startswith("text/plain; version=")
    assert answer.get_data(as_text=True).endswith("\n")


def test_requests_are_counted_by_route_and_not_by_address(client, cast):
    for path in ("/people/1", "/people/2"):
        client.get(path)
    text = client.get("/metrics").text
    assert 'endpoint="profiles.person"' in text
    assert "/people/" not in text


@pytest.fixture
def full_disk(tmp_path):
    """A folder on a disk of its own, which is full."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = str(tmp_path).encode()
    if os.geteuid() != 0 or libc.mount(b"tmpfs", folder, b"tmpfs", 0, b"size=64k"):
        pytest.skip("a disk to fill needs the right to mount one: run as root")
    filler = tmp_path / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(1 << 20))
    yield tmp_path
    libc.umount2(folder, 2)


def test_on_a_full_disk_a_request_is_answered_and_not_counted(full_disk):
    text = asked(2, str(full_disk))
    assert value(text, "varsity_waiting") == 3
    assert "varsity_requests_total" not in text
    assert [path.name for path in full_disk.iterdir()] == ["filler"]


def test_a_file_that_finds_no_room_to_grow_is_as_it_was(full_disk):
    (full_disk / "filler").unlink()
    file = full_disk / "numbers"
    file.write_bytes(b"7" * 100)
    with pytest.raises(OSError, match="No space left") as raised:
        reserve(file, 1 << 20)
    assert raised.value.errno == errno.ENOSPC
    assert file.read_bytes() == b"7" * 100


def test_room_that_is_reserved_has_blocks(tmp_path: Path):
    file = tmp_path / "numbers"
    reserve(file, 1 << 16)
    reserve(file, 1 << 15)
    assert file.stat().st_size == 1 << 16
    assert file.stat().st_blocks * 512 >= 1 << 16


def test_more_numbers_than_a_new_file_holds_are_all_kept(tmp_path):
    many = ASKS.replace(
        "[1])):", "[1])):\n    app.test_client().open('/hello', method=f'M{_}')\n    "
    )
    text = asked_by(many, 400, str(tmp_path))
    assert text.count("varsity_requests_total{") >= 400
