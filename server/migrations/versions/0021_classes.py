"""classes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)


def text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    """Return the type of a short text."""
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def of_challenge() -> list[sa.Column]:
    """Return the new columns of a challenge."""
    return [
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("late_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("grading", sa.JSON(), nullable=True),
    ]


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key with the name that ours have."""
    more = {"ondelete": "CASCADE"} if column == "book_id" else {}
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, **more)


def upgrade() -> None:
    """Go forward. Columns are added in place: no table that others refer to is made anew."""
    for column in of_challenge():
        op.add_column("challenge", column)
    op.create_table(
        "grade_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.JSON(), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        refers("grade_book", "challenge_id", "challenge"),
        refers("grade_book", "phase_id", "phase"),
        refers("grade_book", "evaluation_id", "evaluation"),
        refers("grade_book", "published_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_book")),
    )
    op.create_index("ix_grade_book_challenge_id", "grade_book", ["challenge_id"])
    op.create_index("ix_grade_book_phase_id", "grade_book", ["phase_id"])
    op.create_table(
        "published_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("grade", text(40), nullable=False),
        sa.Column("worst", text(40), nullable=True),
        sa.Column("best", text(40), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=False),
        refers("published_grade", "book_id", "grade_book"),
        refers("published_grade", "account_id", "account"),
        refers("published_grade", "team_id", "team"),
        refers("published_grade", "submission_id", "submission"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_grade")),
        sa.UniqueConstraint("book_id", "account_id", name=op.f("uq_published_grade_book_id_account_id")),
    )
    op.create_index("ix_published_grade_account_id", "published_grade", ["account_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("published_grade")
    op.drop_table("grade_book")
    for column in reversed(of_challenge()):
        op.drop_column("challenge", column.name)
