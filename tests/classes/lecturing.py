"""What the tests of a class share: its page, its usual settings, and how it ends."""

from server.boards.schedules import reveal_due

URL = "/organise/digits/class"
LINEAR = {
    "rule": "linear",
    "bottom": "baseline: always zero",
    "lowest": "50",
    "top": "best",
    "highest": "100",
    "decimals": "1",
    "missing": "0",
    "late_cost": "10",
    "late_days": "2",
}


def finish(session, phase, clock):
    """Let the late days pass and the result be revealed."""
    clock.forward(days=12, seconds=2)
    session.rollback()
    assert reveal_due(session, now=clock()) == [phase.id]
    session.commit()
