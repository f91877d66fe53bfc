"""The pictures of the documentation, taken from a running demo.

    python -m tests.journeys.picturing --url http://127.0.0.1:8000 [--out docs/images] [--only TEXT]

Each is a page as its person sees it at 1,280 pixels, written as WebP of at most 120 kB. The check
before launch is made first, as an organiser would: a draft of the next edition of a challenge.
"""

import argparse
import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.looking import SETTLE
from tests.journeys.shooting import PEOPLE, sign_in
from tests.journeys.watching import launched

WIDTH = 1280
MOST_BYTES = 120_000
QUALITIES = (86, 78, 70, 60, 45)
CHECKED_MS = 180_000


@dataclass(frozen=True)
class Picture:
    """A page and what to show of it: `via` are links to follow, `to` an element to begin with."""

    name: str
    who: str
    path: str
    via: tuple[str, ...] = ()
    to: str = ""
    height: int = 900
    # A button to press where it is there still; what it asks for is shown "As of" a moment.
    press: str = ""
    language: str = "en"
    mode: str = "light"


# The challenge whose next edition is drafted for the pictures.
EDITED = "Handwritten digits"
DRAFT = (r"/organise/drafts/\d+$",)
PICTURES = (
    Picture("board", "visitor", "/challenges/digits/leaderboard?phase=a", height=1240),
    Picture("home", "student", "/", height=860),
    Picture("home-zh", "visitor", "/", language="zh", height=860),
    Picture(
        "compare",
        "student",
        "/challenges/digits/leaderboard?phase=a",
        (r"/compare\?",),
        press="Compare them",
        to=".content .page-head",
    ),
    Picture(
        "submissions",
        "student",
        "/challenges/digits/submissions",
        to=".content .page-head",
        height=456,
    ),
    Picture("data-preview", "student", "/challenges/digits/data", to="#tables"),
    Picture("certificate", "student", "/certificates", (r"/certificates/[\w-]{16,}$",), height=960),
    Picture("university", "visitor", "/universities/tum", height=960),
    Picture("standings", "visitor", "/universities", height=960),
    Picture("manager", "manager", "/universities/tum/manage/teams", height=760),
    Picture("console", "organiser", "/organise/digits", height=1080),
    Picture("draft", "organiser", "/organise/drafts", (*DRAFT, r"/phases$"), height=960),
    Picture("metric", "organiser", "/organise/drafts", (*DRAFT, r"/metric$"), height=960),
    Picture("check", "organiser", "/organise/drafts", (*DRAFT, r"/check$"), height=1200),
    Picture("gradebook", "organiser", "/organise/wine-course/class", height=960),
)


def prepare(page: Page, url: str) -> None:
    """Make a draft of the next edition of a challenge where there is none yet, and check it."""
    page.goto(f"{url}/organise/drafts")
    if not page.locator("main a", has_text=EDITED).count():
        page.goto(f"{url}/organise/digits/archive")
        page.get_by_role("button", name="Make the draft").click()
        page.wait_for_url(re.compile("/organise/drafts/"))
    page.goto(f"{url}/organise/drafts")
    follow(page, (*DRAFT, r"/check$"))
    page.locator("form[action$='/check'] button").click()
    page.locator(".draft-lines").first.wait_for(timeout=CHECKED_MS)


def follow(page: Page, via: tuple[str, ...]) -> None:
    """Go on by the first link of the page's main part whose address has each pattern in it.

    Raises LookupError where there is none.
    """
    for pattern in via:
        links = page.eval_on_selector_all("main a[href]", "all => all.map((a) => a.href)")
        link = next((link for link in links if re.search(pattern, link)), None)
        if link is None:
            raise LookupError(f"no link with {pattern} on {page.url}")
        page.goto(link)


def take(page: Page, url: str, picture: Picture) -> bytes:
    """Return a picture as PNG."""
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.emulate_media(color_scheme=picture.mode)  # type: ignore[arg-type]
    page.goto(url + picture.path)
    follow(page, picture.via)
    button = page.get_by_role("button", name=picture.press) if picture.press else None
    if button and button.count():
        button.click()
        page.locator(".table-note", has_text="As of").first.wait_for(timeout=CHECKED_MS)
    page.evaluate(SETTLE)
    # An answer may have led the page down to what was asked for.
    page.evaluate("() => window.scrollTo(0, 0)")
    top = 0.0
    if picture.to:
        box = page.locator(picture.to).first.bounding_box()
        top = max(0.0, box["y"] - 24) if box else 0.0
    else:
        banner = page.locator(".demo-banner").bounding_box()
        top = banner["height"] if banner else 0.0
    size = page.evaluate("() => document.documentElement.scrollHeight")
    clip = {"x": 0, "y": top, "width": WIDTH, "height": min(picture.height, size - top)}
    return page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]


def keep(png: bytes, path: Path) -> int:
    """Write a picture as WebP in the best quality that is light enough; return its bytes.

    Raises ValueError where none is.
    """
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in QUALITIES:
        made = io.BytesIO()
        image.save(made, "WEBP", quality=quality, method=6)
        if len(made.getvalue()) <= MOST_BYTES:
            path.write_bytes(made.getvalue())
            return len(made.getvalue())
    raise ValueError(f"{path} is heavier than {MOST_BYTES:,} bytes in any quality")


def opened(browser: Browser, url: str, who: str, language: str) -> Page:
    """Return a page of a browser in which somebody is signed in."""
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = browser.new_context(locale=locale, timezone_id="Europe/Berlin").new_page()
    if address := PEOPLE[who]:
        sign_in(page, url, address)
    return page


def main() -> None:
    """Take all pictures, or those whose name contains a text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", default="", help="only names that contain this")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    pictures = [picture for picture in PICTURES if wanted.only in picture.name]
    with sync_playwright() as playwright, launched(playwright) as browser:
        pages: dict[tuple[str, str], Page] = {}
        for picture in pictures:
            key = (picture.who, picture.language)
            if key not in pages:
                pages[key] = opened(browser, wanted.url, *key)
                if picture.who == "organiser":
                    prepare(pages[key], wanted.url)
            size = keep(take(pages[key], wanted.url, picture), wanted.out / f"{picture.name}.webp")
            print(f"{picture.name:14} {size / 1000:6.1f} kB", flush=True)


if __name__ == "__main__":
    main()
