"""An organiser, who never sees a shell, from an empty page to the last certificate."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.faults.running import until
from tests.journeys import petals
from tests.journeys.conftest import Open
from tests.journeys.product import ORGANISER, Product
from tests.journeys.steps import send, sign_in, take_part
from tests.journeys.watching import Watched

SLUG = "petals"
TITLE = "Two kinds of petals"
LENA = "lena@tum.example"
BERLIN = ZoneInfo("Europe/Berlin")
BOARD = f"/challenges/{SLUG}/leaderboard"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A served instance without a challenge, where whoever is confirmed may create one."""
    made = Product(tmp_path_factory.mktemp("organiser"), VARSITY_CREATE_CHALLENGES="confirmed")
    try:
        made.universities("munich")
        made.account(ORGANISER, "Olga Petrova")
        made.account(LENA, "Lena Vogt")
        made.start()
        yield made
    finally:
        made.stop()


def press(person: Watched, name: str, *, within: str = "main") -> Page:
    """Press a button, and look at the page that it leads to."""
    person.page.locator(within).get_by_role("button", name=name, exact=True).first.click()
    return person.page


def follow(person: Watched, name: str, *, within: str = "main") -> Page:
    """Follow a link, and look at the page that it leads to."""
    person.page.locator(within).get_by_role("link", name=name).first.click()
    person.page.wait_for_load_state()
    person.look()
    return person.page


def upload(page: Page, field: str, button: str, **texts: str) -> None:
    """Choose files in a field and send them."""
    files = [
        {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        for name, text in texts.items()
    ]
    page.set_input_files(field, files)  # type: ignore[arg-type]
    page.locator("form", has=page.locator(field)).get_by_role("button", name=button).click()


def typed(moment: datetime) -> str:
    """Return a moment as the fields of a phase take it, in Berlin's time."""
    return f"{moment.astimezone(BERLIN):%Y-%m-%dT%H:%M:%S}"


def heading(person: Watched, words: str) -> Page:
    """Wait for the page of a heading, and look at it."""
    expect(person.page.locator("main h1")).to_have_text(words)
    person.look()
    return person.page


def begin(olga: Watched) -> None:
    """Find the console in the menu, and begin a challenge."""
    page = olga.go("/")
    page.locator("details.menu summary").click()
    page.locator("details.menu").get_by_role("link", name="Organise").click()
    expect(page.locator("main")).to_contain_text("You organise no challenge yet")
    olga.look()
    follow(olga, "New challenge")
    page.fill("[name=title]", TITLE)
    press(olga, "Begin")
    heading(olga, "About")


def describe(olga: Watched) -> None:
    """About, and the first page with its preview while it is written."""
    page = olga.page
    page.fill("[name=slug]", SLUG)
    page.fill("[name=summary]", "Tell an iris from a rose by the length of a petal.")
    page.fill("[name=licence]", "CC BY 4.0")
    page.select_option("[name=personal_data]", "no")
    press(olga, "Save and go on")
    heading(olga, "Pages")
    follow(olga, "overview")
    page.fill("[name=markdown]", "## Petals\n\nEach petal is of **one** of two kinds.")
    expect(page.locator("[data-previewed] strong")).to_have_text("one")
    press(olga, "Save")
    follow(olga, "Data files", within=".draft-steps")


def give_data(olga: Watched) -> None:
    """Upload the data; the sample is found by its name, and its columns are read."""
    page = heading(olga, "Data files")
    upload(page, "[name=file]", "Upload", train=petals.TRAIN, test=petals.TEST,
           sample_submission=petals.SAMPLE)  # fmt: skip
    sample = page.locator(".draft-file").filter(has_text="sample_submission.csv")
    expect(sample).to_contain_text("sample submission")
    expect(sample).to_contain_text(f"{petals.TEST_ROWS} rows")
    page.get_by_role("button", name="Save and go on").click()
    heading(olga, "Metric")


def choose_metric(olga: Watched) -> None:
    """Search a metric, try it on two small tables, and take it."""
    page = olga.page
    page.fill("[name=q]", "accuracy")
    expect(page.locator("[data-filter-count]")).to_have_text(re.compile(r": \d$"))
    page.get_by_role("link", name="Accuracy", exact=True).click()
    heading(olga, "Accuracy")
    press(olga, "Try this metric")
    heading(olga, "Try a metric")
    tables = page.locator(".trial-tables")
    tables.get_by_label("Solution", exact=True).fill("id,kind\n1,iris\n2,rose\n3,rose\n4,iris\n")
    tables.get_by_label("Submission", exact=True).fill("id,kind\n1,iris\n2,rose\n3,iris\n4,iris\n")
    press(olga, "Score it")
    expect(page.locator(".stats")).to_contain_text("0.75")
    olga.look()
    follow(olga, "Back to the draft")
    press(olga, "Save and go on")


def plan(olga: Watched) -> None:
    """One phase that is open already, counted in Berlin's time, and revealed by hand."""
    page = heading(olga, "Phases")
    page.fill("#zone", "Europe/Berlin")
    press(olga, "Use this zone")
    follow(olga, "Change")
    now = datetime.now(BERLIN)
    page.fill("[name=title]", "Final")
    page.fill("[name=starts]", typed(now - timedelta(hours=1)))
    page.fill(
        "[name=ends]", typed((now + timedelta(days=30)).replace(hour=23, minute=59, second=59))
    )
    page.get_by_label("by you, when you have looked at the result").check()
    press(olga, "Save")
    follow(olga, "Solutions", within=".draft-steps")


def give_answers(olga: Watched) -> None:
    """Upload the solution, of which half is public: chance decides, by a share of the rows."""
    page = heading(olga, "Solutions")
    upload(page, "#file-final", "Upload", answers=petals.FIRST)
    expect(page.locator("[data-live]")).to_contain_text(f"{petals.TEST_ROWS} rows")
    page.get_by_label("Chance: a share of the rows").check()
    page.get_by_label("Public share in per cent").fill("50")
    press(olga, "Save the split")
    expect(page.locator("[data-live]")).to_contain_text("80 public and 80 private")
    follow(olga, "Go on")


def say_who_and_how(olga: Watched) -> None:
    """Teams, rules and a baseline."""
    page = heading(olga, "Teams")
    page.fill("[name=max_size]", "2")
    press(olga, "Save and go on")
    heading(olga, "Rules")
    page.fill("[name=markdown]", "One account a person. No roses from outside.")
    press(olga, "Save and go on")
    heading(olga, "Baselines")
    page.fill("[name=title]", "long petals are roses")
    upload(page, "[name=file]", "Add the baseline", rule=petals.BASELINE)
    expect(page.locator("main table")).to_contain_text("long petals are roses")
    follow(olga, "Check and launch", within=".draft-steps")


def launch(olga: Watched) -> None:
    """Have it checked, read what was found, and launch."""
    page = heading(olga, "Check and launch")
    press(olga, "Check")
    expect(page.locator("main")).to_contain_text("What the check found", timeout=30_000)
    said = olga.main_text()
    assert "these stop the launch" not in said
    assert "tells two submissions apart" in said
    olga.look()
    press(olga, "Launch")
    expect(page.locator(".draft-done")).to_contain_text(f"{TITLE} is launched", timeout=30_000)
    olga.look()


def compete(lena: Watched, product: Product, token: str) -> None:
    """One student misled by the wrong answers leads, one who is right follows, one asks."""
    product.take_part_alone(token, SLUG)
    for text in (petals.FAR_OFF, petals.MISLED):
        assert product.submit(token, text, SLUG)["state"] == "scored"
    assert "one of two kinds" in lena.go(f"/challenges/{SLUG}").locator("main").inner_text()
    take_part(lena, SLUG)
    send(lena, "mine.csv", petals.RIGHT, slug=SLUG)
    expect(lena.page.locator("[data-announce]")).to_contain_text("Scored")
    lena.look()
    assert first_team(lena) == "Amina Otieno"
    page = lena.go(f"/challenges/{SLUG}/questions")
    page.fill("[name=title]", "Row 7")
    page.fill("[name=text]", "Its petal is long, and my botanist says it is a rose. Is it?")
    press(lena, "Send the question")


def first_team(person: Watched) -> str:
    """Return whose team leads the board that everybody sees."""
    row = person.go(BOARD).locator("table.board tbody tr").filter(has_text="team").first
    return row.locator("a.team").inner_text().removesuffix("'s team")


def look_after_it(olga: Watched) -> None:
    """Read the dashboard, answer what was asked, and tell everybody."""
    page = olga.go(f"/organise/{SLUG}")
    expect(page.locator(".stats").first).to_contain_text("3 scored")
    assert "Row 7" in follow(olga, "Questions", within=".side-nav").locator("main").inner_text()
    follow(olga, "Row 7")
    page.fill("[name=text]", "You are right. The answers will be corrected.")
    press(olga, "Send the answer")
    expect(page.locator(".flash")).to_be_visible()
    follow(olga, "Announcements", within=".side-nav")
    page.fill("[name=title]", "Wrong answers")
    page.fill("[name=text]", "Some answers are **wrong**. They will be corrected.")
    press(olga, "Preview")
    expect(page.locator(".news-item strong")).to_have_text("wrong")
    olga.look()
    press(olga, "Publish")
    expect(page.locator(".flash")).to_be_visible()
    olga.go(f"/organise/{SLUG}/controls")
    page.locator("summary", has_text="Extend").first.click()
    # What is typed in UTC stands beside it as the organiser's own clock says.
    page.locator("[name=ends]").first.fill("2030-07-01T10:30:00")
    expect(page.locator("[data-moment-of]").first).to_contain_text("1 Jul 2030, 12:30")


def correct(olga: Watched) -> None:
    """Upload the right answers, look at both boards, and put the new evaluation live."""
    page = olga.page
    follow(olga, "Evaluations", within=".side-nav")
    follow(olga, "Begin the next evaluation")
    page.fill("[name=reason]", "Rows 1 to 24 were labelled wrongly.")
    upload(page, "[name=solution]", "Begin", corrected=petals.CORRECTED)
    expect(page.locator("main")).to_contain_text("Both boards side by side", timeout=40_000)
    olga.look()
    moved = page.locator("main table tbody tr")
    expect(moved.first).to_contain_text("Lena Vogt")
    expect(moved).to_have_count(2)
    follow(olga, "Put live …")
    press(olga, "Put evaluation 2 live")
    expect(page.locator(".flash")).to_be_visible()


def end_it(olga: Watched) -> None:
    """Let the phase end in a few seconds: a change of the challenge that runs."""
    page = olga.page
    follow(olga, "Change it", within=".side-nav")
    press(olga, "Begin a draft of changes")
    heading(olga, "About")
    follow(olga, "Phases", within=".draft-steps")
    follow(olga, "Change")
    # The zone and the second in which the deadline was written are still there.
    assert page.input_value("[name=ends]").endswith("T23:59:59")
    page.fill("[name=ends]", typed(datetime.now(BERLIN) + timedelta(seconds=2)))
    press(olga, "Save")
    follow(olga, "Check and apply", within=".draft-steps")
    press(olga, "Check")
    expect(page.locator("main")).to_contain_text("What applying it changes", timeout=30_000)
    press(olga, "Apply the changes")
    expect(page.locator(".draft-done")).to_contain_text("are applied", timeout=30_000)
    follow(olga, "Run it")


def reveal(olga: Watched) -> None:
    """Look at what stands in the way, and reveal when nothing does."""
    page = olga.page
    follow(olga, "Run it", within=".side-nav")
    follow(olga, "Look, then reveal")
    button = page.get_by_role("button", name="Reveal the result")
    until(lambda: page.reload() is not None and button.count() == 1, seconds=40)
    page.check("#sure")
    button.click()
    expect(page.locator(".flash")).to_be_visible()


def honour(olga: Watched) -> None:
    """Publish who won what, and hand out certificates."""
    page = olga.page
    follow(olga, "Winners", within=".side-nav")
    page.get_by_label("Places that win").fill("1")
    press(olga, "Show them")
    page.get_by_label("Prize of place 1").fill("A rose")
    press(olga, "Publish the winners")
    expect(page.locator("main")).to_contain_text("These winners are published.")
    follow(olga, "Certificates", within=".side-nav")
    press(olga, "Preview")
    heading(olga, "Certificates")
    press(olga, "Hand out: 2 changes")
    expect(page.locator("#job")).to_contain_text("2 new", timeout=30_000)
    page.reload()
    expect(page.locator("#handed-out tbody tr")).to_have_count(2)
    olga.look()


@pytest.mark.browser
@pytest.mark.timeout(360)
def test_an_organiser_makes_runs_corrects_and_ends_a_challenge(product: Product, visit: Open):
    olga, lena, visitor = visit(), visit(), visit()
    token = product.account("amina@tum.example", "Amina Otieno")
    sign_in(olga, ORGANISER)
    for step in (begin, describe, give_data, choose_metric, plan, give_answers, say_who_and_how):
        step(olga)
    launch(olga)
    sign_in(lena, LENA)
    compete(lena, product, token)
    look_after_it(olga)
    correct(olga)
    assert first_team(visitor) == "Lena Vogt"
    end_it(olga)
    reveal(olga)
    honour(olga)
    assert "A rose" in visitor.go(f"/challenges/{SLUG}").locator(".winners").inner_text()
    told = lena.go("/notifications").locator("main").inner_text()
    for words in ("answered", "Wrong answers", "certificate"):
        assert words in told, told
    # As wide as a page is at 1280 pixels that is made four times larger (WCAG 1.4.10).
    visitor.require_fits([BOARD, "/universities", "/universities?rule=medals"], width=320)
    for person in (olga, lena, visitor):
        person.require_calm()
    product.require_quiet()
