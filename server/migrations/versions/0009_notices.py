"""boards under evaluations that are not live, and what a rejection under one of them says"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)
WAITING = sa.text("state IN ('queued', 'scoring')")
TEXT = sqlmodel.sql.sqltypes.AutoString


def of_rescore() -> list[sa.Column]:
    """Return the new columns of a rescore."""
    return [
        sa.Column("faults", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("fault_count", sa.Integer(), nullable=False, server_default="0"),
    ]


def of_evaluation() -> list[sa.Column]:
    """Return the new columns of an evaluation; those of before were taken in already."""
    return [
        sa.Column("taken_in", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("to_tidy", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("compared_version", TEXT(length=200), nullable=True),
        sa.Column("compared_at", MOMENT, nullable=True),
    ]


def upgrade() -> None:
    """Go forward. Columns are added in place: no table that others refer to is made anew."""
    for column in of_rescore():
        op.add_column("rescore", column)
    for column in of_evaluation():
        op.add_column("evaluation", column)
    op.create_index(
        "ix_rescore_waiting",
        "rescore",
        ["evaluation_id", "submission_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.execute("UPDATE evaluation SET taken_in = false WHERE state = 'received'")
    op.create_table(
        "kept_entry",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("board", _board(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("method", TEXT(length=300), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("last_submitted_at", MOMENT, nullable=False),
        sa.Column("rank_best", sa.Integer(), nullable=True),
        sa.Column("rank_worst", sa.Integer(), nullable=True),
        sa.Column("first_share", sa.Float(), nullable=True),
        _refers("evaluation_id", "evaluation"),
        _refers("team_id", "team"),
        _refers("submission_id", "submission"),
        sa.PrimaryKeyConstraint("evaluation_id", "board", "position", name=op.f("pk_kept_entry")),
    )
    for column in ("team_id", "submission_id"):
        op.create_index(f"ix_kept_entry_{column}", "kept_entry", [column])


def _board() -> sa.Enum:
    return sa.Enum("public", "private", name="board", native_enum=False, length=32)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_kept_entry_{column}"))


def downgrade() -> None:
    """Go back."""
    op.drop_table("kept_entry")
    op.drop_index("ix_rescore_waiting", table_name="rescore")
    for column in reversed(of_evaluation()):
        op.drop_column("evaluation", column.name)
    for column in reversed(of_rescore()):
        op.drop_column("rescore", column.name)
