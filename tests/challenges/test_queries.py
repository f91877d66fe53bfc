from datetime import timedelta

import pytest
from flask import Flask

from server.challenges.listings import visible_challenges
from server.challenges.models import Challenge, ChallengePage, Participation, Phase
from server.challenges.queries import challenge_by_slug, challenge_frame, sees
from server.challenges.rules import ChallengeState, Ranking, Reveal, Visibility
from server.shared.access import VISITOR
from server.shared.errors import NotFound
from tests.cast import NOON
from tests.challenges.people import ROLES, add_hidden, as_viewer

INSIDERS = {"joined", "organiser", "admin"}
MAY_SEE = {
    Visibility.PUBLIC: set(ROLES),
    Visibility.UNLISTED: set(ROLES),
    Visibility.UNIVERSITY: INSIDERS | {"same university"},
    Visibility.INVITED: INSIDERS | {"invited"},
}
LISTED = MAY_SEE | {Visibility.UNLISTED: INSIDERS}


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("role", ROLES)
def test_who_sees_a_challenge_and_who_finds_it_in_lists(database, cast, visibility, role) -> None:
    slug = add_hidden(database, cast, visibility)
    viewer = as_viewer(cast, role)
    with database.reading() as session:
        seen = sees(session, challenge_by_slug(session, slug), viewer)
        listed = {x.challenge.slug for x in visible_challenges(session, viewer, NOON)}
    assert seen == (role in MAY_SEE[visibility])
    assert (slug in listed) == (role in LISTED[visibility])


def test_lists_begin_with_what_closes_next_and_end_with_what_ended_first(database, cast) -> None:
    spans = {"soon": (-1, 1), "next": (2, 9), "after": (3, 4), "old": (-9, -8), "last": (-9, -1)}
    with database.writing() as session:
        for slug, (starts, ends) in spans.items():
            row = Challenge(
                slug=slug,
                title=slug,
                visibility=Visibility.PUBLIC,
                id_column="id",
                max_bytes=1,
                scorer="accuracy",
                created_at=NOON,
                updated_at=NOON,
            )
            session.add(row)
            session.flush()
            session.add(
                Phase(
                    challenge_id=row.id,
                    slug="main",
                    title="Main",
                    position=0,
                    starts=NOON + timedelta(days=starts),
                    ends=NOON + timedelta(days=ends),
                    per_day=5,
                    total=100,
                    ranking=Ranking.BEST,
                    reveal=Reveal.AT_END,
                )
            )
        session.commit()
    with database.reading() as session:
        listed = [x.challenge.slug for x in visible_challenges(session, VISITOR, NOON)]
    assert listed == ["soon", "digits", "next", "after", "last", "old"]


def test_between_two_phases_a_listing_says_when_the_next_one_opens(database, cast) -> None:
    moment = NOON + timedelta(days=10, hours=12)
    with database.reading() as session:
        (digits,) = visible_challenges(session, VISITOR, moment)
        assert digits.state is ChallengeState.UPCOMING
        assert digits.starts == cast.phase_b.starts


def test_an_open_listing_ends_with_the_open_phase(database, cast) -> None:
    with database.reading() as session:
        (digits,) = visible_challenges(session, VISITOR, NOON)
    assert (digits.state, digits.ends) == (ChallengeState.OPEN, cast.phase_a.ends)


def test_a_filter_finds_words_in_any_case_and_a_tag_only_whole(database, cast) -> None:
    with database.reading() as session:
        (digits,) = visible_challenges(session, VISITOR, NOON)
        assert digits.matches(q="DIGITS hand")
        assert digits.matches(q="varsity", tag="vision", state="open")
        assert not digits.matches(q="digits zebra")
        assert not digits.matches(tag="visio")
        assert not digits.matches(state="ended")


def test_the_frame_has_the_open_phase_and_the_tabs_of_a_visitor(app: Flask, database, cast) -> None:
    with app.test_request_context(), database.reading() as session:
        frame = challenge_frame(
            session, slug="digits", viewer=VISITOR, now=NOON, active="leaderboard"
        )
    assert frame.open_phase.slug == frame.current_phase.slug == "a"
    assert [str(phase.state) for phase in frame.phases] == ["open", "upcoming"]
    assert (frame.joined, frame.is_organiser) == (False, False)
    assert frame.higher_is_better is True
    assert [tab.url.rpartition("/")[2] for tab in frame.tabs] == [
        "digits",
        "data",
        "rules",
        "leaderboard",
        "universities",
        "news",
        "submit",
    ]
    assert [tab.label for tab in frame.tabs if tab.active] == ["Leaderboard"]


def test_the_frame_knows_who_joined_and_who_organises(app: Flask, database, cast) -> None:
    with database.writing() as session:
        session.add(
            Participation(challenge_id=cast.digits.id, account_id=cast.chidi.id, joined_at=NOON)
        )
        session.commit()
    for role, expected in {
        "joined": (True, False),
        "organiser": (False, True),
        "admin": (False, True),
        "invited": (False, False),
    }.items():
        with app.test_request_context(), database.reading() as session:
            frame = challenge_frame(
                session, slug="digits", viewer=as_viewer(cast, role), now=NOON, active="data"
            )
        assert (frame.joined, frame.is_organiser) == expected
        assert "My team" in [tab.label for tab in frame.tabs]


def test_tabs_stand_in_the_order_of_the_pages(app: Flask, database, cast) -> None:
    with database.writing() as session:
        for position, slug in enumerate(("rules", "prizes", "data")):
            session.add(
                ChallengePage(
                    challenge_id=cast.digits.id,
                    slug=slug,
                    title=slug.capitalize(),
                    position=position,
                    markdown="Text.",
                )
            )
        session.commit()
    with app.test_request_context(), database.reading() as session:
        frame = challenge_frame(session, slug="digits", viewer=VISITOR, now=NOON, active="prizes")
    assert [tab.label for tab in frame.tabs][:3] == ["Rules", "Prizes", "Data"]
    assert [tab.active for tab in frame.tabs][:3] == [False, True, False]


def test_an_unknown_challenge_is_not_found(app: Flask, database, cast) -> None:
    with app.test_request_context(), database.reading() as session, pytest.raises(NotFound):
        challenge_frame(session, slug="nothing", viewer=VISITOR, now=NOON, active="")
