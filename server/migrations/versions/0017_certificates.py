"""certificates"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "certificate_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_reading")),
    )
    op.create_table(
        "standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("summary", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_standard_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard")),
        sa.UniqueConstraint("slug", name=op.f("uq_standard_slug")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "participation", "placement", "level", name="kind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("standard_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("university_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("signature", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("issued_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "valid",
                "superseded",
                "revoked",
                "withdrawn",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "evaluated anew",
                "board changed",
                "other rule",
                "team out",
                "not reached",
                "level changed",
                "by hand",
                "account closed",
                name="reason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason_words", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("hidden_at", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_certificate_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_certificate_challenge_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["certificate.id"], name=op.f("fk_certificate_replaces")
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_certificate_standard_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_certificate_team_id")),
        sa.ForeignKeyConstraint(
            ["university_id"], ["university.id"], name=op.f("fk_certificate_university_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_about_state", ["about", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_replaces"), ["replaces"], unique=False)
        batch_op.create_index(
            "ix_certificate_university_id", ["university_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            "uq_certificate_valid",
            ["account_id", "about"],
            unique=True,
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )

    op.create_table(
        "certificate_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("hand out", "levels", "bundle", name="jobkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("standard_id", sa.Integer(), nullable=True),
        sa.Column("university_id", sa.Integer(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "running", "done", "failed", name="jobstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", server.shared.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("made", sa.JSON(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("lease_until", server.shared.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sqlmodel.sql.sqltypes.AutoString(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_certificate_job_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_certificate_job_challenge_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_certificate_job_standard_id")
        ),
        sa.ForeignKeyConstraint(
            ["university_id"], ["university.id"], name=op.f("fk_certificate_job_university_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_job")),
    )
    with op.batch_alter_table("certificate_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_certificate_job_challenge_id", ["challenge_id", "kind", "id"], unique=False
        )
        batch_op.create_index("ix_certificate_job_standard_id", ["standard_id", "id"], unique=False)
        batch_op.create_index(
            "ix_certificate_job_university_id", ["university_id", "id"], unique=False
        )
        batch_op.create_index(
            "ix_certificate_job_waiting",
            ["state", "lease_until"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "standard_challenge",
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_standard_challenge_challenge_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.id"], name=op.f("fk_standard_challenge_standard_id")
        ),
        sa.PrimaryKeyConstraint("standard_id", "challenge_id", name=op.f("pk_standard_challenge")),
    )
    with op.batch_alter_table("standard_challenge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standard_challenge_challenge_id"), ["challenge_id"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("standard_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standard_challenge_challenge_id"))

    op.drop_table("standard_challenge")
    with op.batch_alter_table("certificate_job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_certificate_job_waiting",
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.drop_index("ix_certificate_job_university_id")
        batch_op.drop_index("ix_certificate_job_standard_id")
        batch_op.drop_index("ix_certificate_job_challenge_id")

    op.drop_table("certificate_job")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_valid",
            sqlite_where=sa.text("state = 'valid'"),
            postgresql_where=sa.text("state = 'valid'"),
        )
        batch_op.drop_index("ix_certificate_university_id")
        batch_op.drop_index(batch_op.f("ix_certificate_replaces"))
        batch_op.drop_index(batch_op.f("ix_certificate_account_id"))
        batch_op.drop_index("ix_certificate_about_state")

    op.drop_table("certificate")
    op.drop_table("standard")
    op.drop_table("certificate_reading")
