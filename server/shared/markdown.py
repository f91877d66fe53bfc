"""Markdown of organisers, made safe."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin
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


def _table_cell(token: Token) -> None:
    """Turn markdown-it's inline style of a cell, which the CSP forbids, into a class."""
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrSet("class", f"text-{style.removeprefix('text-align:')}")


def _make() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable(["table", "strikethrough"])
    parser.use(anchors_plugin, max_level=3).use(footnote_plugin)
    return parser


_PARSER = _make()


def _place_images(token: Token, images: str) -> None:
    """Turn the sources images/NAME into addresses under a prefix."""
    for child in token.children or ():
        source = str(child.attrs.get("src", ""))
        if child.type == "image" and source.startswith(IMAGES):
            child.attrSet("src", images + source.removeprefix(IMAGES))


def render_markdown(text: str, images: str = "") -> Markup:
    """Return sanitised HTML: no raw HTML of the author's, no script, no style.

    `images`: the address under which the pictures images/NAME are found.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
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
