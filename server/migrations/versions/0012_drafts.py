"""drafts"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('challenge_image',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_image_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_image')),
    sa.UniqueConstraint('challenge_id', 'name', name=op.f('uq_challenge_image_challenge_id_name'))
    )
    with op.batch_alter_table('challenge_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_challenge_image_challenge_id'), ['challenge_id'], unique=False)

    op.create_table('challenge_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('editing', 'launched', 'discarded', name='draftstate', native_enum=False, length=32), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('pages', sa.JSON(), nullable=False),
    sa.Column('invited', sa.JSON(), nullable=False),
    sa.Column('zone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_draft_challenge_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], name=op.f('fk_challenge_draft_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_draft'))
    )
    with op.batch_alter_table('challenge_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_challenge_draft_challenge_id'), ['challenge_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_challenge_draft_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_challenge_draft_slug'), ['slug'], unique=False)

    op.create_table('draft_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('data', 'image', 'solution', 'baseline', name='filekind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('arriving', 'stored', 'read', 'refused', name='filestate', native_enum=False, length=32), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('phase', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('found', sa.JSON(), nullable=True),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['challenge_draft.id'], name=op.f('fk_draft_file_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_file'))
    )
    with op.batch_alter_table('draft_file', schema=None) as batch_op:
        batch_op.create_index('ix_draft_file_draft', ['draft_id', 'kind', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_draft_file_sha256'), ['sha256'], unique=False)

    op.create_table('draft_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('look', 'check', 'launch', name='jobkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'refused', 'failed', name='jobstate', native_enum=False, length=32), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.Column('trace', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('interruptions', sa.Integer(), nullable=False),
    sa.Column('lease_until', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('lease_holder', sqlmodel.sql.sqltypes.AutoString(length=128), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['account.id'], name=op.f('fk_draft_job_asked_by')),
    sa.ForeignKeyConstraint(['draft_id'], ['challenge_draft.id'], name=op.f('fk_draft_job_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_job'))
    )
    with op.batch_alter_table('draft_job', schema=None) as batch_op:
        batch_op.create_index('ix_draft_job_draft', ['draft_id', 'kind', 'id'], unique=False)
        batch_op.create_index('ix_draft_job_waiting', ['state', 'lease_until'], unique=False, sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))

    op.create_table('draft_person',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_draft_person_account_id')),
    sa.ForeignKeyConstraint(['draft_id'], ['challenge_draft.id'], name=op.f('fk_draft_person_draft_id')),
    sa.PrimaryKeyConstraint('draft_id', 'account_id', name=op.f('pk_draft_person'))
    )
    with op.batch_alter_table('draft_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_person_account_id'), ['account_id'], unique=False)

    op.add_column("challenge_file", sa.Column("description", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back."""
    op.drop_column("challenge_file", "description")
    with op.batch_alter_table('draft_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_person_account_id'))

    op.drop_table('draft_person')
    with op.batch_alter_table('draft_job', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_job_waiting', sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
        batch_op.drop_index('ix_draft_job_draft')

    op.drop_table('draft_job')
    with op.batch_alter_table('draft_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_file_sha256'))
        batch_op.drop_index('ix_draft_file_draft')

    op.drop_table('draft_file')
    with op.batch_alter_table('challenge_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_challenge_draft_slug'))
        batch_op.drop_index(batch_op.f('ix_challenge_draft_owner_id'))
        batch_op.drop_index(batch_op.f('ix_challenge_draft_challenge_id'))

    op.drop_table('challenge_draft')
    with op.batch_alter_table('challenge_image', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_challenge_image_challenge_id'))

    op.drop_table('challenge_image')
