"""former slugs: addresses of a university that became part of another lead to that one"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "university_former_slug",
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("university_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["university_id"],
            ["university.id"],
            name=op.f("fk_university_former_slug_university_id"),
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_university_former_slug")),
    )
    with op.batch_alter_table("university_former_slug", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_university_former_slug_university_id"), ["university_id"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("university_former_slug")
