"""A student, from the first visit to a certificate that anybody can check without the server."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.faults.running import until
from tests.journeys.conftest import Open
from tests.journeys.product import ORGANISER, SLUG, Product
from tests.journeys.steps import send, sign_in, sign_up
from tests.journeys.watching import Watched

NAME, ADDRESS = "Lena Vogt", "lena@tum.example"
BOARD = f"/challenges/{SLUG}/leaderboard"
KEYS = "/.well-known/varsity-keys.json"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A served instance with one open challenge, in which nobody takes part yet."""
    made = Product(tmp_path_factory.mktemp("certificate"))
    try:
        made.universities("munich")
        made.account(ORGANISER, "Olga Petrova")
        made.here("new", SLUG)
        made.here("deploy", made.challenge, "--organiser", ORGANISER)
        made.start()
        yield made
    finally:
        made.stop()


def join(lena: Watched, product: Product) -> None:
    """Look round as a visitor, sign up, and take part."""
    page = lena.go("/")
    page.get_by_role("link", name="Wine").first.click()
    expect(page.locator("main h1")).to_contain_text("Wine")
    lena.look()
    sign_up(lena, product, NAME, ADDRESS)
    page = lena.go(f"/challenges/{SLUG}")
    page.get_by_role("button", name="Take part").first.click()
    expect(page.locator(".flash")).to_contain_text("You take part")


def download(page: Page, link: str, to: Path) -> Path:
    """Download what a link leads to."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link, exact=True).click()
    started.value.save_as(to)
    return to


def run_the_kit(lena: Watched, folder: Path) -> str:
    """Download the starter kit, run its baseline, and return what that wrote."""
    page = lena.go(f"/challenges/{SLUG}/data")
    archive = download(page, "Starter kit", folder / "kit.zip")
    with zipfile.ZipFile(archive) as kit:
        kit.extractall(folder)
    (script,) = folder.rglob("baseline.py")
    before = set(folder.rglob("*.csv"))
    subprocess.run([sys.executable, script.name], cwd=script.parent, check=True, timeout=120)
    (written,) = set(folder.rglob("*.csv")) - before
    return written.read_text()


def be_scored(lena: Watched, text: str) -> None:
    """Send the file, and see the score and how sure it is; what one has seen is no news."""
    send(lena, "submission.csv", text, "the starter kit's baseline")
    page = lena.page
    expect(page.locator("[data-announce]")).to_contain_text("Scored")
    stats = page.locator(".stats")
    expect(stats).to_contain_text(re.compile(r"Public score\s*0\.\d+"))
    expect(stats).to_contain_text("95 % interval")
    lena.look()
    require_read(lena, "scored")


def require_read(lena: Watched, words: str) -> None:
    """Fail unless the list behind the bell says these words, and soon that they were read."""

    def is_read() -> bool:
        page = lena.go("/notifications")
        expect(page.locator(".told").filter(has_text=words).first).to_be_visible()
        return page.locator(".told-unread").filter(has_text=words).count() == 0

    until(is_read)


def require_told(lena: Watched, words: str) -> None:
    """Fail unless the bell counts, and the list behind it says these words."""
    page = lena.go("/")
    expect(page.locator(".bell-count")).to_be_visible()
    page.locator("a.bell").click()
    expect(page.locator(".told-unread").filter(has_text=words).first).to_be_visible()
    lena.look()


def end(product: Product, lena: Watched) -> None:
    """Let the phase end in a few seconds by the operator's command; it reveals by itself."""
    path = product.challenge / "challenge.toml"
    ends = datetime.now(UTC) + timedelta(seconds=3)
    text, times = re.subn(r"(?m)^ends = \S+", f"ends = {ends:%Y-%m-%dT%H:%M:%SZ}", path.read_text())
    assert times == 1
    path.write_text(text)
    product.here("deploy", product.challenge)
    board = f"{product.url}/api/v1{BOARD}"
    until(lambda: lena.context.request.get(board).json()["board"] == "private", seconds=40)


def hand_out(olga: Watched) -> None:
    """The organiser gives everybody a certificate, and the first rank one of its place."""
    sign_in(olga, ORGANISER)
    page = olga.go(f"/organise/{SLUG}/certificates")
    page.get_by_label("the first ranks, as many as said here").check()
    page.get_by_label("How many ranks").fill("1")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name=re.compile("Hand out")).click()
    expect(page.locator("#job")).to_contain_text("1 new", timeout=30_000)


def open_certificate(lena: Watched) -> str:
    """Follow the bell to the own certificate, and return its address."""
    require_told(lena, "certificate")
    page = lena.page
    page.get_by_role("button", name=re.compile("certificate")).first.click()
    if "/certificates/" not in page.url:
        page.locator("main table a").first.click()
    expect(page.locator(".certificate-name")).to_have_text(NAME)
    lena.look()
    return page.url


def verified(product: Product, file: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    """Check a certificate with saved keys alone."""
    return product.command("certificate", "verify", file, "--keys", keys)


def forged(file: Path, to: Path) -> Path:
    """Return a copy in which one digit of what was signed is another."""
    text = file.read_text()
    digit = re.search(r'"score": *\d+\.\d*?(\d)\b', text)
    assert digit is not None, text
    at = digit.start(1)
    to.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
    json.loads(to.read_text())
    return to


@pytest.mark.browser
@pytest.mark.timeout(360)
def test_a_student_comes_competes_and_gets_a_certificate_that_anybody_can_check(
    product: Product, visit: Open, tmp_path: Path
):
    lena, olga, visitor = visit(), visit(), visit()
    join(lena, product)
    be_scored(lena, run_the_kit(lena, tmp_path))
    end(product, lena)
    hand_out(olga)
    address = open_certificate(lena)

    page = lena.page
    paper = download(page, "Paper (PDF)", tmp_path / "certificate.pdf")
    data = download(page, "JSON", tmp_path / "certificate.json")
    assert paper.read_bytes().startswith(b"%PDF-")
    page = visitor.go(address)
    expect(page.locator("main")).to_contain_text("This certificate is valid.")
    expect(page.locator(".certificate-name")).to_have_text(NAME)
    keys = tmp_path / "keys.json"
    keys.write_bytes(visitor.context.request.get(product.url + KEYS).body())
    for person in (lena, olga, visitor):
        person.require_calm()
    product.require_quiet()

    asked = product.command("certificate", "verify", paper, "--url", product.url)
    assert "Its server says that it stands." in asked.stdout, asked.stderr
    # From here on there is no server to ask.
    product.stop()
    for file in (paper, data):
        said = verified(product, file, keys)
        assert said.returncode == 0, said.stderr
        assert NAME in said.stdout
    refused = verified(product, forged(data, tmp_path / "forged.json"), keys)
    assert refused.returncode == 1
    assert "Nothing is confirmed" in refused.stderr
