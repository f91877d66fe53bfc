"""Every route x every role: who is let in is what the route declares, and nothing else."""

import functools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Response

from server.shared.access import Who
from tests.security.addresses import Address, addresses
from tests.security.world import ROLES, World

EVERYBODY = frozenset(ROLES)
ACCOUNTS = EVERYBODY - {"visitor"}
# The organiser of this world owns the challenge too; one who does not is in tests/organise.
ORGANISERS = frozenset({"organiser", "administrator"})
JUDGES = ORGANISERS | {"judge"}
# The roles that each declaration lets in, for the challenge `digits`, the team `pandas`, its
# submission, the live evaluation, and the university of Munich.
LETS_IN = {
    None: EVERYBODY,
    Who.EVERYBODY: EVERYBODY,
    Who.SIGNED_IN: ACCOUNTS,
    Who.SEES_CHALLENGE: EVERYBODY,
    Who.CONFIRMED: ACCOUNTS - {"unconfirmed"},
    Who.TEAM_MEMBER: frozenset({"member", "administrator"}),
    Who.SUBMISSION_TEAM: JUDGES | {"member"},
    Who.JUDGE: JUDGES,
    Who.ORGANISER: ORGANISERS,
    Who.OWNER: ORGANISERS,
    Who.ORGANISER_OF_SUBMISSION: ORGANISERS,
    Who.ORGANISER_OF_TEAM: ORGANISERS,
    Who.JUDGE_OF_EVALUATION: JUDGES,
    Who.ORGANISER_OF_EVALUATION: ORGANISERS,
    Who.CREATOR: frozenset({"administrator"}),
    Who.TRIAL_OWNER: ORGANISERS,
    Who.DRAFT_PERSON: ORGANISERS,
    Who.DRAFT_OWNER: ORGANISERS,
    Who.MANAGER: frozenset({"manager", "administrator"}),
    Who.ADMINISTRATOR: frozenset({"administrator"}),
}
# `vault` shows itself to its organiser alone.
SEES_VAULT = frozenset({"organiser elsewhere", "administrator"})
# HEAD is answered by the handler of GET behind the same gate. Whoever is kept out of one is tried
# with the other too; of those who are let in, one who may read everything stands for all.
HEAD_OF_ALL = "administrator"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# An upload is looked at before its body is read, a phase without a place is refused at the gate.
REFUSED = (401, 403, 404)


class Probe:
    """Notes whether a request reached its handler."""

    def __init__(self, world: World) -> None:
        self.reached = False
        for endpoint, view in list(world.app.view_functions.items()):
            world.app.view_functions[endpoint] = self._noting(view)

    def _noting(self, view):
        @functools.wraps(view)
        def noted(*arguments, **named):
            self.reached = True
            return view(*arguments, **named)

        return noted


def ask(world: World, address: Address, role: str, method: str) -> Response:
    """Ask with an empty body, as a browser or, in the API, as a program."""
    headers = world.bearer(role) if address.is_api else {}
    browser = world.app.test_client() if address.is_api else world.browser(role)
    return browser.open(address.path, method=method, headers=headers, buffered=True)


def is_refusal(answer: Response) -> bool:
    to_sign_in = answer.location is not None and answer.location.startswith("/sign-in")
    return answer.status_code in REFUSED or (answer.status_code == 302 and to_sign_in)


@pytest.fixture
def probe(world: World) -> Probe:
    return Probe(world)


@pytest.fixture
def commits(world: World) -> Iterator[sqlite3.Connection]:
    """A connection that only watches: its `data_version` moves with every commit of others."""
    with closing(sqlite3.connect(world.settings.data_dir / "varsity.db")) as watching:
        yield watching


def version(watching: sqlite3.Connection) -> int:
    return int(watching.execute("PRAGMA data_version").fetchone()[0])


def judged(probe: Probe, answer: Response, *, expected: bool) -> str | None:
    """Return what is wrong with an answer, if anything."""
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    if probe.reached is not expected:
        return f"{'let in' if probe.reached else 'kept out'} ({answer.status_code})"
    if not expected and not is_refusal(answer):
        return f"kept out with {answer.status_code}"
    return None


def reading(role: str, *, let_in: bool) -> set[str]:
    """Return the methods to read with: a page that is made twice is what takes time."""
    return {"GET"} if let_in and role != HEAD_OF_ALL else {"GET", "HEAD"}


def test_every_declaration_has_an_expectation():
    assert set(LETS_IN) == {None, *Who}


def test_every_route_but_static_files_declares_who_it_is_for(world: World):
    undeclared = {a.endpoint for a in addresses(world) if a.who is None}
    assert undeclared == {"static", "bootstrap.static"}


@pytest.mark.timeout(900)
def test_reading_lets_in_who_is_declared_and_changes_nothing(world, probe, commits):
    wrong = []
    for address in addresses(world):
        for role in ROLES:
            let_in = role in LETS_IN[address.who]
            for method in sorted(address.methods & reading(role, let_in=let_in)):
                before, probe.reached = version(commits), False
                answer = ask(world, address, role, method)
                fault = judged(probe, answer, expected=let_in)
                if fault or version(commits) != before:
                    wrong.append((method, address.path, role, fault or "the database changed"))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.timeout(900)
def test_writing_lets_in_who_is_declared_and_no_refusal_changes_anything(world, probe, commits):
    wrong = []
    for address in addresses(world):
        for role in ROLES:
            for method in sorted(address.methods & set(UNSAFE)):
                before, probe.reached = version(commits), False
                answer = ask(world, address, role, method)
                fault = judged(probe, answer, expected=role in LETS_IN[address.who])
                changed = version(commits) != before
                if changed and (role not in LETS_IN[address.who] or answer.status_code >= 400):
                    fault = f"changed the database with {answer.status_code}"
                if fault:
                    wrong.append((method, address.path, role, fault))
                if changed:
                    world.restore()
    assert not wrong, "\n".join(map(str, wrong))


def test_a_challenge_for_the_invited_is_there_for_nobody_else(world: World, probe: Probe):
    wrong = []
    sees = [a for a in addresses(world) if a.who in (Who.SEES_CHALLENGE, Who.CONFIRMED)]
    for address in [a._replace(path=a.path.replace("/digits", "/vault", 1)) for a in sees]:
        for role in set(ROLES) - SEES_VAULT:
            probe.reached = False
            answer = ask(world, address, role, "GET" if "GET" in address.methods else "POST")
            if probe.reached or not is_refusal(answer):
                wrong.append((address.path, role, answer.status_code))
    assert sees
    assert not wrong, "\n".join(map(str, wrong))


def test_the_console_of_a_hidden_challenge_is_there_for_nobody_else(world: World, probe: Probe):
    wrong = []
    consoles = [a for a in addresses(world) if a.who in (Who.JUDGE, Who.ORGANISER, Who.OWNER)]
    for address in consoles:
        hidden, missing = (
            address._replace(path=address.path.replace("/digits", f"/{slug}", 1))
            for slug in ("vault", "nothing")
        )
        for role in ("other team", "member", "organiser", "judge", "manager"):
            probe.reached = False
            method = "GET" if "GET" in address.methods else "POST"
            answers = [ask(world, a, role, method).status_code for a in (hidden, missing)]
            if probe.reached or answers != [404, 404]:
                wrong.append((hidden.path, role, answers))
    assert consoles
    assert not wrong, "\n".join(map(str, wrong))


def test_a_page_writes_nothing_without_its_token(world: World, probe: Probe):
    world.app.config["WTF_CSRF_ENABLED"] = True
    wrong = []
    for address in addresses(world):
        # Its signed link is the proof, and a mail program has no form to take a token from.
        free = address.is_api or address.endpoint == "notifications.unsubscribe"
        for method in sorted(address.methods & set(UNSAFE)) if not free else ():
            for role in LETS_IN[address.who]:
                probe.reached = False
                answer = ask(world, address, role, method)
                if probe.reached or answer.status_code != 400:
                    wrong.append((method, address.path, role, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_api_writes_nothing_for_a_cookie(world: World, commits):
    wrong = []
    before = version(commits)
    for address in (a for a in addresses(world) if a.is_api and a.who is not Who.EVERYBODY):
        for role in ACCOUNTS:
            for method in sorted(address.methods & set(UNSAFE)):
                answer = world.browser(role).open(address.path, method=method, json={})
                if answer.status_code != 401:
                    wrong.append((method, address.path, role, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert version(commits) == before


def test_a_method_that_a_route_does_not_have_is_refused(world: World):
    wrong = []
    every = list(addresses(world))
    for address in every:
        known = frozenset().union(*(a.methods for a in every if a.path == address.path))
        for method in {"GET", *UNSAFE, "TRACE"} - known:
            status = ask(world, address, "administrator", method).status_code
            # An address that only takes forms may look like a tab that does not exist.
            if status not in (404, 405):
                wrong.append((method, address.path, status))
    assert not wrong, "\n".join(map(str, wrong))


HUGE = str(10**30)
NUMBERS = dict.fromkeys(
    ("page", "per_page", "team", "evaluation", "account", "actor", "days"), HUGE
)
FIELDS = dict.fromkeys(
    ("request_id", "account_id", "token_id", "university", "captain", "code"), HUGE
)


def test_numbers_that_no_row_has_are_no_fault_of_ours(world: World):
    wrong = []
    for address in addresses(world):
        for method in sorted(address.methods - {"HEAD", "OPTIONS"}):
            named = {"query_string": NUMBERS, "data": None if method == "GET" else FIELDS}
            larger = re.sub(r"(?<=/)[0-9]+(?=/|$)", HUGE, address.path)
            for path in {address.path, larger}:
                headers = world.bearer("administrator") if address.is_api else {}
                browser = world.browser("administrator")
                answer = browser.open(path, method=method, headers=headers, buffered=True, **named)
                if answer.status_code >= 500:
                    wrong.append((method, path, answer.status_code))
            if method != "GET":
                world.restore()
    assert not wrong, "\n".join(map(str, wrong))
