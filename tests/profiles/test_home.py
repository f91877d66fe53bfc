from datetime import timedelta

import pytest

from server.challenges.rules import Visibility
from server.submissions.models import Submission
from tests.cast import sign_in
from tests.challenges.people import add_hidden


def test_an_empty_instance_says_so(client, database) -> None:
    assert "No challenge has been set up yet" in client.get("/").text
    assert "No challenge has been set up yet" in client.get("/challenges").text


def test_the_home_page_counts_universities_teams_and_their_submissions(
    client, cast, database, clock
) -> None:
    with database.writing() as session:
        for team in (cast.pandas.id, cast.isar.id, None):
            session.add(
                Submission(
                    challenge_id=cast.digits.id,
                    phase_id=cast.phase_a.id,
                    team_id=team,
                    baseline=None if team else "mean",
                    filename="p.csv",
                    size=1,
                    sha256="0" * 64,
                    received_at=clock(),
                )
            )
        session.commit()
    page = client.get("/").text
    figures = [part.split("</dd>")[0] for part in page.split("<dd>")[1:4]]
    assert figures == ["3", "2", "2"]


@pytest.mark.parametrize(
    ("days", "section"),
    [(-11, "upcoming"), (0, "open"), (5, "closing"), (10.5, "upcoming"), (21, "ended")],
)
def test_a_challenge_stands_where_its_phases_are(client, cast, clock, days, section) -> None:
    clock.forward(days=days)
    page = client.get("/").text
    assert [s for s in ("closing", "open", "upcoming", "ended") if f'id="{s}"' in page] == [section]
    assert "2 teams" in page


def test_ones_own_open_challenges_come_first(client, cast) -> None:
    page = sign_in(client, cast.wei).get("/").text
    assert 'id="mine"' in page
    assert 'id="open"' not in page


@pytest.mark.parametrize("visibility", [v for v in Visibility if v is not Visibility.PUBLIC])
def test_what_is_not_listed_is_neither_at_home_nor_in_the_list(
    client, cast, database, visibility
) -> None:
    slug = add_hidden(database, cast, visibility)
    for path in ("/", "/challenges", "/api/v1/challenges"):
        assert slug not in client.get(path).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=DIGITS", True),
        ("q=zebra", False),
        ("tag=vision", True),
        ("tag=text", False),
        ("state=open", True),
        ("state=ended", False),
        ("state=nonsense", True),
    ],
)
def test_the_list_is_filtered_by_words_topic_and_state(client, cast, query, found) -> None:
    page = client.get(f"/challenges?{query}").text
    assert ("Handwritten digits" in page) == found
    assert ("No challenge is left" in page) != found


def test_a_page_beyond_the_last_offers_the_way_back(client, cast) -> None:
    assert "Show all" in client.get("/challenges?page=99").text


def test_what_was_typed_stays_in_the_filter_and_is_escaped(client, cast) -> None:
    page = client.get("/challenges", query_string={"q": '"><script>x'}).text
    assert "&#34;&gt;&lt;script&gt;x" in page
    assert "<script>x" not in page


def test_a_listed_end_is_the_next_deadline(client, cast, clock) -> None:
    row = client.get("/api/v1/challenges").json["rows"][0]
    ends = (cast.phase_a.ends).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (row["slug"], row["state"], row["ends"]) == ("digits", "open", ends)
    clock.forward(days=10.5)
    row = client.get("/api/v1/challenges").json["rows"][0]
    assert row["starts"] == (cast.phase_a.ends + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
