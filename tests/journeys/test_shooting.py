"""What the photographer follows: pages, and nothing that a browser would save."""

import pytest

from tests.journeys.shooting import NOT_PAGES


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "zip", "pdf", "atom"])
def test_what_a_browser_saves_is_no_page(ending):
    assert NOT_PAGES.search(f"/standings.{ending}")
    assert not NOT_PAGES.search("/standings")
