"""what organisers decide while a challenge runs"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)


def of_phase() -> list[sa.Column]:
    """Return the new columns of a phase."""
    return [
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("paused_by", sa.Integer(), nullable=True),
        sa.Column(
            "paused_words",
            sqlmodel.sql.sqltypes.AutoString(length=500),
            nullable=False,
            server_default="",
        ),
        sa.Column("frozen_at", MOMENT, nullable=True),
        sa.Column("extended_from", MOMENT, nullable=True),
    ]


def upgrade() -> None:
    """Go forward. Columns are added in place: no table that others refer to is made anew."""
    for column in of_phase():
        op.add_column("phase", column)
    shown = sa.Column("disqualified_shown", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("team", shown)
    op.create_table(
        "extra_submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("day", MOMENT, nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["phase.id"], name=op.f("fk_extra_submissions_phase_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_extra_submissions_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_submissions")),
    )
    op.create_index(
        "ix_extra_submissions_team_id_phase_id", "extra_submissions", ["team_id", "phase_id"]
    )


def downgrade() -> None:
    """Go back. A board that was frozen is shown as it stands."""
    op.execute("DELETE FROM entry WHERE board = 'frozen'")
    op.drop_index("ix_extra_submissions_team_id_phase_id", table_name="extra_submissions")
    op.drop_table("extra_submissions")
    op.drop_column("team", "disqualified_shown")
    for column in reversed(of_phase()):
        op.drop_column("phase", column.name)
