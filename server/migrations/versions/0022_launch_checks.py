"""launch checks"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TEXTS = {"licence": sa.String(200), "citation": sa.Text(), "privacy_contact": sa.String(200), "privacy": sa.Text()}


def upgrade() -> None:
    """Go forward. What the data may be used for, and what they say of people."""
    for name, kind in TEXTS.items():
        op.add_column("challenge", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("challenge", sa.Column("personal_data", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Go back."""
    for name in ("personal_data", *TEXTS):
        op.drop_column("challenge", name)
