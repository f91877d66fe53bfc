"""What a scoring child does to itself, as root and as a user without privileges."""

import os
from pathlib import Path

import pytest

from server.shared.isolation import Isolation, Limits
from tests import unprivileged
from tests.shared import misbehaviour

HERE = Path(__file__)
ROOT_MAY = "root may have any number of processes: run below as another user"


@pytest.fixture(scope="module")
def isolation():
    made = Isolation(workers=1, limits=Limits(1_500_000_000, 20, tasks=16))
    yield made
    made.stop()


@pytest.mark.skipif(os.geteuid() == 0, reason=ROOT_MAY)
def test_processes_are_limited(isolation):
    said = isolation.run(misbehaviour.many_processes)
    reason, _, count = said.rpartition(" after ")
    assert reason == "Resource temporarily unavailable"
    assert int(count) <= 16


def test_what_it_is_kept_by_is_found_out_from_inside(isolation):
    writes, network = isolation.run(misbehaviour.kept_by, os.readlink("/proc/self/ns/net")).split(
        "|"
    )
    assert writes.startswith("Landlock")
    assert network in ("network namespace", "seccomp")


def test_it_writes_nothing_outside_its_folder(isolation, tmp_path):
    with pytest.raises(PermissionError):
        isolation.run(misbehaviour.write_to, str(tmp_path / "outside"))
    assert isolation.run(misbehaviour.write_to, "inside") == "written"


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as an unprivileged user already")
def test_all_of_it_holds_for_a_user_without_privileges():
    why_not = unprivileged.obstacle(HERE)
    if why_not:
        pytest.skip(why_not)
    ended = unprivileged.run_tests(HERE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "3 passed, 1 skipped" in ended.stdout
