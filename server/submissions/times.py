"""A phase's times as the rules of submissions read them."""

from datetime import timedelta

from server.challenges.models import Challenge, Phase
from server.submissions.rules import PhaseTimes


def times_of(challenge: Challenge, phase: Phase) -> PhaseTimes:
    """Return when files count in a phase, and until when late ones are taken for a grade."""
    days = challenge.late_days
    return PhaseTimes(
        phase.slug,
        phase.starts,
        phase.ends,
        phase.revealed_at is not None,
        phase.ends + timedelta(days=days) if days else None,
    )
