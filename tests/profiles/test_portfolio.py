"""The page that a person controls: what stands on it, who sees it, and what it never says."""

import html

import pytest
from sqlmodel import Session

from server.certificates.models import Certificate
from server.certificates.rules import Kind
from server.challenges.models import Challenge, Phase
from server.profiles.models import Profile
from server.profiles.rules import clean_bio, clean_links, share_beaten
from server.shared.errors import Invalid
from tests.boards.scored import evaluate, reveal_now, scored
from tests.cast import NOON, sign_in

KEEP = {
    "act": "keep",
    "seen_by": "everybody",
    "bio": "I study ships.",
    "links": "https://wei.example/\nhttps://git.example/wei",
    "shows_university": "y",
    "shows_certificates": "y",
}


@pytest.fixture
def wei(app, cast):
    return sign_in(app.test_client(), cast.wei)


def page(client, cast, who: str = "wei") -> str:
    return html.unescape(client.get(f"/people/{cast.people[who].id}").text)


def test_without_a_choice_it_is_as_it_always_was(client, cast) -> None:
    text = page(client, cast)
    for shown in ("王伟", "Tsinghua University", "Giant Pandas", "Handwritten digits"):
        assert shown in text
    assert cast.wei.email not in text


def test_what_was_chosen_stands_there(wei, client, cast) -> None:
    data = {**KEEP, "shown": str(cast.digits.id)}
    assert wei.post("/settings/profile", data=data).status_code == 303
    text = page(client, cast)
    assert "I study ships." in text
    assert 'href="https://git.example/wei" rel="nofollow noopener noreferrer ugc"' in text
    assert "Giant Pandas" in text
    form = html.unescape(wei.get("/settings/profile").text)
    assert "I study ships.</textarea>" in form


def test_what_was_unticked_is_left_out(wei, client, cast) -> None:
    data = {k: v for k, v in KEEP.items() if k != "shows_university"}
    wei.post("/settings/profile", data=data)
    text = page(client, cast)
    assert "Giant Pandas" not in text
    assert "Tsinghua" not in text
    # The board names the team all the same.
    assert "Giant Pandas" in client.get(f"/teams/{cast.pandas.id}").text


def test_a_preview_keeps_nothing(wei, client, cast, database) -> None:
    shown = wei.post("/settings/profile", data={**KEEP, "act": "preview", "bio": "Not yet"})
    assert shown.status_code == 200
    assert "Preview" in shown.text
    assert "Not yet" in shown.text
    assert "Not yet" not in page(client, cast)
    with Session(database.read_engine) as session:
        assert session.get(Profile, cast.wei.id) is None


@pytest.mark.parametrize(
    ("seen_by", "statuses"),
    [
        ("everybody", {"visitor": 200, "lena": 200, "wei": 200, "ada": 200}),
        ("signed_in", {"visitor": 404, "lena": 200, "wei": 200, "ada": 200}),
        ("owner", {"visitor": 404, "lena": 404, "wei": 200, "ada": 200}),
    ],
)
def test_the_page_is_there_for_whom_the_person_says(app, wei, cast, seen_by, statuses) -> None:
    wei.post("/settings/profile", data={**KEEP, "seen_by": seen_by})
    for who, status in statuses.items():
        browser = app.test_client()
        if who != "visitor":
            sign_in(browser, cast.people[who])
        for path in (f"/people/{cast.wei.id}", f"/api/v1/people/{cast.wei.id}"):
            assert browser.get(path).status_code == status, (who, path)
    # Nothing links to a page that is not there.
    linked = (
        f'href="/people/{cast.wei.id}"' in app.test_client().get(f"/teams/{cast.pandas.id}").text
    )
    assert linked is (seen_by != "owner")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "http://plain.example/",
        "https://",
        "https://localhost",
        "https://user:pass@evil.example",
        "https://evil.example/\u202egnp.exe",
        "https://evil.example/a b",
        "//evil.example",
        "https://[::1",
        "https://x.example/" + "a" * 200,
    ],
)
def test_a_link_that_is_none_is_refused_and_kept_in_the_form(wei, cast, link, database) -> None:
    refused = wei.post("/settings/profile", data={**KEEP, "links": link})
    assert refused.status_code == 422
    assert html.escape(link.split()[0], quote=False)[:20] in refused.text.replace("&#34;", '"')
    with Session(database.read_engine) as session:
        assert session.get(Profile, cast.wei.id) is None


def test_scripts_are_words_and_hidden_characters_are_refused(wei, client, cast) -> None:
    bio = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"
    wei.post("/settings/profile", data={**KEEP, "bio": bio})
    raw = client.get(f"/people/{cast.wei.id}").text
    assert "<script>alert" not in raw
    assert "<img src=x" not in raw
    assert bio in html.unescape(raw)
    assert wei.post("/settings/profile", data={**KEEP, "bio": "a\u202eb"}).status_code == 422
    assert wei.post("/settings/profile", data={**KEEP, "seen_by": "friends"}).status_code == 422


def test_too_much_is_refused() -> None:
    with pytest.raises(Invalid, match="five"):
        clean_links("\n".join(f"https://x.example/{n}" for n in range(6)))
    with pytest.raises(Invalid, match="600"):
        clean_bio("x" * 601)


def test_a_challenge_that_is_none_of_ones_own_can_not_be_named(wei, cast, database) -> None:
    assert wei.post("/settings/profile", data={**KEEP, "shown": "999"}).status_code == 422


def test_final_ranks_are_shown_with_what_chance_would_give(session, client, cast) -> None:
    phase = session.get_one(Phase, cast.phase_a.id)
    evaluate(session, phase)
    scored(session, phase, cast.pandas, 0.9, 0.7, by=cast.wei)
    scored(session, phase, cast.isar, 0.8, 0.8, by=cast.lena)
    session.commit()
    before = page(client, cast)
    assert "<strong>1</strong>" in before
    assert "public, provisional" in before
    reveal_now(session, phase)
    session.commit()
    after = page(client, cast)
    assert "<strong>2</strong>" in after
    assert "of 2" in after
    assert "final" in after


def test_an_anonymous_board_stays_anonymous(session, client, cast) -> None:
    challenge = session.get_one(Challenge, cast.digits.id)
    challenge.anonymous = True
    session.add(challenge)
    session.commit()
    assert "Giant Pandas" not in page(client, cast)


def test_the_share_of_teams_that_were_beaten() -> None:
    assert [share_beaten(rank=r, teams=4) for r in (1, 2, 4)] == [1.0, 2 / 3, 0.0]
    assert share_beaten(rank=1, teams=1) is None


def test_the_api_says_what_the_page_says(wei, client, cast) -> None:
    wei.post("/settings/profile", data={**KEEP, "shown": str(cast.digits.id)})
    found = client.get(f"/api/v1/people/{cast.wei.id}").json
    assert found == {
        "id": cast.wei.id,
        "name": "王伟",
        "university": {"slug": "tsinghua", "name": "Tsinghua University"},
        "bio": "I study ships.",
        "links": ["https://wei.example/", "https://git.example/wei"],
        "results": [
            {
                "challenge": "digits",
                "team": {"id": cast.pandas.id, "name": "Giant Pandas"},
                "phase": None,
                "final": False,
                "rank": None,
                "rank_range": None,
                "teams": None,
            }
        ],
    }


def test_certificates_are_named_unless_they_are_hidden(wei, session, client, cast) -> None:
    session.add(
        Certificate(
            code="K7QW3ZTR",
            about=f"challenge:{cast.digits.id}",
            kind=next(iter(Kind)),
            account_id=cast.wei.id,
            challenge_id=cast.digits.id,
            body={"challenge": {"title": "Handwritten digits"}, "level": None},
            signature="x",
            issued_at=NOON,
        )
    )
    session.commit()
    assert 'href="/certificates/K7QW3ZTR"' in page(client, cast)
    without = {k: v for k, v in KEEP.items() if k != "shows_certificates"}
    for data in (without, KEEP):
        shown = str(cast.digits.id) if data is without else "0"
        wei.post("/settings/profile", data=data | ({"shown": shown} if shown != "0" else {}))
        assert "K7QW3ZTR" not in page(client, cast)
