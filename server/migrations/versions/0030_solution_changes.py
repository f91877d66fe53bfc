"""solution changes: how the solution of an evaluation differs from the one that was live"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("evaluation", sa.Column("solution_changes", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("evaluation", "solution_changes")
