"""what makes boards fast"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BOARD_ORDER = ["key", "submitted_at", "submission_id"]


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_entry_board_university",
            ["phase_id", "board", "ranked", "university_id", *BOARD_ORDER],
            unique=False,
        )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_state_scored_at", ["state", "scored_at", "id"], unique=False
        )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_challenge_id")
        batch_op.drop_index("ix_event_kind")
        batch_op.create_index("ix_event_challenge_id_id", ["challenge_id", "id"], unique=False)
        batch_op.create_index("ix_event_kind_id", ["kind", "id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_kind_id")
        batch_op.drop_index("ix_event_challenge_id_id")
        batch_op.create_index("ix_event_kind", ["kind"], unique=False)
        batch_op.create_index("ix_event_challenge_id", ["challenge_id"], unique=False)
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_state_scored_at")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_board_university")
