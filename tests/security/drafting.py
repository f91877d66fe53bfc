"""A draft of the organiser's and a trial, with a script wherever somebody can type."""

from sqlmodel import Session, col, select

from server.drafts.actions import GivenFile, begin_draft
from server.drafts.models import DraftFile
from server.drafts.rules import FileKind
from server.trials.models import Trial
from tests.cast import NOON
from tests.security.marks import SCRIPT
from tests.security.world import World


def add_drafts(session: Session, world: World) -> None:
    """Olga writes a draft and tried a metric."""
    olga = world.cast.people["olga"].id or 0
    phase = {
        "slug": "a",
        "title": f"A {SCRIPT}",
        "starts": "2026-12-01T00:00:00Z",
        "ends": "2026-12-31T00:00:00Z",
    }
    draft = begin_draft(
        session,
        owner_id=olga,
        slug="drafted",
        definition={
            "title": f"Drafted {SCRIPT}",
            "summary": SCRIPT,
            "phases": [phase],
            "scoring": {"scorer": "accuracy", "unit_column": SCRIPT},
            "submission": {"sample": "data/sample.csv"},
        },
        pages={"overview": f"# Hello\n\n{SCRIPT}", "rules": SCRIPT},
        files=[
            GivenFile(FileKind.DATA, f"sample {SCRIPT}.csv", "0" * 64, 5, description=SCRIPT),
            GivenFile(FileKind.SOLUTION, f"answers {SCRIPT}.csv", "1" * 64, 5, phase="a"),
            GivenFile(FileKind.BASELINE, "b.csv", "2" * 64, 5, phase="a", title=SCRIPT),
        ],
        now=NOON,
    )
    world.ids["draft"] = draft.id or 0
    file = session.exec(select(DraftFile).order_by(col(DraftFile.id))).first()
    assert file is not None
    world.ids["file of the draft"] = file.id or 0
    trial = Trial(
        account_id=olga,
        scorer="accuracy",
        id_columns=["id"],
        truth=f"id,a\n1,{SCRIPT}\n".encode(),
        prediction=f"id,a\n1,{SCRIPT}\n".encode(),
        asked_at=NOON,
    )
    session.add(trial)
    session.flush()
    world.ids["trial"] = trial.id or 0
