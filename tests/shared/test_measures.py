"""Numbers for Prometheus: those of all processes together, and what the database says."""

import os
import re
import subprocess
import sys
import time

from server.shared import measures
from server.shared.access import VISITOR
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
    environment = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    environment["PYTHONPATH"] = ":".join(sys.path)
    if folder:
        environment["PROMETHEUS_MULTIPROC_DIR"] = folder
    command = [sys.executable, "-c", ASKS, str(times)]
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
