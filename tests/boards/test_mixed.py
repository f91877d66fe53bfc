"""A team of several universities is told by all of them, wherever a board names it."""

import pytest
from sqlmodel import select

from server.boards.actions import disqualify_team
from server.boards.chosen import Asked, choose
from server.boards.freezing import copy_board
from server.boards.kept import keep_board
from server.boards.leaderboards import board_page
from server.challenges.models import Challenge
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.shared.access import Viewer
from server.teams.origins import fix_university
from tests.boards.scored import add_member, add_team, scored, statements
from tests.cast import NOON, sign_in
from tests.scores import add_live

BOARD = "/api/v1/challenges/digits/leaderboard"
PAGE = "/challenges/digits/leaderboard"
MUNICH = {"slug": "munich", "name": "Technical University of Munich"}
NAIROBI = {"slug": "nairobi", "name": "University of Nairobi"}


@pytest.fixture
def challenge(session, board):
    """The challenge of the cast, in which teams may be mixed."""
    found = session.get_one(Challenge, board.challenge_id)
    found.same_university = False
    session.add(found)
    session.commit()
    return found


@pytest.fixture
def add(session, board, challenge):
    """Add a team whose first member is its captain, with a score."""

    def add(name, score, *people):
        made = add_team(session, board.challenge_id, name, captain=people[0])
        made.fixed_at = None
        for person in people:
            add_member(session, made, person)
        fix_university(session, team=made, now=NOON)
        scored(session, board, made, score, by=people[0])
        session.commit()
        return made

    return add


@pytest.fixture
def teams(add, cast):
    """One of two universities, and one whose members are all of one."""
    return add("both", 0.9, cast.jonas, cast.amina), add("one", 0.8, cast.manfred, cast.olga)


def test_a_mixed_team_names_all_its_universities_to_programs(client, session, cast, teams):
    both, one = (client.get(f"/api/v1/teams/{team.id}").json for team in teams)
    assert (both["university"], both["universities"]) == (MUNICH, [MUNICH, NAIROBI])
    assert one["universities"] == [MUNICH]
    challenge = session.get_one(Challenge, cast.digits.id)
    challenge.anonymous = True
    session.add(challenge)
    session.commit()
    hidden = client.get(f"/api/v1/teams/{teams[0].id}").json
    assert (hidden["university"], hidden["universities"]) == (None, [])


def rows(client, **query):
    return client.get(BOARD, query_string=query).json["rows"]


def test_programs_read_them_all_its_captains_first(client, teams):
    both, one = rows(client)
    assert (both["university"], both["universities"]) == (MUNICH, [MUNICH, NAIROBI])
    assert one["universities"] == [MUNICH]


def test_a_row_names_the_first_and_says_which_the_others_are(client, teams):
    page = client.get(PAGE).text
    assert page.count("and 1 other university") == 2
    assert '<span class="visually-hidden">: University of Nairobi</span>' in page


def test_its_own_page_names_them_all(client, teams):
    page = client.get(f"/teams/{teams[0].id}").text
    head = page[page.index("<h2>") :]
    assert head.index("munich") < head.index("nairobi") < head.index("</div>")


def test_a_table_for_spreadsheets_has_them_in_its_last_column(client, teams):
    head, both, one, _ = client.get(f"{PAGE}.csv").text.split("\r\n")
    assert head.endswith(",note,universities")
    assert both.endswith(",Technical University of Munich; University of Nairobi")
    assert one.endswith(",Technical University of Munich")


def test_a_captain_without_a_university_competes_for_that_of_the_others(client, add, cast):
    add("guided", 0.7, cast.chidi, cast.amina)
    (row,) = rows(client)
    assert (row["university"], row["universities"]) == (None, [NAIROBI])
    assert "Independent" not in client.get(PAGE).text


def test_a_board_can_be_narrowed_to_each_of_them(client, teams):
    assert '<option value="nairobi">' in client.get(PAGE).text
    for slug in ("munich", "nairobi"):
        assert rows(client, university=slug)[0]["universities"] == [MUNICH, NAIROBI]
    assert rows(client, q="bot")[0]["universities"] == [MUNICH, NAIROBI]


def test_an_anonymous_board_names_none_of_them(app, client, session, teams, challenge, cast):
    challenge.anonymous = True
    session.add(challenge)
    session.commit()
    for path in (BOARD, PAGE, f"{PAGE}.csv", f"/teams/{teams[0].id}"):
        assert "Nairobi" not in client.get(path).text, path
        assert "Nairobi" not in sign_in(app.test_client(), cast.mei).get(path).text, path
    assert "Nairobi" in sign_in(app.test_client(), cast.jonas).get(f"/teams/{teams[0].id}").text


def test_a_frozen_board_names_them_too(client, session, board, teams):
    copy_board(session, board, now=NOON)
    board.frozen_at = NOON
    session.add(board)
    session.commit()
    assert rows(client)[0]["universities"] == [MUNICH, NAIROBI]


def test_a_board_that_was_kept_names_them_too(client, session, board, teams):
    before = session.exec(select(Evaluation)).one()
    keep_board(session, before)
    before.state = EvaluationState.PAST
    session.flush()
    add_live(session, board, number=2)
    session.commit()
    assert rows(client, evaluation=1)[0]["universities"] == [MUNICH, NAIROBI]
    table = client.get(f"{PAGE}.csv?evaluation=1").text
    assert "Technical University of Munich; University of Nairobi" in table


def test_a_withdrawn_team_is_told_by_them_all(client, session, teams, cast):
    disqualify_team(
        session, team=teams[0], reason="copied", actor_id=cast.olga.id, now=NOON, shown=True
    )
    session.commit()
    (told,) = client.get(BOARD).json["withdrawn"]
    assert told["universities"] == [MUNICH, NAIROBI]
    page = client.get(PAGE).text
    assert page[page.index("both") :].index("nairobi") < page.index("withdrawn by the organiser")


@pytest.mark.parametrize("per_page", [1, 50])
def test_a_page_asks_once_more_and_only_where_teams_may_be_mixed(
    session, board, challenge, teams, per_page
):
    asked = Asked(per_page=per_page)

    def questions():
        chosen = choose(session, challenge, asked, viewer=Viewer(), now=NOON)
        with statements(session) as seen:
            board_page(session, chosen, asked)
        return [statement for statement, _ in seen]

    mixed = questions()
    assert sum("team_origin" in statement for statement in mixed) == 1
    challenge.same_university = True
    session.flush()
    plain = questions()
    assert not any("team_origin" in statement for statement in plain)
    assert len(mixed) == len(plain) + 1
