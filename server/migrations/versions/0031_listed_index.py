"""listed index: a university's page asks at each request whose names stand on it"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
LISTED = sa.text("listed_at IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_account_listed",
        "account",
        ["university_id", "listed_at"],
        sqlite_where=LISTED,
        postgresql_where=LISTED,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_account_listed", table_name="account")
