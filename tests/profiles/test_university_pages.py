"""A university's results and its teams come in pages of their own, each with its numbers."""

import pytest
import sqlalchemy as sa

from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.profiles import universities
from server.standings import results
from server.standings.keeping import refresh_standings
from tests.boards.scored import add_team, evaluate, scored


@pytest.fixture
def three(database, session, cast, clock, monkeypatch):
    """Three public challenges with a team of Munich on each board; one thing a page."""
    monkeypatch.setattr(results, "RESULTS_A_PAGE", 1)
    monkeypatch.setattr(universities, "TEAMS_A_PAGE", 1)
    digits = session.get_one(Challenge, cast.digits.id)
    of_a = session.get_one(Phase, cast.phase_a.id)
    for title in ("Alpine", "Brook", "Cliff"):
        copied = digits.model_dump(exclude={"id"}) | {"slug": title.lower(), "title": title}
        challenge = Challenge(**copied)
        session.add(challenge)
        session.flush()
        phase = Phase(**(of_a.model_dump(exclude={"id"}) | {"challenge_id": challenge.id}))
        session.add(phase)
        session.flush()
        evaluate(session, phase)
        team = add_team(
            session, challenge.id, f"{title} crew", captain=cast.lena, university=cast.munich
        )
        scored(session, phase, team, 0.8, by=cast.lena)
    session.commit()
    refresh_standings(database, now=clock())


def table(page, caption):
    """The rows of the table with this caption."""
    start = page.index(caption)
    return page[page.index("<tbody>", start) : page.index("</tbody>", start)]


def test_each_list_has_its_own_pages_and_keeps_that_of_the_other(client, three):
    page = client.get("/universities/munich?results=2&page=2").text
    shown = table(page, "Results by challenge")
    assert "Brook" in shown
    assert "Alpine" not in shown
    assert "Cliff" not in shown
    assert "results=3&amp;page=2" in page or "page=2&amp;results=3" in page
    assert "page=3&amp;results=2" in page or "results=2&amp;page=3" in page


def test_every_result_is_on_some_page_and_none_behind_the_last(client, three):
    found = [
        table(client.get(f"/universities/munich?results={k}").text, "Results by challenge")
        for k in (1, 2, 3, 4)
    ]
    assert [[t for t in ("Alpine", "Brook", "Cliff") if t in rows] for rows in found] == [
        ["Alpine"],
        ["Brook"],
        ["Cliff"],
        [],
    ]
    # A table for other programs has all of them.
    everything = client.get("/api/v1/universities/munich").json["challenges"]
    assert [
        row["challenge"]["slug"] if isinstance(row["challenge"], dict) else row["challenge"]
        for row in everything
    ] == ["alpine", "brook", "cliff"]


def test_every_rank_stands_over_its_range(client, three, session):
    session.execute(sa.update(Entry).values(rank_best=1, rank_worst=1204))
    session.commit()
    page = client.get("/universities/munich").text
    for caption in ("Results by challenge", "Teams of the university and their places"):
        assert "1–1,204" in table(page, caption)
