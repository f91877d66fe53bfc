"""Markdown of organisers, made safe."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin

_ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"align"},
    "th": {"align", "scope"},
    "ol": {"start"},
}


# What a picture of a challenge is called in its pages.
IMAGES = "images/"
# A heading of these levels can be linked to.
_LINKED = ("h1", "h2", "h3")
# So much of a paragraph is read for emphasis and links: that takes time by its square.
_LONGEST_PARAGRAPH = 20_000
# So much a few letters may become: one address used by many links, one row that others follow.
_MOST_ADDRESSES, _MOST_EMPTY_CELLS = 100_000, 1_000


def _table_cell(token: Token) -> None:
    """Turn markdown-it's inline style of a cell, which the CSP forbids, into a class."""
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrSet("class", f"text-{style.removeprefix('text-align:')}")


def _leave_long_as_text(state: StateCore) -> None:
    """Show what is too long to be read as it was typed: nobody writes such a paragraph."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > _LONGEST_PARAGRAPH:
            token.type, token.tag = "text", ""


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give headings ids by their words, of equal ones the second -1; the plugin for that takes
    time by the square of their number.
    """
    used, following = set[str](), dict[str, int]()
    for heading, inline in pairwise(tokens):
        if heading.type != "heading_open" or heading.tag not in _LINKED:
            continue
        parts = (c.content for c in inline.children or () if c.type in ("text", "code_inline"))
        slug = re.sub(r"[^\w\u4e00-\u9fff\- ]", "", "".join(parts).lower().replace(" ", "-"))
        name, number = slug, following.get(slug, 1)
        while name in used:
            name, number = f"{slug}-{number}", number + 1
        following[slug] = number
        used.add(name)
        heading.attrSet("id", name)


def _bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, until all of a text have too many cells that nobody wrote: the rest is text.

    Each row gets as many cells as the first one has, so that a line of one letter becomes hundreds.
    """
    before, at = len(state.tokens), state.line
    if state.env.get("cells", 0) > _MOST_EMPTY_CELLS or not table(state, start, end, silent):
        return False
    made = state.tokens[before:]
    empty = sum(not token.content for token in made if token.type == "inline")
    state.env["cells"] = state.env.get("cells", 0) + empty
    if state.env["cells"] <= _MOST_EMPTY_CELLS:
        return True
    del state.tokens[before:]
    state.line = at
    return False


def _make() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable(["table", "strikethrough"])
    parser.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    parser.use(footnote_plugin)
    parser.core.ruler.before("inline", "long_paragraphs", _leave_long_as_text)
    return parser


_PARSER = _make()


def _place_images(token: Token, images: str) -> None:
    """Turn the sources images/NAME into addresses under a prefix."""
    for child in token.children or ():
        source = str(child.attrs.get("src", ""))
        if child.type == "image" and source.startswith(IMAGES):
            child.attrSet("src", images + source.removeprefix(IMAGES))


def bound_addresses(tokens: Sequence[Token], length: int) -> None:
    """Take the address off links and pictures once those before are longer than a text of a length.

    A definition stands in a text once and can be named by thousands of its links.
    """
    most = max(_MOST_ADDRESSES, length)
    inline = (token for token in tokens if token.type == "inline")
    for child in (child for token in inline for child in token.children or ()):
        if child.type in ("link_open", "image"):
            most -= sum(len(str(value)) for value in child.attrs.values())
            child.attrs = child.attrs if most >= 0 else {}


def _is_elsewhere(source: str) -> bool:
    return source.startswith("//") or "://" in source


def _sources(text: str) -> list[str]:
    """Return where the pictures of a text come from, each once."""
    inline = [token for token in _PARSER.parse(text) if token.type == "inline"]
    shown = [child for token in inline for child in token.children or () if child.type == "image"]
    return list(dict.fromkeys(str(child.attrs.get("src", "")) for child in shown))


def pictures_elsewhere(text: str) -> list[str]:
    """Return the addresses of pictures on other sites, each once: no browser loads them here."""
    return [source for source in _sources(text) if _is_elsewhere(source)]


def pictures_lacking(text: str, names: Collection[str]) -> list[str]:
    """Return the pictures images/NAME of a text, each once, whose name is none of these."""
    shown = [source for source in _sources(text) if source.startswith(IMAGES)]
    return [source for source in shown if source.removeprefix(IMAGES) not in names]


def _link_pictures_elsewhere(token: Token) -> None:
    """Put a link where a picture of another site stands: the page's policy lets none in."""
    shown, within = list[Token](), 0
    for child in token.children or ():
        within += child.nesting if child.type.startswith("link_") else 0
        source = str(child.attrs.get("src", ""))
        if child.type != "image" or not _is_elsewhere(source):
            shown.append(child)
            continue
        words = Token("text", "", 0, content=child.content or source)
        # A link can't stand in a link: there the words are enough.
        opened = Token("link_open", "a", 1, attrs={"href": source})
        shown += [words] if within else [opened, words, Token("link_close", "a", -1)]
    token.children = shown


def render_markdown(text: str, images: str = "") -> Markup:
    """Return sanitised HTML: no raw HTML of the author's, no script, no style.

    `images`: the address under which the pictures images/NAME are found.
    """
    tokens = _PARSER.parse(text)
    bound_addresses(tokens, len(text))
    _name_headings(tokens)
    for token in tokens:
        if token.type == "inline":
            _link_pictures_elsewhere(token)
        if token.type == "inline" and images:
            _place_images(token, images)
        if token.type in ("th_open", "td_open"):
            _table_cell(token)
        if token.type == "heading_open":
            # The page itself has the h1.
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if token.type == "heading_close":
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(  # noqa: S704 - cleaned by nh3 in this very expression
        nh3.clean(
            html,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener nofollow",
        )
    )
