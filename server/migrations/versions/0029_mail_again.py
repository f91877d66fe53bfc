"""mail again: when a message that could not be sent is tried the next time"""

import sqlalchemy as sa
from alembic import op

from server.shared.database import UTCDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("outgoing_mail", sa.Column("next_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("outgoing_mail", "next_at")
