"""notifications"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_table('notification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('link', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('read_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notification_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index('ix_notification_account_id_id', ['account_id', 'id'], unique=False)
        batch_op.create_index('ix_notification_unread', ['account_id'], unique=False, sqlite_where=UNREAD, postgresql_where=UNREAD)

    op.create_table('notification_choice',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('in_product', sa.Boolean(), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notification_choice_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'kind', name=op.f('pk_notification_choice'))
    )
    op.add_column('outgoing_mail', sa.Column('account_id', sa.Integer(), nullable=True))
    op.add_column('outgoing_mail', sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column('outgoing_mail', 'kind')
    op.drop_column('outgoing_mail', 'account_id')
    op.drop_table('notification_choice')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index('ix_notification_unread', sqlite_where=UNREAD, postgresql_where=UNREAD)
        batch_op.drop_index('ix_notification_account_id_id')

    op.drop_table('notification')
