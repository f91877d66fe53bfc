"""problems said: why a report or certificates could not be made, as a sentence of the catalogues"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("integrity_report", sa.Column("problem_said", sa.JSON(), nullable=True))
    op.add_column("certificate_job", sa.Column("problem_said", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("certificate_job", "problem_said")
    op.drop_column("integrity_report", "problem_said")
