"""trials"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('trial',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.Column('scorer', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('id_columns', sa.JSON(), nullable=False),
    sa.Column('truth', sa.LargeBinary(), nullable=False),
    sa.Column('prediction', sa.LargeBinary(), nullable=False),
    sa.Column('pasted', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'scoring', 'scored', 'rejected', 'solution', 'failed', name='trialstate', native_enum=False, length=32), nullable=False),
    sa.Column('asked_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.Column('trace', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('interruptions', sa.Integer(), nullable=False),
    sa.Column('lease_until', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('lease_holder', sqlmodel.sql.sqltypes.AutoString(length=128), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_trial_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial'))
    )
    with op.batch_alter_table('trial', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trial_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trial_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index('ix_trial_waiting', ['state', 'lease_until'], unique=False, sqlite_where=sa.text("state IN ('queued', 'scoring')"), postgresql_where=sa.text("state IN ('queued', 'scoring')"))



def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('trial', schema=None) as batch_op:
        batch_op.drop_index('ix_trial_waiting', sqlite_where=sa.text("state IN ('queued', 'scoring')"), postgresql_where=sa.text("state IN ('queued', 'scoring')"))
        batch_op.drop_index(batch_op.f('ix_trial_asked_at'))
        batch_op.drop_index(batch_op.f('ix_trial_account_id'))

    op.drop_table('trial')
