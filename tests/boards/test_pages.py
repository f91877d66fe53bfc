import re

import pytest
from sqlmodel import select

from server.boards.models import Entry
from tests.boards.scored import scored
from tests.cast import sign_in


@pytest.mark.parametrize(("person", "active"), [("wei", ["My submissions"]), ("olga", [])])
def test_only_ones_own_submission_is_under_the_tab_of_ones_own(
    app, session, cast, board, person, active
):
    sent = scored(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    session.commit()
    page = sign_in(app.test_client(), cast.people[person]).get(f"/submissions/{sent.id}")
    assert page.status_code == 200
    tabs = re.search(r"<nav[^>]*tabs.*?</nav>", page.text, re.DOTALL)[0]
    assert re.findall(r'aria-current="page">([^<]*)<', tabs) == active


def test_a_board_says_how_often_a_team_comes_first(client, session, cast, board):
    scored(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    session.flush()
    for entry in session.exec(select(Entry)):
        entry.first_share = 0.75
        session.add(entry)
    session.commit()
    page = client.get("/challenges/digits/leaderboard")
    assert page.status_code == 200
    assert "first in 75 % of resamples" in page.text
