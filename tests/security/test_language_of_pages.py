"""Every page of the world in Chinese: what is left in English was written by people."""

import re
from html.parser import HTMLParser

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, Phase
from server.universities.models import University
from tests.security.addresses import addresses
from tests.security.marks import SCRIPT
from tests.security.world import World
from tests.test_catalogues import PROGRAM_TEXT, VOID

# What people wrote, names and Markdown, is shown in their words.
PEOPLES = {"bdi", "textarea", "option"}
# English can't do without these, and no name of the cast and no term of the trade has them.
SMALL = re.compile(r"\b(?:the|is|are|was|of|to|and|with|your|you|this|that|for|not|have|by|from)\b")
WORD = re.compile(r"[A-Za-z]{2,}")
# The API is described by its programs' docstrings, in the language of its field names.
PEOPLES_WORDS = (SCRIPT, f"of {SCRIPT}.csv", "device-of-somebody")
IN_ENGLISH = ("docs.api", "docs.topic")


class Sentences(HTMLParser):
    """Collects the texts of a page's main part that nobody but the program wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        foreign = tag in PROGRAM_TEXT | PEOPLES or "prose" in classes or "lang" in dict(attrs)
        if tag not in VOID and tag != "html":
            self.open.append((tag, foreign))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not any(foreign for _, foreign in self.open):
            self.found.append(" ".join(data.split()))


def english_in(page: str, peoples: re.Pattern[str]) -> list[str]:
    """Return the texts with three English words, one of them a small one."""
    reader = Sentences()
    reader.feed(page)
    texts = (peoples.sub("", text) for text in reader.found)
    return [t for t in texts if SMALL.search(t) and len(WORD.findall(t)) > 2]


def test_english_is_found_where_it_is_shown_and_nowhere_else():
    page = "<p>See the board</p><p>请看 the board</p><code>run the board</code><bdi>of the by</bdi>"
    page += "<p>The University of Munich</p>"
    assert english_in(page, re.compile("of Munich")) == ["See the board"]


def words_of_people(world: World) -> list[str]:
    """Return names, titles and summaries of the world: they are shown as they were written."""
    with world.database.reading() as session:
        universities = session.exec(select(University.name)).all()
        challenges = session.exec(select(Challenge.title, Challenge.summary)).all()
        phases = session.exec(select(Phase.title)).all()
    titles = [text for pair in challenges for text in pair]
    return sorted({*universities, *titles, *phases, *PEOPLES_WORDS} - {""}, key=len, reverse=True)


@pytest.mark.parametrize("role", ["member", "administrator"])
def test_a_page_in_chinese_has_no_english_sentence(world: World, role: str):
    browser, words = world.browser(role), words_of_people(world)
    peoples = re.compile("|".join(map(re.escape, words)))
    left, pages = {}, 0
    for address in addresses(world):
        if "GET" not in address.methods or address.is_api or address.endpoint in IN_ENGLISH:
            continue
        answer = browser.get(address.path, headers={"Accept-Language": "zh-CN"}, buffered=True)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            pages += 1
            if english := english_in(answer.text, peoples):
                left[address.path] = english
    assert pages > 30
    assert not left, "\n".join(f"{path}: {texts}" for path, texts in left.items())
