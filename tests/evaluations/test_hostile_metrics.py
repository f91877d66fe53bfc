"""Whatever a metric file does, its organiser is told, and the next submission is scored."""

import contextlib
import os
import re
import socket
import tempfile
import time
from pathlib import Path

import pytest

from scorers.spec import EvaluationSpec
from server.evaluations.metrics import MetricRules
from server.evaluations.scoring import Outcome, Report, score_file
from server.evaluations.warming import warm_up
from server.shared.isolation import Isolation, Limits
from tests import unprivileged
from tests.evaluations.hostile import FILL, GOOD, HEAD, HOSTILE, PATCHES, SLEEP, Hostile
from tests.shared import misbehaviour

ROWS = 30
RULES = MetricRules(seconds=2, memory_bytes=3_000_000_000)
HERE = Path(__file__)


@pytest.fixture(scope="module")
def isolation():
    made = Isolation(
        workers=1,
        limits=Limits(3_000_000_000, 30),
        preload=["server.evaluations.scoring", "pandas"],
        warm_up=warm_up,
    )
    yield made
    made.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An instance's folders, with files that no metric may touch."""
    folder = tmp_path_factory.mktemp("instance")
    (folder / "hidden").mkdir()
    (folder / "varsity.db").write_text("scores")
    (folder / "other.csv").write_text("another team's predictions")
    rows = [f"{i},{i % 3},{'Public' if i % 2 else 'Private'}\n" for i in range(ROWS)]
    (folder / "hidden" / "solution.csv").write_text("id,digit,Usage\n" + "".join(rows))
    said = [f"{i},{i % 3 if i < 20 else 0}\n" for i in range(ROWS)]
    (folder / "prediction.csv").write_text("id,digit\n" + "".join(said))
    return folder


@pytest.fixture(scope="module")
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def report(isolation, place, code: str) -> Report:
    spec = EvaluationSpec(
        scorer="metric.py", header=("id", "digit"), code=code, numbers=("digit",), replicates=20
    )
    files = (str(place / "prediction.csv"), str(place / "hidden" / "solution.csv"))
    return Report.model_validate_json(isolation.run(score_file, *files, spec.to_json(), RULES))


def filled(source: str, place: Path, port: int) -> str:
    values = {
        "database": str(place / "varsity.db"),
        "other": str(place / "other.csv"),
        "hidden": str(place / "hidden"),
        "fill": FILL,
        "sleep": SLEEP,
        "port": port,
        "worker": os.getpid(),
    }
    for name, value in values.items():
        source = source.replace(f"{{{name}!r}}", repr(value)).replace(f"{{{name}}}", str(value))
    return source


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return []


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_ends_as_a_named_failure_and_touches_nothing(isolation, place, listener, hostile):
    before = {path: path.read_text() for path in place.rglob("*") if path.is_file()}
    said = report(isolation, place, filled(hostile.source, place, listener))
    assert said.outcome is Outcome.FAULT
    assert re.search(hostile.told, said.trace), said.trace
    assert "metric.py" in said.trace
    assert {path: path.read_text() for path in before} == before


def test_the_next_submission_is_scored_as_if_nothing_had_been(isolation, place, listener):
    good = report(isolation, place, GOOD)
    for hostile in HOSTILE[4:8]:
        report(isolation, place, filled(hostile.source, place, listener))
        assert report(isolation, place, GOOD) == good
    assert good.outcome is Outcome.SCORED


def test_what_a_metric_changes_in_its_process_stays_there(isolation, place):
    good = report(isolation, place, GOOD)
    patched = report(isolation, place, HEAD + PATCHES)
    assert (patched.public.value, patched.private.value) == (0.25, 0.25)
    assert report(isolation, place, GOOD) == good
    assert good.public.value == pytest.approx(12 / 15, abs=0.2)


def test_half_a_character_does_not_take_the_metrics_word_from_the_participant(isolation, place):
    body = "class ParticipantVisibleError(Exception): pass\nraise ParticipantVisibleError({said!r})"
    said = report(isolation, place, Hostile("", body.format(said="row 3 \ud800"), "").source)
    assert (said.outcome, said.message) == (Outcome.REJECTED, "row 3 ?")


def test_no_process_and_no_folder_is_left(isolation, place, tmp_path, monkeypatch):
    # The pool makes a folder of its own when it starts.
    _, fork_server = map(int, isolation.run(misbehaviour.whose_child).split())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for body in (GOOD, filled(HOSTILE[0].source, place, 0), HEAD + PATCHES):
        report(isolation, place, body)
        assert list(tmp_path.iterdir()) == []
    for _ in range(100):
        # The child that waits for the next submission has none of its own.
        left = [grandchild for child in children(fork_server) for grandchild in children(child)]
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError(left)


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an unprivileged user already")
def test_all_of_it_holds_for_an_unprivileged_worker():
    """Limits on root prove little: the same tests again, as a user without any privilege."""
    why_not = unprivileged.obstacle(HERE)
    if why_not:
        pytest.skip(why_not)
    ended = unprivileged.run_tests(HERE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(HOSTILE) + 4} passed, 1 skipped" in ended.stdout
