"""what is in the files that participants download"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString
STATE = sa.Enum(
    "queued", "looking", "looked", "failed", name="lookstate", native_enum=False, length=32
)
WAITING = sa.text("state IN ('queued', 'looking')")


def upgrade() -> None:
    """Go forward. The next worker that starts looks at every file."""
    op.create_table(
        "file_preview",
        sa.Column("sha256", TEXT(length=64), nullable=False),
        sa.Column("name", TEXT(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_holder", TEXT(length=128), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_preview")),
    )
    op.create_index(
        "ix_file_preview_waiting",
        "file_preview",
        ["state", "lease_until"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("file_preview")
