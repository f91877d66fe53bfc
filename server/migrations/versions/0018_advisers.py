"""advisers"""

import sqlalchemy as sa
from alembic import op

import server.shared.database

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "adviser",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("named_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_adviser_account_id")),
        sa.ForeignKeyConstraint(["named_by"], ["account.id"], name=op.f("fk_adviser_named_by")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_adviser_team_id")),
        sa.PrimaryKeyConstraint("team_id", "account_id", name=op.f("pk_adviser")),
    )
    with op.batch_alter_table("adviser", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adviser_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("adviser", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adviser_account_id"))

    op.drop_table("adviser")
