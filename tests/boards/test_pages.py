import re

import pytest

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
