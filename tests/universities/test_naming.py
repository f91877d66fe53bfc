"""Chinese pages call a Chinese university by its own name; all others call it as they did."""

import pytest

from server.standings.keeping import refresh_standings
from server.universities.rules import is_chinese
from tests.boards.scored import evaluate, scored, statements
from tests.cast import NOON, sign_in

CHINESE = {"Accept-Language": "zh-CN"}


@pytest.mark.parametrize(
    ("name", "country", "chinese"),
    [
        ("清华大学", "CN", True),
        ("國立臺灣大學", "TW", True),
        ("香港中文大学（深圳）", "CN", True),
        ("京都大学", "JP", False),
        ("お茶の水女子大学", "", False),
        ("서울대학교", "KR", False),
        ("Technische Universität München", "DE", False),
        ("大学 of X", "CN", False),
        ("", "CN", False),
        ("985", "CN", False),
    ],
)
def test_a_name_is_chinese_by_its_characters_and_its_country(name, country, chinese) -> None:
    assert is_chinese(name, country=country) is chinese


@pytest.fixture
def ranked(session, cast, database):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    scored(session, phase, session.merge(cast.pandas), 0.9, 0.9, by=cast.wei)
    scored(session, phase, session.merge(cast.isar), 0.8, 0.8, by=cast.lena)
    session.commit()
    refresh_standings(database, now=NOON)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/universities",
        "/universities/tsinghua",
        "/standings/embed",
        "/challenges/digits/leaderboard",
        "/challenges/digits/universities",
        "/teams/1",
        "/people/1",
    ],
)
def test_every_page_names_it_in_the_reader_s_language(client, cast, ranked, path) -> None:
    page = client.get(path, headers=CHINESE).text
    assert "清华大学" in page
    assert "Technical University of Munich" in page or "munich" not in page
    if "Technische Universität München" in page:
        assert page.index("Technical University") < page.index("Technische Universität")
    if "Tsinghua University" in page:
        assert page.index("清华大学") < page.index("Tsinghua University")
    english = client.get(path, headers={"Accept-Language": "en"}).text
    assert "Tsinghua University" in english


def test_what_is_read_by_programs_says_the_same_in_every_language(client, cast, ranked) -> None:
    for path in ("/challenges/digits/leaderboard.csv", "/api/v1/challenges/digits/leaderboard"):
        texts = {client.get(path, headers=h).text for h in (CHINESE, {"Accept-Language": "en"})}
        assert len(texts) == 1
        assert "Tsinghua University" in texts.pop()


def test_the_names_are_looked_up_once_for_a_page(client, app, database, cast, ranked) -> None:
    browser = sign_in(client, cast.wei)
    with database.reading() as session, statements(session) as asked:
        browser.get("/challenges/digits/leaderboard", headers=CHINESE)
    assert sum("university.native_name !=" in statement for statement, _ in asked) == 1
