"""One served product for a file of journeys, and browsers that look at it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.predictions import right_but_for
from tests.journeys.product import Product
from tests.journeys.watching import Watched, chromium, launched

Open = Callable[..., Watched]
RIVAL = "Amina Otieno"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A served instance with one challenge, in which a rival of Nairobi leads already."""
    made = Product(tmp_path_factory.mktemp("product"))
    try:
        made.prepare()
        made.start()
        token = made.here(
            "account", "create", "amina@uonbi.example", "--name", RIVAL, "--university", "nairobi",
            "--token",
        ).strip()  # fmt: skip
        made.take_part_alone(token)
        assert made.submit(token, right_but_for(made.challenge, 12))["state"] == "scored"
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def visit(product: Product) -> Iterator[Open]:
    """Open a new person's browser at the product."""
    chromium()
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield lambda **more: Watched(browser, product.url, **more)
