"""second factor and policies"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('queued', 'running')")
SEEN_BY = sa.Enum('everybody', 'signed_in', 'owner', name='pageseenby', native_enum=False, length=32)


def upgrade() -> None:
    """Go forward. Nobody has a second factor yet, and every page is as it was."""
    op.add_column('account', sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False, server_default=''))
    op.add_column('account', sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default=''))
    op.add_column('account', sa.Column('language_seen', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False, server_default=''))
    op.add_column('account', sa.Column('page_seen_by', SEEN_BY, nullable=False, server_default='everybody'))
    op.create_table('second_factor',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('begun_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_second_factor_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_factor'))
    )
    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('used_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_account_id'), ['account_id'], unique=False)

    op.create_table('policy_version',
    sa.Column('policy', sa.Enum('privacy', 'terms', name='policy', native_enum=False, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('material', sa.Boolean(), nullable=False),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('policy', 'version', name=op.f('pk_policy_version'))
    )
    op.create_table('policy_acceptance',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('policy', sa.Enum('privacy', 'terms', name='policy', native_enum=False, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('account_id', 'policy', name=op.f('pk_policy_acceptance'))
    )
    op.create_table('profile',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('bio', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('shows_university', sa.Boolean(), nullable=False),
    sa.Column('shows_certificates', sa.Boolean(), nullable=False),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_profile_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_profile'))
    )
    op.create_table('data_export',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'ready', 'failed', 'expired', name='exportstate', native_enum=False, length=32), nullable=False),
    sa.Column('asked_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('made_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('interruptions', sa.Integer(), nullable=False),
    sa.Column('lease_until', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('lease_holder', sqlmodel.sql.sqltypes.AutoString(length=128), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_data_export_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_export'))
    )
    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_export_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_export_made_at'), ['made_at'], unique=False)
        batch_op.create_index('uq_data_export_waiting', ['account_id'], unique=True, sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.drop_index('uq_data_export_waiting', sqlite_where=WAITING, postgresql_where=WAITING)
        batch_op.drop_index(batch_op.f('ix_data_export_made_at'))
        batch_op.drop_index(batch_op.f('ix_data_export_account_id'))

    op.drop_table('data_export')
    op.drop_table('profile')
    op.drop_table('policy_acceptance')
    op.drop_table('policy_version')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_account_id'))

    op.drop_table('recovery_code')
    op.drop_table('second_factor')
    for column in ('page_seen_by', 'language_seen', 'time_zone', 'language'):
        op.drop_column('account', column)
