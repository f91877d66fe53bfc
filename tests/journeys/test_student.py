"""The main job, as people do it: in a real browser, and from a terminal."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RIVAL, Open
from tests.journeys.predictions import right_but_for, with_faults
from tests.journeys.product import PASSWORD, SLUG, Product
from tests.journeys.steps import choose, send, sign_in, sign_up, take_part
from tests.journeys.watching import Watched

BOARD = f"/challenges/{SLUG}/leaderboard"
TEAM = "Isar Surfers"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": 2500}


def accept_and_press(page: Page, button: str) -> None:
    """Accept the rules where the form asks, and press its button."""
    form = page.locator("main form").filter(has=page.get_by_role("button", name=button, exact=True))
    if box := form.locator("input[type=checkbox]").all():
        box[0].check()
    form.get_by_role("button", name=button, exact=True).click()


def place_of(person: Watched, team: str) -> int:
    """Return the rank that the board shows for a team."""
    row = person.go(BOARD).locator("table.board tbody tr").filter(has_text=team)
    return int(re.findall(r"\d+", row.locator(".col-rank").inner_text())[0])


def first_university(person: Watched) -> str:
    rows = person.go(f"/challenges/{SLUG}/universities").locator("table.board tbody tr")
    return rows.first.inner_text()


def form_a_team(captain: Watched, mate: Watched, product: Product) -> None:
    page = captain.go(f"/challenges/{SLUG}")
    page.get_by_role("button", name="Take part").first.click()
    page.get_by_role("link", name="My team").first.click()
    page.fill("input[name=name]", TEAM)
    accept_and_press(page, "Take part")
    expect(page.locator("main h2")).to_contain_text(TEAM)
    link = page.get_by_label("Invite link", exact=True).inner_text().strip()
    sign_up(mate, product, "Jonas Huber", "jonas@tum.example")
    page = mate.go(link)
    expect(page.locator("h1")).to_have_text(TEAM)
    accept_and_press(page, "Join the team")
    expect(page.locator("main")).to_contain_text("Lena Vogt")


def learn_from_a_bad_file(captain: Watched, product: Product) -> None:
    """The page says which cells are wrong, without being loaded again."""
    with product.worker_held():
        send(captain, "first_try.csv", with_faults(product.challenge))
        page = captain.page
        expect(page.locator("[data-announce]")).to_contain_text("Queued")
        loads = captain.loads
    expect(page.locator("[data-announce]")).to_contain_text("Rejected")
    said = [row.inner_text() for row in page.locator(".faults tr.fault").all()]
    assert captain.loads == loads, "the page had to be loaded again"
    found = [(re.search(r"\d+", row), "cultivar" in row) for row in said]
    assert [(m and int(m[0]), named) for m, named in found] == [(4, True), (6, True)]
    assert "Merlot" in said[0]
    expect(page.locator("main")).to_contain_text("nothing from your quota")


def see_a_score_arrive(captain: Watched, product: Product) -> None:
    """The bar moves while a slow line sends; then state, score and rank come by themselves."""
    page = captain.go(f"/challenges/{SLUG}/submit")
    choose(page, "good.csv", right_but_for(product.challenge, 4), "four wrong")
    expect(page.locator("[data-chosen]")).to_contain_text("good.csv")
    line = captain.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW)
    with product.worker_held():
        page.get_by_role("button", name="Submit", exact=True).click()
        expect(page.locator("[data-progress] progress")).to_be_visible()
        expect(page.locator("[data-progress] [role=status]")).not_to_be_empty()
        page.wait_for_url("**/submissions/*")
        line.send("Network.emulateNetworkConditions", SLOW | {"latency": 0, "uploadThroughput": -1})
        expect(page.locator("[data-announce]")).to_contain_text("Queued")
        loads = captain.loads
    expect(page.locator("[data-announce]")).to_contain_text("Scored")
    stats = page.locator(".stats")
    expect(stats).to_contain_text("Public score")
    expect(stats).to_contain_text(re.compile(r"Rank\s*1\s*of 2 teams"))
    assert captain.loads == loads, "the page had to be loaded again"


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_students_form_a_team_compete_and_see_the_board_move(product: Product, visit: Open):
    visitor, captain, mate = visit(), visit(), visit()
    assert RIVAL in visitor.go(BOARD).locator("table.board").inner_text()
    assert "Nairobi" in first_university(visitor)
    sign_up(captain, product, "Lena Vogt", "lena@tum.example")
    assert "Technical University of Munich" in captain.go("/settings").locator("main").inner_text()
    form_a_team(captain, mate, product)
    learn_from_a_bad_file(captain, product)
    send(mate, "weak.csv", right_but_for(product.challenge, 25), "a first try")
    expect(mate.page.locator("[data-announce]")).to_contain_text("Scored")
    assert place_of(visitor, TEAM) == 2
    assert "Nairobi" in first_university(visitor)
    see_a_score_arrive(captain, product)
    assert place_of(visitor, TEAM) == 1
    assert "Munich" in first_university(visitor)
    assert "Munich" in visitor.go("/universities").locator("tbody tr").first.inner_text()
    for person in (visitor, captain, mate):
        person.require_calm()


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_student_takes_data_withdraws_and_leaves(product: Product, visit: Open, tmp_path: Path):
    person = visit()
    sign_up(person, product, "Manfred Roth", "manfred@tum.example")
    take_part(person)
    number = send(person, "alone.csv", right_but_for(product.challenge, 9))
    page = person.page
    expect(page.locator("[data-announce]")).to_contain_text("Scored")
    page = person.go(f"/challenges/{SLUG}/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="train.csv", exact=True).click()
    download.value.save_as(tmp_path / "train.csv")
    assert (tmp_path / "train.csv").read_bytes() == (
        product.challenge / "data" / "train.csv"
    ).read_bytes()
    assert "Manfred Roth" in person.go(BOARD).locator("table.board").inner_text()
    page = person.go(f"/submissions/{number}")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".flash")).to_contain_text("Withdrawn")
    assert "Manfred Roth" not in person.go(BOARD).locator("table.board").inner_text()
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".flash")).to_contain_text("You are signed out")
    page.goto(f"{product.url}/submissions/{number}")
    expect(page).to_have_url(re.compile("/sign-in"))
    person.require_calm()


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_pages_fit_a_telephone_and_show_the_keyboard(product: Product, visit: Open):
    person = visit()
    sign_up(person, product, "Klara Maria Sommerfeld-Winterhalter", "klara@tum.example")
    take_part(person)
    bad = send(person, "a_rather_long_name_of_a_file_of_predictions_v12_final.csv", "wrong\n")
    expect(person.page.locator("[data-announce]")).to_contain_text("Rejected")
    tabs = ("", "data", "rules", "leaderboard", "universities", "submit", "submissions", "team")
    own = [f"/submissions/{bad}", "/settings", "/", "/challenges", "/universities", "/api/docs"]
    paths = [f"/challenges/{SLUG}/{tab}".rstrip("/") for tab in tabs] + own
    person.require_fits([*paths, "/universities/munich"])
    for path in (BOARD, f"/challenges/{SLUG}/submit", "/settings"):
        person.require_visible_focus(path)
    visitor = visit()
    visitor.require_fits(["/", "/sign-in", "/sign-up", "/forgot", BOARD])
    visitor.require_visible_focus("/sign-in", steps=15)
    for each in (person, visitor):
        each.require_calm()


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_without_script_a_file_is_sent_and_its_score_is_read(product: Product, visit: Open):
    address = "nora@tum.example"
    product.here("account", "create", address, "--name", "Nora Adler", "--university", "munich",
                 "--password", PASSWORD)  # fmt: skip
    person = visit(script=False)
    sign_in(person, address)
    take_part(person)
    page = person.go(f"/challenges/{SLUG}/submit")
    choose(page, "plain.csv", right_but_for(product.challenge, 6), "no script")
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/submissions/*")
    for _attempt in range(60):
        if "Scored" in page.locator("[data-announce]").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".stats")).to_contain_text("Public score")
    assert "Nora Adler" in person.go(BOARD).locator("table.board").inner_text()


@pytest.mark.timeout(180)
def test_a_participant_does_everything_from_a_terminal(product: Product, tmp_path: Path):
    address, home = "jan@tum.example", str(tmp_path / "config")
    product.here("account", "create", address, "--name", "Jan Weber", "--university", "munich",
                 "--password", PASSWORD)  # fmt: skip

    def varsity(*arguments: object) -> str:
        return product.must(*arguments, XDG_CONFIG_HOME=home)

    varsity("login", product.url, "--email", address, "--password", PASSWORD)
    assert [c["slug"] for c in json.loads(varsity("challenges", "--json"))] == [SLUG]
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(right_but_for(product.challenge, 8))
    bad.write_text(with_faults(product.challenge))
    said = json.loads(varsity("submit", SLUG, good, "-m", "by hand", "--wait", "--json"))
    assert said["state"] == "scored"
    assert said["score"]["interval"][0] <= said["score"]["value"] <= said["score"]["interval"][1]
    refused = product.command("submit", SLUG, bad, "--wait", XDG_CONFIG_HOME=home)
    assert refused.returncode == 1
    assert "Merlot" in refused.stderr
    varsity("download", SLUG, "--to", tmp_path / "fetched")
    assert (tmp_path / "fetched" / "train.csv").is_file()
    mine = json.loads(varsity("submissions", SLUG, "--json"))
    assert [s["state"] for s in mine] == ["rejected", "scored"]
    board = json.loads(varsity("leaderboard", SLUG, "--json"))
    assert "Jan Weber's team" in [row["team"]["name"] for row in board["rows"] if row["team"]]
