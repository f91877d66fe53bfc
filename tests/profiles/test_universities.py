"""A university's page: its teams with their places, and only the people who agreed to be named."""

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.accounts.roles import set_university
from server.challenges.models import Challenge
from server.profiles.universities import LAST_LISTED
from server.standings.keeping import refresh_standings
from server.teams.origins import fix_university
from tests.boards.scored import add_member, add_team, evaluate, reveal_now, scored
from tests.cast import NOON, sign_in


@pytest.fixture
def board(session, cast):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    scored(session, phase, session.merge(cast.pandas), 0.9, 0.123454321, by=cast.wei)
    scored(session, phase, session.merge(cast.isar), 0.8, 0.6, by=cast.lena)
    session.commit()
    return phase


@pytest.fixture
def refresh(database, session, clock):
    def run():
        session.commit()
        refresh_standings(database, now=clock())

    return run


def test_teams_have_their_places_on_the_public_board_until_the_reveal(
    client, session, board, refresh
):
    refresh()
    page = client.get("/universities/tsinghua").text
    teams = page[page.index("<h2>Teams</h2>") :]
    assert "Giant Pandas" in teams
    assert "<strong>1</strong>" in teams
    assert "0.1235" not in page
    reveal_now(session, board)
    refresh()
    page = client.get("/universities/tsinghua").text
    teams = page[page.index("<h2>Teams</h2>") :]
    assert "<strong>2</strong>" in teams
    assert "0.1235" in teams


def test_a_mixed_team_is_on_the_pages_of_all_its_universities(
    client, session, cast, board, refresh
):
    session.exec(select(Challenge)).one().same_university = False
    mixed = add_team(session, board.challenge_id, "Mixed Pickles", captain=cast.amina)
    mixed.fixed_at = None
    for person in (cast.amina, cast.jonas):
        add_member(session, mixed, person)
    fix_university(session, team=mixed, now=NOON)
    scored(session, board, mixed, 0.99)
    refresh()
    for slug in ("nairobi", "munich"):
        page = client.get(f"/universities/{slug}").text
        assert page.count("Mixed Pickles") >= 2
        assert "split among 2" in page
    assert "Mixed Pickles" not in client.get("/universities/tsinghua").text


def test_nobody_is_named_who_did_not_agree_and_everybody_may_take_it_back(app, client, cast):
    wei = sign_in(app.test_client(), cast.wei)
    assert "王伟" not in client.get("/universities/tsinghua").text
    assert wei.post("/settings/listing", data={"listed": "yes"}).status_code == 303
    page = client.get("/universities/tsinghua").text
    assert f'href="/people/{cast.wei.id}"' in page
    assert "李梅" not in page
    assert "names you among its people" in wei.get("/settings").text
    wei.post("/settings/listing", data={"listed": "no"})
    assert "王伟" not in client.get("/universities/tsinghua").text


def test_who_moves_to_another_university_is_not_named_there(app, client, session, cast):
    sign_in(app.test_client(), cast.wei).post("/settings/listing", data={"listed": "yes"})
    set_university(
        session, account_id=cast.wei.id, university_id=cast.munich.id, actor_id=None, now=NOON
    )
    session.commit()
    assert session.get_one(Account, cast.wei.id).university_id == cast.munich.id
    assert "王伟" not in client.get("/universities/munich").text


def test_the_line_of_progress_begins_with_the_second_moment(
    client, session, clock, board, refresh, cast
):
    refresh()
    assert 'class="chart"' not in client.get("/universities/munich").text
    clock.forward(days=1)
    scored(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    refresh()
    page = client.get("/universities/munich").text
    table = page[page.index('class="chart-table"') :]
    table = table[: table.index("</details>")]
    assert table.count('<th scope="row">') == 2
    assert '<td class="num">1</td>' in table
    chart = page[page.index('class="chart"') : page.index("</svg>", page.index('class="chart"'))]
    # From rank 2 at the bottom to rank 1 at the top.
    assert 'd="M44.0 158.0L388.0 14.0"' in chart
    assert "style=" not in chart


def test_a_line_of_one_day_says_the_day_once(client, session, clock, board, refresh, cast):
    refresh()
    clock.forward(hours=1)
    scored(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    refresh()
    page = client.get("/universities/munich").text
    chart = page[page.index('class="chart"') : page.index("</svg>", page.index('class="chart"'))]
    assert chart.count("2026</text>") == 1


def test_whose_names_stand_there_is_asked_of_an_index_of_these_alone(database):
    statement = LAST_LISTED.params(university_id=1)
    text = str(statement.compile(database.read_engine, compile_kwargs={"literal_binds": True}))
    with database.write_engine.connect() as connection:
        if database.is_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
            assert "USING COVERING INDEX ix_account_listed" in plan[0][3]
        else:
            # Of a table as empty as this one all is read, where that is allowed.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {text}").all()
            assert any("ix_account_listed" in line[0] for line in plan)
        connection.rollback()
