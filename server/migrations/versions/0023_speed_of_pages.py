"""speed of pages: what a person captains and has decided is found without a walk"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index(op.f("ix_team_captain_id"), "team", ["captain_id"])
    op.create_index(op.f("ix_registration_decided_by"), "registration", ["decided_by"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_registration_decided_by"), "registration")
    op.drop_index(op.f("ix_team_captain_id"), "team")
