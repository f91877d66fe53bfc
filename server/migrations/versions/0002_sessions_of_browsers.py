"""sessions of browsers"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Everybody signs in again: the cookies of before name no session."""
    op.create_table('browser_session',
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('browser', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('seen_on', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_browser_session_account_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_browser_session'))
    )
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_browser_session_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_browser_session_seen_on'), ['seen_on'], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_browser_session_seen_on'))
        batch_op.drop_index(batch_op.f('ix_browser_session_account_id'))

    op.drop_table('browser_session')
