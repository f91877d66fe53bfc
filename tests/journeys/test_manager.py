"""What those do who answer for a university: from being named to the report of the term."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import RIVAL, Open
from tests.journeys.product import PASSWORD, SLUG, UNIVERSITIES, Product
from tests.journeys.steps import sign_in, sign_up
from tests.journeys.watching import Watched

ADMIN, MANAGER = "ada@varsity.example", "grace@uonbi.example"
LECTURER, OTIENO = "otieno@mail.example", "Otieno Ouma"
NAIROBI = UNIVERSITIES["nairobi"][0]
MANAGE = "/universities/nairobi/manage"
PAGES = re.compile(rb"/Type /Page\b(?!s)")


@pytest.fixture(scope="module")
def staffed(product: Product) -> Iterator[Product]:
    """The product with an administrator, and somebody of the staff of Nairobi."""
    product.here("account", "create", ADMIN, "--name", "Ada", "--admin", "--password", PASSWORD)
    product.here("account", "create", MANAGER, "--name", "Grace Mwangi", "--password", PASSWORD,
                 "--university", "nairobi")  # fmt: skip
    return product


def name_the_manager(admin: Watched) -> None:
    """From the list of universities to the form that names somebody."""
    page = admin.go("/admin/universities")
    page.get_by_role("link", name=NAIROBI).click()
    page.fill("input[name=email]", MANAGER)
    page.get_by_role("button", name="Name the manager").click()
    expect(page.locator("main")).to_contain_text(MANAGER)
    admin.look()


def ask_to_belong(lecturer: Watched) -> None:
    """Ask a university whose address one does not have."""
    page = lecturer.go("/settings")
    page.select_option("[name=university_id]", label=NAIROBI)
    page.fill("[name=note]", "I teach statistics in Chiromo; my address there comes next week.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text(f"You asked to belong to {NAIROBI}")


def confirm(manager: Watched) -> None:
    """See on the overview that somebody waits, and decide."""
    page = manager.go("/universities/nairobi")
    page.get_by_role("link", name="Manage", exact=True).click()
    expect(page.locator("main")).to_contain_text("1 person asks to belong")
    manager.look()
    page.get_by_role("link", name="Decide").click()
    expect(page.locator("#requests")).to_contain_text("I teach statistics in Chiromo")
    manager.look()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".flash")).to_contain_text(f"{OTIENO} belongs to the university now")
    expect(page.locator("#requests")).to_contain_text("Nobody waits")


def see_the_team(manager: Watched, product: Product) -> None:
    """The place and the files of a team, and nothing of the private board while it runs."""
    page = manager.go(f"{MANAGE}/teams")
    row = page.locator("tbody tr").filter(has_text=RIVAL)
    expect(row).to_contain_text("provisional")
    expect(row).to_contain_text(re.compile(r"1\s+of 1"))
    private = manager.context.request.get(
        f"{product.url}/api/v1/challenges/{SLUG}/leaderboard?board=private"
    )
    assert private.status == 403, private.text()


def name_an_adviser(manager: Watched) -> None:
    page = manager.go(f"{MANAGE}/teams")
    row = page.locator("tbody tr").filter(has_text=RIVAL)
    row.locator("summary").click()
    row.get_by_label("E-mail address of a member").fill(LECTURER)
    row.get_by_role("button", name="Name the adviser").click()
    expect(page.locator(".flash")).to_contain_text(f"{OTIENO} advises the team now")
    page.get_by_role("link", name=RIVAL).first.click()
    expect(page.locator("aside")).to_contain_text(OTIENO)
    manager.look()


def print_the_report(manager: Watched, product: Product) -> None:
    """One page of A4 that says whose report it is."""
    page = manager.go(f"{MANAGE}/report")
    link = page.get_by_role("link", name="Report (PDF)").first.get_attribute("href")
    answer = manager.context.request.get(f"{product.url}{link}")
    assert answer.headers["content-type"] == "application/pdf"
    paper = answer.body()
    assert paper.startswith(b"%PDF-")
    assert len(PAGES.findall(paper)) == 1
    # A PDF holds its title in two bytes a letter.
    assert NAIROBI.encode("utf-16-be") in paper or NAIROBI.encode() in paper


def take_the_tables(manager: Watched, folder: Path) -> None:
    """The members and the teams, for a spreadsheet."""
    page = manager.go(f"{MANAGE}/report")
    found = {}
    for name, key in (("members.csv", "email"), ("teams.csv", "team")):
        with page.expect_download() as started:
            page.locator(f"main a[href$='{name}']").click()
        started.value.save_as(folder / name)
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            found[key] = {row[key]: row for row in csv.DictReader(file)}
    assert {MANAGER, LECTURER, "amina@uonbi.example"} == set(found["email"])
    assert found["email"][MANAGER]["manager"] == "yes"
    (team,) = found["team"].values()
    assert (team["members"], team["advisers"], team["final"]) == (RIVAL, OTIENO, "no")


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_manager_confirms_a_member_and_prints_the_report(
    staffed: Product, visit: Open, tmp_path: Path
):
    admin, manager, lecturer = visit(), visit(), visit()
    sign_in(admin, ADMIN)
    name_the_manager(admin)
    sign_up(lecturer, staffed, OTIENO, LECTURER)
    ask_to_belong(lecturer)
    sign_in(manager, MANAGER)
    confirm(manager)
    expect(lecturer.go("/settings").locator("#university")).to_contain_text(NAIROBI)
    see_the_team(manager, staffed)
    name_an_adviser(manager)
    expect(lecturer.go("/notifications").locator("main")).to_contain_text(RIVAL)
    expect(manager.go(f"{MANAGE}/certificates").locator("main")).to_contain_text(
        "No certificates yet"
    )
    print_the_report(manager, staffed)
    take_the_tables(manager, tmp_path)
    refused = lecturer.context.request.get(f"{staffed.url}{MANAGE}/members.csv")
    assert refused.status == 403
    for person in (admin, manager, lecturer):
        person.require_calm()
    assert '"level": "error"' not in staffed.log(), staffed.log()
