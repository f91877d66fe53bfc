"""Every page of a running demo, looked at and photographed, as each kind of person.

    python -m tests.journeys.shooting --url http://127.0.0.1:8000 [--out screenshots] [--only TEXT]

Follows the links from the home page and opens one address of each kind. For each it takes a
picture in both sizes, both modes and both languages, lets axe-core look, and measures its weight,
its first byte and how much its layout shifts. The list of what was found is printed, and kept in
OUT/found.md; it ends with 1 if anything was. A full demo has about a hundred kinds of pages:
some ten minutes. For a quick look: `--views en-1280-light zh-390-dark --no-axe`.
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
    "judge": "judge@varsity.example",
    "administrator": "admin@varsity.example",
}
WIDTHS = (1280, 390)
MODES = ("light", "dark")
LANGUAGES = ("en", "zh")
VIEWS = [f"{language}-{w}-{mode}" for language in LANGUAGES for w in WIDTHS for mode in MODES]
# Where two addresses are of one kind: the name after these is any name.
NAMED = re.compile(
    r"^/(challenges|universities|organise|people|certificates|seasons|standards|admin/accounts"
    r"|admin/universities|admin/seasons|teams/join|evaluations|api/docs)"
    r"/(?!new\b|drafts\b|trials\b|standards\b)[^/]+"
)
PHASE = re.compile(r"/phases/(?!new\b)[^/]+")
# A draft's texts and a challenge's data files: each page shows one of many alike.
ONE_OF_MANY = re.compile(r"(/drafts/\d+/pages|/challenges/[^/]+/preview)/.+")
# What these show depends on what is asked for after the question mark.
ASKED = re.compile(r"/compare$|^/standings$")
NUMBER = re.compile(r"/\d+")
NOT_PAGES = re.compile(
    r"^/(static|api/v1|bootstrap|\.well-known|metrics)|\.(csv|json|zip|pdf|atom|png|jpg|svg|py|toml|"
    r"parquet|gz|xlsx)$|/files/|/download|/embed|/sign-out|/file$|/language/|/state$"
)
MOST_PAGES = 160
HEAVIEST = 100_000
SLOWEST_MS = 50
# How often a page is measured anew: what else the machine does is no property of the page.
AGAIN = 2
# What the browser's vendors call a good value is 0.1; the product promises none.
SHIFT = 0.001


@dataclass
class Album:
    """What was taken and found so far."""

    out: Path
    only: str = ""
    views: list[str] = field(default_factory=lambda: list(VIEWS))
    axe: bool = True
    seen: dict[str, set[str]] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, Looked]] = field(default_factory=list)


def kind_of(path: str) -> str:
    """Return what pages of one kind have in common: names and numbers are left out."""
    path, _, asked = path.partition("?")
    path = ONE_OF_MANY.sub(r"\1/*", path)
    named = NAMED.sub(lambda m: f"/{m[1]}/*", path)
    kind = NUMBER.sub("/#", PHASE.sub("/phases/*", named))
    return f"{kind}?" if asked else kind


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
            if f"{parts.scheme}://{parts.netloc}" != url or NOT_PAGES.search(parts.path):
                continue
            asked = parts.query if ASKED.search(parts.path) else ""
            link = f"{parts.path}?{asked}" if asked else parts.path
            if (kind := kind_of(link)) not in kinds:
                kinds.add(kind)
                waiting.append(link)


def shoot(
    contexts: dict[tuple[int, str], Page], url: str, path: str, stem: Path, views: list[str]
) -> list[str]:
    """Take the pictures of a page; return where it is too wide."""
    wide = []
    for (width, language), page in contexts.items():
        modes = [mode for mode in MODES if f"{language}-{width}-{mode}" in views]
        if modes:
            page.goto(url + path)
        for mode in modes:
            page.emulate_media(color_scheme=mode, reduced_motion="reduce")  # type: ignore[arg-type]
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
    for fault in looked.faults:
        print(f"{who:14} {path}: {fault}", flush=True)
    if looked.page_bytes > HEAVIEST:
        album.found.append(f"{who} {path}: weighs {looked.page_bytes:,} bytes")
    if looked.shifted > SHIFT:
        album.found.append(f"{who} {path}: the layout shifts by {looked.shifted:.4f}")
    if looked.first_byte > SLOWEST_MS:
        album.found.append(f"{who} {path}: the first byte took {looked.first_byte:.0f} ms")


def photograph(browser: Browser, url: str, album: Album, who: str) -> None:
    """Look at all that one person is led to; what another saw before alike is passed over."""
    made = list(contexts_of(browser, url, PEOPLE[who]))
    pages = {(width, language): context.new_page() for context, width, language in made}
    walker = made[0][0].new_page()
    folder = album.out / who
    folder.mkdir(parents=True, exist_ok=True)
    for path in crawl(walker, url, album, who):
        if album.only not in path or _seen_before(album, who, path):
            continue
        # What a page's first reader waits for is made once: the second is measured.
        walker.reload()
        looked = look(walker, axe=album.axe)
        for _once_more in range(AGAIN):
            walker.reload()
            again = look(walker, axe=False)
            looked.first_byte = min(looked.first_byte, again.first_byte)
            looked.shifted = min(looked.shifted, again.shifted)
        album.rows.append((who, path, looked))
        judge(album, who, path, looked)
        stem = folder / (re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home")
        album.found += shoot(pages, url, path, stem, album.views)
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
    parser.add_argument("--who", nargs="*", default=list(PEOPLE), choices=list(PEOPLE))
    parser.add_argument("--views", nargs="*", default=VIEWS, choices=VIEWS)
    parser.add_argument("--no-axe", action="store_true", help="pictures and scales only")
    wanted = parser.parse_args()
    album = Album(wanted.out, wanted.only, wanted.views, not wanted.no_axe)
    with sync_playwright() as playwright, launched(playwright) as browser:
        for who in wanted.who:
            photograph(browser, wanted.url, album, who)
            write(album)
    print("\n".join(album.found) or "nothing was found")
    sys.exit(1 if album.found else 0)


if __name__ == "__main__":
    main()
