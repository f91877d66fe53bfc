"""level previews: what a hand-out of a standard's levels would change, as the worker found it"""

import sqlalchemy as sa
from alembic import op

from server.shared.database import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "level_preview",
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_level_preview_standard_id")
        ),
        sa.PrimaryKeyConstraint("standard_id", name=op.f("pk_level_preview")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("level_preview")
