"""What people do on many pages, step by step: sign up, sign in, take part, send a file."""

from playwright.sync_api import Page, expect

from tests.journeys.product import PASSWORD, SLUG, Product
from tests.journeys.watching import Watched


def sign_up(person: Watched, product: Product, name: str, address: str) -> None:
    """Make an account, read the letter, and confirm."""
    page = person.go("/sign-up")
    page.fill("input[name=name]", name)
    page.fill("input[name=email]", address)
    page.fill("input[name=password]", PASSWORD)
    page.check("input[name=accepts]")
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("main")).to_contain_text(address)
    person.go(product.letter_link(address, about="confirm"))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.locator(".flash")).to_contain_text("Your address is confirmed")


def sign_in(person: Watched, address: str) -> None:
    """Sign in with the password of all who have an account from the command line."""
    page = person.go("/sign-in")
    page.fill("input[name=email]", address)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator(".menu")).to_be_visible()


def take_part(person: Watched, slug: str = SLUG) -> None:
    """Accept the rules, where the upload page asks for it."""
    page = person.go(f"/challenges/{slug}/submit")
    page.locator("main").get_by_role("button", name="Take part").click()
    expect(page.locator(".flash")).to_contain_text("You take part")


def choose(page: Page, name: str, text: str, note: str = "") -> None:
    """Choose a file on the page that takes one."""
    data = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("input[type=file]", data)
    if note:
        page.fill("[name=comment]", note)


def send(person: Watched, name: str, text: str, note: str = "", *, slug: str = SLUG) -> int:
    """Upload a file and return the submission's number, read off the address one lands at."""
    page = person.go(f"/challenges/{slug}/submit")
    choose(page, name, text, note)
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/submissions/*")
    return int(page.url.rpartition("/")[2])
