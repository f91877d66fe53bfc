"""A university's report: one page, with Chinese in it, kept until its numbers change."""

import re
from datetime import timedelta

import pytest

from server.shared.fonts import is_covered, printable
from server.shared.paper import Paper
from server.standings.keeping import refresh_standings
from server.teams.models import Team
from tests.boards.scored import evaluate, scored
from tests.cast import NOON

PATH = "/universities/tsinghua/report.pdf"


@pytest.fixture
def board(session, cast, database):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    pandas = session.get_one(Team, cast.pandas.id)
    pandas.name = "紫荆调参队"
    scored(session, phase, pandas, 0.9, 0.123454321, by=cast.wei)
    scored(session, phase, session.merge(cast.isar), 0.8, by=cast.lena)
    session.commit()
    refresh_standings(database, now=NOON)
    return phase


def said(pdf: bytes) -> str:
    """Return the letters of a page, through the maps that a reader copies text by."""
    maps = re.findall(rb"beginbfchar\n(.*?)endbfchar", pdf, re.S)
    found = re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]+)>", b"".join(maps))
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in found)


def test_a_report_is_one_page_with_the_names_in_their_own_letters(client, board):
    found = client.get(PATH)
    assert (found.status_code, found.mimetype) == (200, "application/pdf")
    assert found.data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", found.data)) == 1
    assert b"NotoSansSC" in found.data
    # A subset: the whole font would be eight million bytes.
    assert len(found.data) < 100_000
    letters = said(found.data)
    assert not set("清华大学紫荆调参队") - set(letters)


def test_a_report_is_made_once_for_its_numbers(
    client, session, cast, board, clock, database, monkeypatch
):
    first = client.get(PATH)
    tag = first.headers["ETag"]
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 304
    with monkeypatch.context() as broken:
        broken.delattr("server.reports.pages.report_pdf")
        assert client.get(PATH).data == first.data
    scored(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    session.commit()
    refresh_standings(database, now=clock())
    again = client.get(PATH)
    assert (again.status_code, again.headers["ETag"] == tag) == (200, False)
    assert again.data != first.data


def test_a_university_without_a_result_has_a_report_that_says_so(client, cast):
    found = client.get("/universities/nairobi/report.pdf")
    assert found.status_code == 200
    assert b"NotoSansSC" not in found.data
    assert client.get("/universities/atlantis/report.pdf").status_code == 404
    assert client.get(f"{PATH}?season=winter").status_code == 404


def test_a_report_has_no_table_without_a_row(client, board, monkeypatch):
    heads = []
    monkeypatch.setattr(Paper, "heading", lambda _paper, text: heads.append(text))
    assert client.get("/universities/nairobi/report.pdf").status_code == 200
    assert heads == []
    assert client.get(PATH).status_code == 200
    assert heads[0] == "By each rule"
    assert heads[-1] == "Challenges"


def test_no_number_of_a_report_is_cut_off_in_chinese(client, board):
    found = client.get(PATH, headers={"Accept-Language": "zh-CN"})
    letters = said(found.data)
    assert "名" in letters
    assert "…" not in letters


def test_letters_that_no_font_has_are_boxes():
    assert is_covered("Łódź 清华大学 Кириллица Ελληνικά Tiếng Việt 서울대학교")
    assert is_covered("אוניברסיטה")
    assert not is_covered("ዩኒቨርሲቲ")
    assert printable("ዩኒ A") == "□□ A"


def test_a_report_follows_the_day_it_is_made(client, board, clock):
    clock.moment = NOON + timedelta(days=3)
    assert b"D:20261123120000" in client.get(PATH).data
