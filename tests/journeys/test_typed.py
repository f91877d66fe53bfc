"""What was typed outlives an answer that is none to it: a session that ended, a form grown old."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.product import PASSWORD, Product
from tests.journeys.steps import sign_in
from tests.journeys.watching import Watched

LENA, WEI = "lena@tum.example", "wei@tum.example"
PROFILE = "/settings/profile"
TYPED = "I wrote this for an hour.\nAnd this.\n"
AGAIN = "What you had typed is here again"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="module", autouse=True)
def people(product: Product) -> None:
    for address in (LENA, WEI):
        product.here("account", "create", address, "--name", address, "--password", PASSWORD)


def send_what_was_typed(person: Watched) -> Page:
    page = person.page
    page.fill("[name=bio]", TYPED)
    page.select_option("[name=seen_by]", index=1)
    page.get_by_role("button", name="Save my page").click()
    return page


def sign_in_there(page: Page, address: str) -> None:
    page.fill("input[name=email]", address)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def test_who_was_signed_out_meanwhile_finds_it_after_signing_in(visit: Open):
    person = visit()
    sign_in(person, LENA)
    before = person.go(PROFILE).locator("[name=seen_by]").input_value()
    person.context.clear_cookies()
    page = send_what_was_typed(person)
    expect(page).to_have_url(f"{person.url}/sign-in?next={PROFILE}")
    sign_in_there(page, LENA)
    expect(page.locator("main [role=status]")).to_contain_text(AGAIN)
    assert page.locator("[name=bio]").input_value() == TYPED
    assert page.locator("[name=seen_by]").input_value() != before
    page.get_by_role("button", name="Save my page").click()
    expect(page.locator(".flash")).to_be_visible()
    person.go(PROFILE)
    expect(page.locator("main")).not_to_contain_text(AGAIN)
    assert page.locator("[name=bio]").input_value().split() == TYPED.split()


def test_somebody_else_who_signs_in_there_finds_nothing(visit: Open):
    person = visit()
    sign_in(person, LENA)
    person.go(PROFILE)
    person.page.fill("[name=bio]", "not for others")
    person.context.clear_cookies()
    page = send_what_was_typed(person)
    sign_in_there(page, WEI)
    expect(page.get_by_role("button", name="Save my page")).to_be_visible()
    assert page.locator("[name=bio]").input_value() == ""
    assert page.evaluate("sessionStorage.length") == 0


def test_a_form_that_grew_old_comes_back_as_it_was_filled_in(visit: Open):
    person = visit()
    sign_in(person, WEI)
    person.go(PROFILE)
    other = person.context.new_page()
    other.goto(f"{person.url}{PROFILE}")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.goto(f"{person.url}/sign-in")
    sign_in_there(other, WEI)
    expect(other.locator(".menu")).to_be_visible()
    page = send_what_was_typed(person)
    page.get_by_role("link", name="Back to where you were").click()
    expect(page.locator("main [role=status]")).to_contain_text(AGAIN)
    assert page.locator("[name=bio]").input_value() == TYPED
    page.get_by_role("button", name="Save my page").click()
    expect(page.locator(".flash")).to_be_visible()
