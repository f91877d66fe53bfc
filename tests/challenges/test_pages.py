import pytest
from sqlmodel import select

from server.challenges.models import ChallengeFile, ChallengePage, Participation, Phase
from server.challenges.rules import Visibility
from server.shared.storage import FileStore
from tests.cast import NOON, sign_in
from tests.challenges.people import add_hidden

CONTENT = b"id,pixel\n1,0\n2,16\n"


@pytest.fixture
def described(database, cast, settings, tmp_path):
    """The digits with pages and two files, one with a Chinese name."""
    store = FileStore(settings.public_store)
    path = tmp_path / "train.csv"
    path.write_bytes(CONTENT)
    store.put(path, "a" * 64)
    texts = {
        "overview": "# Handwritten digits\n\nRead **them**. <script>alert(1)</script>",
        "data": "Scans.",
        "rules": "Be *fair*.",
    }
    with database.writing() as session:
        for position, (slug, markdown) in enumerate(texts.items()):
            session.add(
                ChallengePage(
                    challenge_id=cast.digits.id,
                    slug=slug,
                    title=slug.capitalize(),
                    position=position,
                    markdown=markdown,
                )
            )
        for position, name in enumerate(("train.csv", "训练 数据.csv")):
            session.add(
                ChallengeFile(
                    challenge_id=cast.digits.id,
                    name=name,
                    sha256="a" * 64,
                    size=len(CONTENT),
                    position=position,
                )
            )
        session.commit()
    return cast


def test_the_overview_is_rendered_and_harmless(client, described) -> None:
    page = client.get("/challenges/digits").text
    assert "<strong>them</strong>" in page
    assert "<script>alert" not in page
    assert page.count("Handwritten digits</h") == 1
    assert "Accuracy" in page


def test_a_challenge_without_pages_still_has_its_tabs(client, cast) -> None:
    for path in ("", "/data", "/rules"):
        assert client.get(f"/challenges/digits{path}").status_code == 200


def test_the_first_page_has_one_address(client, described) -> None:
    response = client.get("/challenges/digits/overview")
    assert (response.status_code, response.location) == (301, "/challenges/digits")


def test_a_page_that_there_is_not_is_not_found(client, described) -> None:
    assert client.get("/challenges/digits/nothing").status_code == 404
    assert client.get("/challenges/nothing").status_code == 404


def test_the_rules_have_the_quotas_and_both_ends_of_each_phase(client, described) -> None:
    page = client.get("/challenges/digits/rules").text
    assert "Be <em>fair</em>" in page
    assert "5 a day, 100 in all" in page
    for phase in (described.phase_a, described.phase_b):
        assert f'datetime="{phase.starts.isoformat()}"' in page
        assert f'datetime="{phase.ends.isoformat()}"' in page


def test_the_first_page_says_whom_a_later_phase_admits(client, described, database) -> None:
    with database.writing() as session:
        session.get_one(Phase, described.phase_b.id).admit_top = 3
        session.commit()
    page = client.get("/challenges/digits").text
    assert page.count("the first 3 of the phase before may take part") == 1


def test_a_visitor_sees_names_and_sizes_but_no_link(client, described) -> None:
    page = client.get("/challenges/digits/data").text
    assert "train.csv" in page
    assert f"{len(CONTENT)} Bytes" in page
    assert 'href="/challenges/digits/files/' not in page


def test_a_participant_gets_links_and_commands(client, described) -> None:
    page = sign_in(client, described.wei).get("/challenges/digits/data").text
    assert 'href="/challenges/digits/files/train.csv"' in page
    assert "varsity download digits" in page
    assert "http://localhost/api/v1/challenges/digits/files/train.csv" in page
    assert f"{'a' * 64}  train.csv" in page


def test_a_visitor_is_asked_to_sign_in_before_a_download(client, described) -> None:
    response = client.get("/challenges/digits/files/train.csv")
    assert response.status_code == 302
    assert response.location.startswith("/sign-in?next=")


@pytest.mark.parametrize(
    ("who", "status"), [("amina", 403), ("wei", 200), ("olga", 200), ("ada", 200)]
)
def test_files_are_for_those_who_take_part_and_who_organise(client, described, who, status) -> None:
    response = sign_in(client, described.people[who]).get("/challenges/digits/files/train.csv")
    assert response.status_code == status
    assert (response.data == CONTENT) == (status == 200)


def test_a_download_has_its_name_in_utf_8_and_is_never_shown_in_the_page(client, described) -> None:
    response = sign_in(client, described.wei).get("/challenges/digits/files/训练 数据.csv")
    assert response.status_code == 200
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.endswith("filename*=UTF-8''%E8%AE%AD%E7%BB%83%20%E6%95%B0%E6%8D%AE.csv")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../private/solution.csv",
        "..%2Fprivate%2Fsolution.csv",
        "%2e%2e/%2e%2e/secret_key",
        "/etc/passwd",
        "train.csv/../../secret_key",
        "private/solution.csv",
        "train.csv%00",
        "TRAIN.CSV",
    ],
)
def test_no_name_leads_out_of_the_listed_files(client, described, name) -> None:
    response = sign_in(client, described.wei).get(f"/challenges/digits/files/{name}")
    assert response.status_code in (308, 400, 404)
    if response.status_code == 308:
        followed = client.get(response.location)
        assert followed.status_code == 404


def test_joining_takes_one_click_and_opens_the_files(client, described, database) -> None:
    sign_in(client, described.amina)
    assert "Take part" in client.get("/challenges/digits").text
    response = client.post("/challenges/digits/join")
    assert (response.status_code, response.location) == (303, "/challenges/digits/data")
    with database.reading() as session:
        joined = session.exec(
            select(Participation).where(Participation.account_id == described.amina.id)
        ).one()
    assert joined.joined_at == NOON
    assert client.get("/challenges/digits/files/train.csv").data == CONTENT


def test_an_address_that_is_not_confirmed_does_not_join(client, described) -> None:
    sign_in(client, described.newt)
    assert "Confirm your e-mail address" in client.get("/challenges/digits").text
    assert client.post("/challenges/digits/join").status_code == 403


def test_changed_rules_are_asked_about_again(client, described, database) -> None:
    sign_in(client, described.amina).post("/challenges/digits/join")
    assert "rules have changed" not in client.get("/challenges/digits").text
    with database.writing() as session:
        rules = session.exec(select(ChallengePage).where(ChallengePage.slug == "rules")).one()
        rules.markdown = "Be *very* fair."
        session.add(rules)
        session.commit()
    assert "rules have changed" in client.get("/challenges/digits").text
    client.post("/challenges/digits/join")
    assert "rules have changed" not in client.get("/challenges/digits").text


@pytest.mark.parametrize("visibility", [Visibility.UNIVERSITY, Visibility.INVITED])
def test_what_one_may_not_see_is_not_there(client, cast, database, visibility) -> None:
    slug = add_hidden(database, cast, visibility)
    sign_in(client, cast.wei)
    for path in ("", "/data", "/rules", "/files/train.csv"):
        assert client.get(f"/challenges/{slug}{path}").status_code == 404
    assert client.post(f"/challenges/{slug}/join").status_code == 404
    assert slug not in client.get("/challenges").text


TABS = ("", "/data", "/rules", "/leaderboard", "/universities", "/submit", "/team")


def test_every_tab_offers_a_visitor_the_same_way_in(client, cast) -> None:
    for tab in TABS:
        head = client.get(f"/challenges/digits{tab}").text.split('<nav class="tabs"')[0]
        assert f'href="/sign-in?next=/challenges/digits{tab}">Sign in to take part' in head, tab
        assert "Submit</a>" not in head, tab


def test_every_tab_lets_whoever_takes_part_submit_and_others_take_part(app, cast) -> None:
    wei, chidi = sign_in(app.test_client(), cast.wei), sign_in(app.test_client(), cast.chidi)
    for tab in set(TABS) - {"/submit"}:
        head = wei.get(f"/challenges/digits{tab}").text.split('<nav class="tabs"')[0]
        assert "Submit</a>" in head, tab
        assert "ake part" not in head, tab
        page = chidi.get(f"/challenges/digits{tab}").text
        assert page.count("Take part</button>") == 1, tab
        assert "Submit</a>" not in page.split('<nav class="tabs"')[0], tab
