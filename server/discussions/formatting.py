"""Markdown of participants: lists, emphasis, links and code; no headings, no pictures."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from server.shared.markdown import bound_addresses

_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
    ["image", "heading", "lheading", "html_block", "html_inline"]
)
_TAGS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}


@lru_cache(maxsize=512)
def render_words(text: str) -> Markup:
    """Return sanitised HTML of what somebody wrote in a discussion."""
    tokens = _PARSER.parse(text)
    bound_addresses(tokens, len(text))
    return Markup(  # noqa: S704 - cleaned by nh3 in this very expression
        nh3.clean(
            _PARSER.renderer.render(tokens, _PARSER.options, {}),
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener nofollow ugc",
        )
    )
