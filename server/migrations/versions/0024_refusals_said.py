"""refusals said: why a new evaluation's solution was refused, as a sentence of the catalogues"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("evaluation", sa.Column("problem_said", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("evaluation", "problem_said")
