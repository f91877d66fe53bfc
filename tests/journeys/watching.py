"""A browser that notices what no person would report: errors, violations, things cut off."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from tests.journeys.looking import TOO_WIDE, faults_of

DEFAULT = "/usr/bin/chromium"
MISSING = (
    "The journeys need Chromium, and there is none at {path}. Install it with "
    "`apt-get install chromium`, or set VARSITY_CHROMIUM to where it is."
)
# Without these a browser on a closed network spends its time on looking up its maker's hosts.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What the policy refuses is also said in the console, but not in every version of the browser.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
});
"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const seen = getComputedStyle(e);
  const ring = seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) > 0;
  const box = e.getBoundingClientRect();
  return {
    what: `${e.tagName.toLowerCase()} ${e.name || e.textContent.trim().slice(0, 40)}`,
    visible: (ring || seen.boxShadow !== "none") && box.width > 0 && box.height > 0,
  };
}"""


def chromium() -> str:
    """Return the browser's path; the test fails with what to install where there is none."""
    path = os.environ.get("VARSITY_CHROMIUM", DEFAULT)
    if not (Path(path).is_file() and os.access(path, os.X_OK)) and shutil.which(path) is None:
        pytest.fail(MISSING.format(path=path), pytrace=False)
    return path


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """Yield a headless Chromium."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


# What axe-core has seen already: pages of one kind are looked at once in a run.
_seen: set[str] = set()
NAME = re.compile(r"/[^/]*\d[^/]*")


class Watched:
    """A person's browser: one context, one page, and whatever went wrong in it."""

    def __init__(self, browser: Browser, url: str, *, script: bool = True) -> None:
        self.url = url
        self.script = script
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=script,
            viewport={"width": 1280, "height": 900},
            accept_downloads=True,
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        self.context.set_default_timeout(20_000)
        if script:
            self.context.add_init_script(TELL_VIOLATIONS)
        self.troubles: list[str] = []
        self.loads = 0
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._trouble(f"script: {error}"))
        self.page.on("requestfailed", lambda r: self._trouble(f"not loaded: {r.url} {r.failure}"))
        self.page.on("request", lambda r: self._asked(r.url))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("load", lambda _page: self._loaded())

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._trouble(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self._trouble(f"another host: {url}")

    def _trouble(self, what: str) -> None:
        # A download is a navigation that the browser gives up.
        if "net::ERR_ABORTED" not in what:
            self.troubles.append(f"{self.page.url}: {what}")

    def _loaded(self) -> None:
        self.loads += 1

    def go(self, path: str) -> Page:
        """Open a path of the product and return the page."""
        answer = self.page.goto(self.url + path if path.startswith("/") else path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.look()
        return self.page

    def look(self) -> None:
        """Let axe-core look at the page that is open, light and dark, once for each kind."""
        kind = NAME.sub("/#", urlsplit(self.page.url).path)
        if self.script and kind not in _seen:
            _seen.add(kind)
            self.troubles += [f"{kind}: {fault}" for fault in faults_of(self.page)]

    def main_text(self) -> str:
        """Return the text of the page's main part, spaces joined."""
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def require_calm(self) -> None:
        """Fail if anything went wrong so far in any page."""
        assert not self.troubles, "\n".join(self.troubles)

    def require_fits(self, paths: list[str], *, width: int = 390) -> None:
        """Fail where a page is wider than a telephone."""
        self.page.set_viewport_size({"width": width, "height": 844})
        wide = {}
        for path in paths:
            self.go(path)
            if parts := self.page.evaluate(TOO_WIDE):
                wide[path] = parts
        self.page.set_viewport_size({"width": 1280, "height": 900})
        assert not wide, wide

    def require_visible_focus(self, path: str, *, steps: int = 25) -> None:
        """Fail where the keyboard lands on something that does not show it."""
        self.go(path)
        hidden, seen = [], 0
        for _step in range(steps):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUSED)
            if found is None:
                continue
            seen += 1
            if not found["visible"]:
                hidden.append(found["what"])
        assert seen > 3, f"{path}: the keyboard reaches nothing"
        assert not hidden, f"{path}: {hidden}"
