"""A course from its list of addresses to its gradebook, in real browsers and in real time."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.faults.running import until
from tests.journeys.conftest import Open
from tests.journeys.predictions import right_but_for
from tests.journeys.product import ORGANISER, SLUG, Product
from tests.journeys.steps import send, sign_in, sign_up, take_part
from tests.journeys.watching import Watched

LENA, JONAS, ABSENT = "lena@tum.example", "jonas@uonbi.example", "manfred@tum.example"
# A spreadsheet would take this name for a formula.
FORMULA = "=HYPERLINK(1) Huber"
BASELINE = "logistic regression"
CLASS = f"/organise/{SLUG}/class"
BOARD = f"/challenges/{SLUG}/leaderboard"
GRADE = f"/challenges/{SLUG}/grade"
SCALE = re.compile(r"Grades run from .+? to .+? at [0-9.]+\.")
DRAWN = re.compile(r"[A-Z]\w+ [A-Z]\w+")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A served instance with one challenge for the invited, and nobody invited yet."""
    made = Product(tmp_path_factory.mktemp("class"))
    try:
        made.account(ORGANISER, "Olga Petrova")
        made.here("new", SLUG)
        rewrite(made, 'visibility = "public"', 'visibility = "invited"')
        weak = right_but_for(made.challenge, 20)
        (made.challenge / "private" / "baseline_logistic.csv").write_text(weak)
        made.here("deploy", made.challenge, "--organiser", ORGANISER)
        made.start()
        yield made
    finally:
        made.stop()


def rewrite(product: Product, before: str, after: str) -> None:
    """Change what the challenge's definition says in one place."""
    path = product.challenge / "challenge.toml"
    text, times = re.subn(before, after, path.read_text())
    assert times == 1, before
    path.write_text(text)


def end_soon(product: Product) -> None:
    """Have the phase end in some seconds, by the operator's command."""
    ends = datetime.now(UTC) + timedelta(seconds=5)
    rewrite(product, r"(?m)^ends = \S+", f"ends = {ends:%Y-%m-%dT%H:%M:%SZ}")
    assert "phase main ends" in product.here("deploy", product.challenge)


def invite_the_course(lecturer: Watched) -> None:
    page = lecturer.go(CLASS)
    page.fill("[name=addresses]", f"Vogt, Lena <{LENA}>; {JONAS}\n{LENA}\n{ABSENT}\n")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("Invited: 3.")


def say_how_it_is_run(lecturer: Watched) -> None:
    """Anonymous, without late days, 50 at the baseline and 100 at the best."""
    page = lecturer.go(CLASS)
    page.get_by_label("Anonymous board").check()
    page.get_by_label("Late days of each phase").fill("0")
    page.get_by_role("radio", name="Straight between two scores").check()
    expect(page.locator("[name=bottom]")).to_be_visible()
    page.select_option("[name=bottom]", label=f"baseline “{BASELINE}”")
    page.fill("[name=lowest]", "50")
    page.select_option("[name=top]", label="the best score of the board")
    page.fill("[name=highest]", "100")
    page.select_option("[name=decimals]", "1")
    page.fill("[name=missing]", "5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("The class is set up")
    assert page.input_value("[name=lowest]") == "50"


def hand_in(student: Watched, product: Product, wrong: int) -> str:
    """Send a file that is wrong in so many rows; return the name that was drawn for the team."""
    take_part(student)
    send(student, "wines.csv", right_but_for(product.challenge, wrong))
    expect(student.page.locator("[data-announce]")).to_contain_text("Scored")
    team = student.go(f"/challenges/{SLUG}/team").locator("main h2").first.inner_text()
    assert DRAWN.fullmatch(team), team
    return team


def require_hidden(student: Watched, *, own: str, other: str, stranger: str) -> None:
    """Fail where somebody learns who is in another's team."""
    board = student.go(BOARD).locator("table.board").inner_text()
    assert {own, other} <= set(board.splitlines()) | set(DRAWN.findall(board))
    assert stranger not in student.page.content()
    student.page.get_by_role("link", name=other).click()
    expect(student.page.locator("main")).to_contain_text("Who is in this team is not shown")
    student.look()
    assert stranger not in student.page.content()


def download(page: Page, link: str, to: Path) -> list[dict[str, str]]:
    """Download a table by its link and read it as a spreadsheet would."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link, exact=True).click()
    started.value.save_as(to)
    with to.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    return rows


def publish(lecturer: Watched) -> None:
    """Publish the grades, which is possible once the result is out."""
    page = lecturer.go(CLASS)
    page.get_by_role("button", name="Publish the grades").click()
    expect(page.locator(".flash")).to_contain_text("The grades are published")
    expect(page.locator("main")).to_contain_text("Nothing has changed since.")


def board_of(student: Watched) -> dict[str, Any]:
    """Return the board that programs of a student's read; the public one before the reveal."""
    answer = student.context.request.get(f"{student.url}/api/v1/challenges/{SLUG}/leaderboard")
    assert answer.ok, answer.text()
    board: dict[str, Any] = answer.json()
    return board


def scores_of(board: dict[str, Any]) -> dict[str, float]:
    """Return the scores on a board by the names on it."""
    return {
        (row["team"] or {}).get("name") or row["baseline"]: row["score"] for row in board["rows"]
    }


def own_grade(student: Watched) -> str:
    figures = student.go(GRADE).locator(".grade-figure")
    expect(figures).to_have_count(1)
    return figures.inner_text().strip()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_lecturer_runs_a_class_and_exports_grades(product: Product, visit: Open, tmp_path: Path):
    lecturer, lena, jonas, visitor = visit(), visit(), visit(), visit()
    sign_in(lecturer, ORGANISER)
    invite_the_course(lecturer)
    say_how_it_is_run(lecturer)
    assert SLUG not in visitor.go("/challenges").content()
    assert visitor.context.request.get(f"{product.url}{BOARD}").status == 404
    sign_up(lena, product, "Lena Vogt", LENA)
    lena.go(product.letter_link(LENA, about="Wine"))
    sign_up(jonas, product, FORMULA, JONAS)
    teams = {"lena": hand_in(lena, product, 2), "jonas": hand_in(jonas, product, 9)}
    require_hidden(lena, own=teams["lena"], other=teams["jonas"], stranger="Huber")
    require_hidden(jonas, own=teams["jonas"], other=teams["lena"], stranger="Vogt")
    assert "No grade yet" in lena.go(GRADE).locator("main").inner_text()
    expect(lecturer.go(CLASS).locator("main")).to_contain_text("A preview: grades can be published")
    expect(lecturer.page.get_by_role("button", name="Publish the grades")).to_have_count(0)
    end_soon(product)
    until(lambda: board_of(lena)["board"] == "private", seconds=60)
    publish(lecturer)

    scores = scores_of(board_of(lena))
    best, least = scores[teams["lena"]], scores[BASELINE]
    middle = 50 + 50 * (scores[teams["jonas"]] - least) / (best - least)
    assert 50 < middle < 100, scores
    grades = {LENA: "100.0", JONAS: f"{middle:.1f}", ABSENT: "5"}
    book = download(lecturer.page, "Gradebook as CSV", tmp_path / "book.csv")
    assert {row["email"]: row["grade"] for row in book} == grades
    assert {row["email"]: row["team"] for row in book} == {
        LENA: teams["lena"], JONAS: teams["jonas"], ABSENT: "",
    }  # fmt: skip
    moodle = download(lecturer.page, "For Moodle", tmp_path / "moodle.csv")
    assert {row["Email address"]: row["Wine"] for row in moodle} == grades
    for student, name, address, others in (
        (lena, "Lena Vogt", LENA, grades[JONAS]), (jonas, FORMULA, JONAS, grades[LENA]),
    ):  # fmt: skip
        assert own_grade(student) == grades[address]
        # The scale, which everybody is told, may say the same figure.
        assert others not in SCALE.sub("", student.main_text()), name
        student.go("/notifications")
    refused = lena.context.request.get(f"{product.url}{CLASS}/grades.csv")
    assert refused.status in (403, 404)
    for person in (lecturer, lena, jonas, visitor):
        person.require_calm()
    assert '"level": "error"' not in product.log(), product.log()
