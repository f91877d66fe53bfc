"""Every page of a running demo, looked at and photographed, as each kind of person.

    python -m tests.journeys.shooting --url http://127.0.0.1:8000 [--out screenshots] [--only TEXT]

Follows the links from the home page and opens one address of each kind. For each it takes a
picture in both sizes, both modes and both languages, lets axe-core look, and measures its weight,
its first byte and how much its layout shifts. The list of what was found is printed, and kept in
OUT/found.md; it ends with 1 if anything was. A full demo has about a hundred kinds of pages:
some ten minutes.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.looking import TOO_WIDE, WATCH_SHIFTS, Looked, look
from tests.journeys.watching import launched

PASSWORD = "demo-of-varsity"
PEOPLE = {
    "visitor": None,
    "student": "lukas.brandl@tum.example",
    "manager": "sabine.reuter@tum.example",
    "organiser": "organiser@varsity.example",
    "administrator": "admin@varsity.example",
}
WIDTHS = (1280, 390)
MODES = ("light", "dark")
LANGUAGES = ("en", "zh")
# Where two addresses are of one kind: the name after these is any name.
NAMED = re.compile(
    r"^/(challenges|universities|organise|people|certificates|seasons|standards|admin/accounts"
    r"|admin/universities|phases|evaluations)/(?!new\b|drafts\b|trials\b)[^/]+"
)
PHASE = re.compile(r"/phases/[^/]+")
NUMBER = re.compile(r"/\d+")
NOT_PAGES = re.compile(
    r"^/(static|api/v1|bootstrap|\.well-known|metrics)|\.(csv|json|zip|pdf|atom|png|jpg|svg|py|toml|"
    r"parquet|gz)$|/files/|/download|/embed|/sign-out|/file$"
)
MOST_PAGES = 160
HEAVIEST = 100_000
SLOWEST_MS = 50
# What the browser's vendors call a good value is 0.1; the product promises none.
SHIFT = 0.001


@dataclass
class Album:
    """What was taken and found so far."""

    out: Path
    seen: dict[str, set[str]] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, Looked]] = field(default_factory=list)


def kind_of(path: str) -> str:
    """Return what pages of one kind have in common: names and numbers are left out."""
    named = NAMED.sub(lambda m: f"/{m[1]}/*", path)
    return NUMBER.sub("/#", PHASE.sub("/phases/*", named))


def sign_in(page: Page, url: str, address: str) -> None:
    """Sign in through the page that people use."""
    page.goto(f"{url}/sign-in")
    page.fill("input[name=email]", address)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def crawl(page: Page, url: str, album: Album, who: str) -> Iterator[str]:
    """Yield one path of each kind that a person is led to; the page is open at it."""
    waiting, kinds = ["/"], {"/"}
    while waiting and len(kinds) <= MOST_PAGES:
        path = waiting.pop(0)
        answer = page.goto(url + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status >= 400:
            album.found.append(f"{who} {path}: answered {answer.status}")
            continue
        yield path
        for href in page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)"):
            parts = urlsplit(urljoin(url, href))
            link = parts.path
            if f"{parts.scheme}://{parts.netloc}" != url or NOT_PAGES.search(link):
                continue
            if (kind := kind_of(link)) not in kinds:
                kinds.add(kind)
                waiting.append(link)


def shoot(contexts: dict[tuple[int, str], Page], url: str, path: str, stem: Path) -> list[str]:
    """Take the pictures of a page; return where it is too wide."""
    wide = []
    for (width, language), page in contexts.items():
        page.goto(url + path)
        for mode in MODES:
            page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
            page.screenshot(path=f"{stem}-{language}-{width}-{mode}.png", full_page=True)
        if parts := page.evaluate(TOO_WIDE):
            wide.append(f"{path} at {width} in {language} is too wide: {parts}")
    return wide


def contexts_of(
    browser: Browser, url: str, address: str | None
) -> Iterator[tuple[BrowserContext, int, str]]:
    """Yield a browser's context for each size and language, signed in as somebody."""
    state = None
    for language in LANGUAGES:
        for width in WIDTHS:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                locale="zh-CN" if language == "zh" else "en-GB",
                storage_state=state,
            )
            context.add_init_script(WATCH_SHIFTS)
            if address and state is None:
                sign_in(context.new_page(), url, address)
                state = context.storage_state()
            yield context, width, language


def judge(album: Album, who: str, path: str, looked: Looked) -> None:
    """Note what a page breaks of what is promised."""
    album.found += [f"{who} {path}: {fault}" for fault in looked.faults]
    if looked.page_bytes > HEAVIEST:
        album.found.append(f"{who} {path}: weighs {looked.page_bytes:,} bytes")
    if looked.shifted > SHIFT:
        album.found.append(f"{who} {path}: the layout shifts by {looked.shifted:.4f}")
    if looked.first_byte > SLOWEST_MS:
        album.found.append(f"{who} {path}: the first byte took {looked.first_byte:.0f} ms")


def photograph(browser: Browser, url: str, album: Album, who: str, only: str) -> None:
    """Look at all that one person is led to; what another saw before alike is passed over."""
    made = list(contexts_of(browser, url, PEOPLE[who]))
    pages = {(width, language): context.new_page() for context, width, language in made}
    walker = made[0][0].new_page()
    folder = album.out / who
    folder.mkdir(parents=True, exist_ok=True)
    for path in crawl(walker, url, album, who):
        if only not in path or _seen_before(album, who, path):
            continue
        looked = look(walker)
        album.rows.append((who, path, looked))
        judge(album, who, path, looked)
        stem = folder / (re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home")
        album.found += shoot(pages, url, path, stem)
        print(f"{who:14} {path}", flush=True)
    for context, _, _ in made:
        context.close()


def _seen_before(album: Album, who: str, path: str) -> bool:
    """Public pages look alike to all but their header: they are taken as visitor and student."""
    kind = kind_of(path)
    people = album.seen.setdefault(kind, set())
    people.add(who)
    return who not in ("visitor", "student") and len(people) > 1


def write(album: Album) -> None:
    """Keep what was found beside the pictures."""
    lines = ["# What was found", "", *(f"- {fault}" for fault in album.found), "", "# Pages", ""]
    lines += [
        "| who | path | kB | with parts | first byte ms | shift |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {who} | {path} | {x.page_bytes / 1000:.1f} | {(x.page_bytes + x.part_bytes) / 1000:.1f}"
        f" | {x.first_byte:.0f} | {x.shifted:.4f} |"
        for who, path, x in album.rows
    ]
    (album.out / "found.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Look at everything, and end with 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--only", default="", help="only addresses that contain this")
    parser.add_argument("--who", nargs="*", default=list(PEOPLE))
    wanted = parser.parse_args()
    album = Album(wanted.out)
    with sync_playwright() as playwright, launched(playwright) as browser:
        for who in wanted.who:
            photograph(browser, wanted.url, album, who, wanted.only)
    write(album)
    print("\n".join(album.found) or "nothing was found")
    sys.exit(1 if album.found else 0)


if __name__ == "__main__":
    main()
