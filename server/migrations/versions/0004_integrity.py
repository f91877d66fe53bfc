"""reports on integrity"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "integrity_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "running", "done", "failed",
                name="reportstate", native_enum=False, length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("as_of", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("made_at", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("lease_until", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "lease_holder", sqlmodel.sql.sqltypes.AutoString(length=128), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_integrity_report_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_integrity_report_challenge_id")
        ),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["phase.id"], name=op.f("fk_integrity_report_phase_id"), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_report")),
    )
    with op.batch_alter_table("integrity_report", schema=None) as batch_op:
        batch_op.create_index(
            "ix_integrity_report_challenge_id_id", ["challenge_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_integrity_report_phase_id"), ["phase_id"], unique=False
        )
        batch_op.create_index(
            "uq_integrity_report_waiting",
            ["phase_id"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("integrity_report")
