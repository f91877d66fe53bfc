"""Reads of a challenge's tabs of Markdown."""

from sqlmodel import Session

from server.challenges.models import Challenge, Participation
from server.challenges.queries import page_heads, page_of_challenge, rules_digest
from server.challenges.views import TabPage, tab_slugs
from server.shared.errors import N_, NotFound


def tab_page(session: Session, challenge: Challenge, tab: str | None) -> TabPage:
    """Return a tab of a challenge's own with its Markdown; None is the first. Raises NotFound."""
    assert challenge.id is not None
    heads = page_heads(session, challenge.id)
    slugs = tab_slugs(heads)
    slug = slugs[0] if tab is None else tab
    if slug not in slugs:
        raise NotFound(N_("This challenge has no page %(name)s."), name=slug)
    page = page_of_challenge(session, challenge.id, slug)
    return TabPage(
        slug, slug == slugs[0], page.title if page else "", page.markdown if page else ""
    )


def accepted_rules(session: Session, joined: Participation | None) -> bool:
    """Whether somebody who joined accepted the rules as they are now."""
    return joined is not None and joined.rules_sha256 == rules_digest(session, joined.challenge_id)
