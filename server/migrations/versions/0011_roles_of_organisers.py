"""roles of organisers, and the definition that a challenge was deployed from"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RARE = {
    "late": "late IS true",
    "withdrawn": "withdrawn_at IS NOT NULL",
    "disqualified": "disqualified_at IS NOT NULL",
}
ROLE = sa.Enum("owner", "organiser", "judge", name="role", native_enum=False, length=32)


def upgrade() -> None:
    """Go forward. Who ran a challenge before there were roles owns it: nobody loses a right."""
    role = sa.Column("role", ROLE, nullable=False, server_default="organiser")
    op.add_column("organiser", role)
    op.execute("UPDATE organiser SET role = 'owner'")
    op.add_column("challenge", sa.Column("definition", sa.JSON(), nullable=True))
    op.create_index(
        "ix_submission_challenge_id_state_received_at",
        "submission",
        ["challenge_id", "state", "received_at", "team_id"],
    )
    for name, condition in RARE.items():
        op.create_index(
            f"ix_submission_{name}",
            "submission",
            ["challenge_id", "id"],
            sqlite_where=sa.text(condition.replace("true", "1")),
            postgresql_where=sa.text(condition),
        )
    columns = ["evaluation_id", "board", "value", "submission_id"]
    op.create_index("ix_score_evaluation_id_board_value", "score", columns)
    op.drop_index("ix_score_evaluation_id", "score")


def downgrade() -> None:
    """Go back."""
    op.create_index("ix_score_evaluation_id", "score", ["evaluation_id"])
    op.drop_index("ix_score_evaluation_id_board_value", "score")
    for name in RARE:
        op.drop_index(f"ix_submission_{name}", "submission")
    op.drop_index("ix_submission_challenge_id_state_received_at", "submission")
    op.drop_column("challenge", "definition")
    op.drop_column("organiser", "role")
