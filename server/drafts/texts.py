"""The long texts of a draft and of its live challenge, by what a deployment calls them."""

from sqlmodel import Session

from server.challenges.models import Challenge
from server.challenges.queries import pages_of
from server.drafts.documents import section
from server.drafts.models import ChallengeDraft


def live_texts(session: Session, draft: ChallengeDraft) -> dict[str, str]:
    """Return the long texts of the live challenge."""
    challenge = session.get_one(Challenge, draft.challenge_id)
    pages = pages_of(session, challenge.id or 0)
    return {
        **{_page(page.slug): page.markdown for page in pages},
        "citation": challenge.citation,
        "privacy": challenge.privacy,
    }


def draft_texts(draft: ChallengeDraft) -> dict[str, str]:
    """Return the long texts of a draft."""
    return {
        **{_page(slug): text for slug, text in draft.pages.items()},
        "citation": str(draft.definition.get("citation", "")),
        "privacy": str(section(draft.definition, "privacy").get("statement", "")),
    }


def _page(slug: str) -> str:
    return f"page {slug} markdown"
