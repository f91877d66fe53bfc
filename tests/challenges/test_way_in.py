"""What somebody who takes no part is told of taking part, in each state of a challenge."""

from datetime import timedelta

import pytest

from server.challenges.models import Challenge, Phase
from server.challenges.rules import ChallengeState, PhaseState, Registering
from server.challenges.way_in import WayIn, way_in
from tests.cast import NOON, sign_in

UPCOMING, OPEN, ENDED = PhaseState.UPCOMING, PhaseState.OPEN, PhaseState.ENDED
TABS = ("", "/leaderboard", "/team", "/submit")
SIGN_IN = ">Sign in to take part<"


def phases(*admit: int | None, paused: bool = False) -> list[Phase]:
    since = NOON if paused else None
    return [Phase(slug="p", title="P", admit_top=top, paused_at=since) for top in admit]


@pytest.mark.parametrize(
    ("state", "of_phases", "states", "expected"),
    [
        (ChallengeState.OPEN, phases(None, None), (OPEN, UPCOMING), WayIn.OPEN),
        (ChallengeState.OPEN, phases(None, 50), (OPEN, UPCOMING), WayIn.OPEN),
        (ChallengeState.OPEN, phases(None, 50), (ENDED, OPEN), WayIn.ADMITTED),
        (ChallengeState.UPCOMING, phases(None), (UPCOMING,), WayIn.BEFORE),
        (ChallengeState.UPCOMING, [], (), WayIn.BEFORE),
        (ChallengeState.UPCOMING, phases(None, None), (ENDED, UPCOMING), WayIn.BETWEEN),
        (ChallengeState.UPCOMING, phases(None, 50), (ENDED, UPCOMING), WayIn.ADMITTED),
        (ChallengeState.ENDED, phases(None), (ENDED,), WayIn.ENDED),
        (ChallengeState.REVEALED, phases(None), (ENDED,), WayIn.PRACTICE),
        (ChallengeState.REVEALED, phases(None, 50), (ENDED, ENDED), WayIn.OVER),
        (ChallengeState.REVEALED, phases(None, paused=True), (ENDED,), WayIn.OVER),
    ],
)
def test_the_way_in_is_by_where_the_challenge_stands(state, of_phases, states, expected) -> None:
    assert way_in(state, of_phases, states) is expected


@pytest.fixture
def at(session, cast, clock):
    """Move the clock to so many days from noon; the phases are -10 to 10 and 11 to 20."""

    def at(days: float, **of_last: object) -> None:
        clock.moment = NOON + timedelta(days=days)
        for name, value in of_last.items():
            setattr(session.get_one(Phase, cast.phase_b.id), name, value)
        session.commit()

    return at


@pytest.mark.parametrize(
    ("days", "of_last", "said", "sign_in_to"),
    [
        (-11, {}, "Sign in to join before it opens", True),
        (0, {}, "Sign in to take part", True),
        (10.5, {}, "Sign in to join for the next phase", True),
        (10.5, {"admit_top": 5}, "for the teams that were admitted by their result", False),
        (21, {}, "This challenge has ended. Its final result is not out yet.", False),
        (21, {"revealed_at": NOON}, "Sign in to practise", True),
        (
            21,
            {"revealed_at": NOON, "admit_top": 5},
            "This challenge is over, and its final result is out.",
            False,
        ),
    ],
)
def test_a_visitor_reads_what_is_true_on_every_tab(
    client, cast, at, days, of_last, said, sign_in_to
) -> None:
    at(days, **of_last)
    for tab in TABS:
        page = client.get(f"/challenges/digits{tab}").text
        assert said in page, tab
        assert (SIGN_IN in page) == (days == 0), tab
        assert (">Sign in to" in page.split('<nav class="tabs"')[0]) == sign_in_to, tab


@pytest.mark.parametrize("days", [-11, 0, 10.5])
def test_where_the_organisers_decide_a_visitor_signs_in_to_ask(
    client, session, cast, at, days
) -> None:
    session.get_one(Challenge, cast.digits.id).registering = Registering.APPROVAL
    at(days)
    assert "Sign in to ask to take part" in client.get("/challenges/digits").text


def test_who_is_signed_in_is_not_offered_to_take_part_after_the_end(client, cast, at) -> None:
    at(21)
    page = sign_in(client, cast.amina).get("/challenges/digits").text
    assert "Its final result is not out yet" in page
    assert 'action="/challenges/digits/join"' not in page
    assert "By taking part you accept" not in page
