"""traces said: why a submission could not be scored, as a sentence of the catalogues"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("submission", sa.Column("trace_said", sa.JSON(), nullable=True))
    op.add_column("rescore", sa.Column("trace_said", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("rescore", "trace_said")
    op.drop_column("submission", "trace_said")
