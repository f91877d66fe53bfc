"""What the parts of a worker have in common: children that fail, and answers that are hidden."""

from hashlib import sha256 as digest

import pytest

from server.comparisons.models import COMPARISONS
from server.evaluations.tools import Tools
from server.shared.isolation import LimitExceeded, NoChildren
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from server.worker import Worker
from tests.scores import LEASE

ANSWERS = b"id,digit\n1,7\n"
SHA256 = digest(ANSWERS).hexdigest()


@pytest.fixture
def tools(settings, database, clock, tmp_path) -> Tools:
    made = Tools(
        database=database,
        stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
        jobs=Jobs(make_engine("", settings.data_dir)),
        isolation=None,  # type: ignore[arg-type]  # nothing is run here
        clock=clock,
        name="host/1/2",
        lease=LEASE,
    )
    (tmp_path / "answers.csv").write_bytes(ANSWERS)
    made.stores.public_files.put(tmp_path / "answers.csv", SHA256)
    return made


def test_answers_leave_the_store_that_the_web_can_read(tools) -> None:
    tools.hide(SHA256)
    tools.hide(SHA256)
    assert not tools.stores.public_files.has(SHA256)
    with tools.stores.hidden_files.local(SHA256) as path:
        assert path.read_bytes() == ANSWERS


def test_bytes_that_somebody_needs_in_public_stay_there_too(tools) -> None:
    tools.needed_in_public = (lambda _session, _sha: False, lambda _session, sha: sha == SHA256)
    tools.hide(SHA256)
    assert tools.stores.public_files.has(SHA256)
    assert tools.stores.hidden_files.has(SHA256)


def test_answers_that_never_came_are_said_to_be_missing(tools) -> None:
    with pytest.raises(FileNotFoundError):
        tools.hide("0" * 64)


def test_a_worker_keeps_the_data_of_drafts_that_equal_somebodys_answers(
    settings, clock, session, cast
) -> None:
    worker = Worker(settings, clock=clock)
    try:
        names = {each.__name__ for each in worker.tools.needed_in_public}
    finally:
        worker.stop()
    assert names == {"is_public_file", "is_data_of_a_draft"}


def test_what_a_child_found_is_returned(tools) -> None:
    assert tools.attempt(COMPARISONS, "me", lambda: "found", str.upper) == "found"


@pytest.mark.parametrize(
    ("error", "said"),
    [(LimitExceeded("longer than 3 s"), "LONGER THAN 3 S"), (KeyError("digit"), "KEYERROR")],
)
def test_what_went_wrong_in_a_child_is_kept_with_its_trace(tools, error, said) -> None:
    def find() -> str:
        raise error

    assert said in (tools.attempt(COMPARISONS, "me", find, str.upper) or "")


def test_a_row_is_given_back_where_no_child_could_be_started(tools, monkeypatch) -> None:
    given = []
    monkeypatch.setattr(Tools, "give_back", lambda _self, leases, holder: given.append(holder))

    def find() -> str:
        raise NoChildren("the worker stops")

    assert tools.attempt(COMPARISONS, "me", find, str.upper) is None
    assert given == ["me"]
