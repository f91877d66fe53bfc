"""comparisons of two teams, the next place up, and the shake-up at a reveal"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString
BOARD = sa.Enum("public", "private", "frozen", name="board", native_enum=False, length=32)
WAITING = sa.text("state IN ('queued', 'comparing')")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "shake_up",
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("board_version", TEXT(length=200), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_shake_up_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_shake_up_phase_id"), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint("phase_id", name=op.f("pk_shake_up")),
    )
    op.create_table(
        "team_move",
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("public_rank", sa.Integer(), nullable=False),
        sa.Column("private_rank", sa.Integer(), nullable=False),
        sa.Column("within", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_team_move_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_team_move_phase_id"), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_move_team_id")),
        sa.PrimaryKeyConstraint("phase_id", "team_id", name=op.f("pk_team_move")),
    )
    op.create_index(
        "ix_team_move_private_rank",
        "team_move",
        ["phase_id", "private_rank", "team_id"],
        unique=False,
    )
    op.create_index(op.f("ix_team_move_team_id"), "team_move", ["team_id"], unique=False)
    op.create_table(
        "comparison",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("board", BOARD, nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("first_team_id", sa.Integer(), nullable=False),
        sa.Column("second_team_id", sa.Integer(), nullable=False),
        sa.Column("first_submission_id", sa.Integer(), nullable=False),
        sa.Column("second_submission_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "comparing",
                "compared",
                "failed",
                name="comparisonstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("compared_at", MOMENT, nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_holder", TEXT(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_comparison_evaluation_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_submission_id"],
            ["submission.id"],
            name=op.f("fk_comparison_first_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["first_team_id"], ["team.id"], name=op.f("fk_comparison_first_team_id")
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_comparison_phase_id"), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ["second_submission_id"],
            ["submission.id"],
            name=op.f("fk_comparison_second_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["second_team_id"], ["team.id"], name=op.f("fk_comparison_second_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
        sa.UniqueConstraint(
            "first_submission_id",
            "second_submission_id",
            "evaluation_id",
            "board",
            name="uq_comparison_submissions",
        ),
    )
    op.create_index(
        op.f("ix_comparison_second_submission_id"),
        "comparison",
        ["second_submission_id"],
        unique=False,
    )
    op.create_index(
        "ix_comparison_teams",
        "comparison",
        ["first_team_id", "second_team_id", "phase_id", "board", "id"],
        unique=False,
    )
    op.create_index(
        "ix_comparison_waiting",
        "comparison",
        ["state", "lease_until"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "next_place",
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("board", BOARD, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("difference", sa.Float(), nullable=False),
        sa.Column("detectable", sa.Float(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_next_place_phase_id"), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_next_place_submission_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_next_place_team_id")),
        sa.PrimaryKeyConstraint("phase_id", "board", "team_id", name=op.f("pk_next_place")),
    )
    op.create_index(op.f("ix_next_place_team_id"), "next_place", ["team_id"], unique=False)
    op.add_column("entry", sa.Column("rank_group", sa.Integer(), nullable=True))
    # Boards of before are looked at once more: how far the next place is comes with the ranges.
    op.execute("UPDATE entry SET ranges_at = NULL")


def downgrade() -> None:
    """Go back."""
    op.drop_column("entry", "rank_group")
    for table in ("shake_up", "comparison", "team_move", "next_place"):
        op.drop_table(table)
