"""notes that a team keeps beside its submissions"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "submission_note",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("text", TEXT(length=4000), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_submission_note_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_note_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_note")),
    )
    op.create_index(
        op.f("ix_submission_note_account_id"), "submission_note", ["account_id"], unique=False
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("submission_note")
