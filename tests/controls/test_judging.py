"""A team is taken off the boards with a reason that it alone reads; the public only if so chosen."""

import pytest
from sqlmodel import select

from server.shared.mail import OutgoingMail
from server.submissions.models import Submission
from server.teams.models import Team
from tests.cast import sign_in

API = "/api/v1/challenges/digits/leaderboard"
PAGE = "/challenges/digits/leaderboard"
WORDS = "withdrawn by the organiser"
REASON = "shared a solution with another team"


@pytest.fixture
def judge(olga, cast):
    """Disqualify or reinstate the Giant Pandas in the browser."""

    def judge(verdict="disqualify", **form):
        path = f"/organise/digits/teams/{cast.pandas.id}/{verdict}"
        return olga.post(path, data={"reason": REASON, **form}, follow_redirects=True)

    return judge


def public(client):
    paths = (
        PAGE,
        f"{PAGE}.csv",
        API,
        "/challenges/digits/ctftime.json",
        "/challenges/digits/universities",
    )
    return {path: client.get(path).text for path in paths}


def test_by_default_a_disqualified_team_is_simply_not_there(client, cast, board, judge):
    judge()
    for path, text in public(client).items():
        assert "Giant Pandas" not in text, path
        assert WORDS not in text, path
    team = client.get(f"/teams/{cast.pandas.id}").text
    assert "0.9000" not in team
    assert WORDS not in team.lower()
    assert client.get(API).json["withdrawn"] == []


def test_if_so_chosen_boards_name_it_below_without_rank_score_and_reason(
    client, cast, board, judge
):
    judge(shown="yes")
    found = public(client)
    page = found[PAGE]
    assert page.index("Isar Surfers") < page.index("Giant Pandas") < page.index(WORDS)
    last = found[f"{PAGE}.csv"].strip().splitlines()[-1]
    assert (
        last == f",Giant Pandas,Tsinghua University,tsinghua,,,,,,,,,,{WORDS},Tsinghua University"
    )
    assert client.get(API).json["withdrawn"] == [
        {
            "team": {"id": cast.pandas.id, "name": "Giant Pandas"},
            "university": {"slug": "tsinghua", "name": "Tsinghua University"},
            "universities": [{"slug": "tsinghua", "name": "Tsinghua University"}],
        }
    ]
    for path, text in found.items():
        assert "0.9" not in text.replace("0.95", ""), path
        assert REASON not in text, path
    team = client.get(f"/teams/{cast.pandas.id}").text
    assert "Withdrawn by the organiser." in team
    assert REASON not in team
    assert "0.9000" not in team


def test_reinstating_brings_it_back_and_says_nothing_any_more(client, cast, board, judge, seen):
    judge(shown="yes")
    judge("reinstate")
    assert client.get(API).json["rows"][0]["team"]["name"] == "Giant Pandas"
    assert WORDS not in client.get(PAGE).text
    assert seen(Team, cast.pandas.id).disqualified_shown is False


def test_a_program_chooses_as_well(client, cast, board, bearer):
    url, headers = f"/api/v1/teams/{cast.pandas.id}", bearer(cast.olga)
    body = {"reason": REASON, "shown": True}
    assert client.post(f"{url}/disqualify", json=body, headers=headers).json["shown"] is True
    assert len(client.get(API).json["withdrawn"]) == 1
    back = client.post(f"{url}/reinstate", json={"reason": "a mistake"}, headers=headers)
    assert (back.json["shown"], client.get(API).json["withdrawn"]) == (False, [])


def test_it_stands_below_the_last_page_alone(client, cast, board, judge):
    judge(shown="yes")
    assert WORDS in client.get(f"{PAGE}?per_page=1&page=2").text
    for path in (f"{PAGE}?per_page=1", f"{PAGE}?per_page=1&page=3", f"{PAGE}?q=isar"):
        assert WORDS not in client.get(path).text, path


def test_a_board_of_withdrawn_teams_alone_names_them(client, cast, board, judge, olga):
    judge(shown="yes")
    olga.post(
        f"/organise/digits/teams/{cast.isar.id}/disqualify", data={"reason": "x", "shown": "yes"}
    )
    assert client.get(PAGE).text.count(WORDS) == 2


def test_its_members_read_the_reason_in_a_letter(database, cast, board, judge):
    judge()
    judge("reinstate", reason="we were wrong")
    with database.reading() as session:
        mails = list(session.exec(select(OutgoingMail).order_by(OutgoingMail.id)))
    assert [m.subject for m in mails if m.recipient == cast.mei.email] == [
        "Your team was disqualified",
        "Your team is back",
    ]
    assert {m.recipient for m in mails} == {cast.wei.email, cast.mei.email}
    assert REASON in mails[0].body
    assert "we were wrong" in mails[-1].body


def test_the_bell_says_which_way_it_was_decided_and_why(app, cast, board, judge, olga):
    judge()
    judge("reinstate", reason="we were wrong")
    told = sign_in(app.test_client(), cast.wei).get("/notifications").text
    team = f"Handwritten digits: the organisers disqualified your team {cast.pandas.name}."
    assert f"{team} They say why: “{REASON}”" in told
    assert "it is back on the boards. They say why: “we were wrong”" in told


def test_a_submissions_team_is_told_which_one(database, session, app, cast, board, olga):
    number = session.exec(select(Submission.id).where(Submission.team_id == cast.isar.id)).one()
    session.rollback()
    olga.post(f"/organise/digits/submissions/{number}/disqualify", data={"reason": REASON})
    with database.reading() as reading:
        mail = reading.exec(select(OutgoingMail)).one()
    assert (mail.recipient, mail.subject) == (
        cast.lena.email,
        "A submission of your team was disqualified",
    )
    assert f"submission {number} (predictions.csv)" in mail.body
    assert REASON in mail.body
    lena = sign_in(app.test_client(), cast.lena)
    assert REASON in lena.get(f"/submissions/{number}").text
    told = lena.get("/notifications").text
    assert f"took submission {number} of your team {cast.isar.name} off the board." in told


def test_deciding_twice_is_a_conflict_and_tells_nobody_again(database, cast, board, judge, olga):
    judge()
    path = f"/organise/digits/teams/{cast.pandas.id}/disqualify"
    assert olga.post(path, data={"reason": "again"}).status_code == 409
    with database.reading() as session:
        assert len(session.exec(select(OutgoingMail)).all()) == 2
