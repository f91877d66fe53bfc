"""the chain of the log, and the keys of receipts"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. The events of before are in no block yet: the schedule seals them."""
    op.create_table('audit_block',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('previous', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sealed_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('first_event_id', sa.Integer(), nullable=False),
    sa.Column('last_event_id', sa.Integer(), nullable=False),
    sa.Column('seals', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_block')),
    sa.UniqueConstraint('previous', name=op.f('uq_audit_block_previous')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_block_hash'))
    )
    op.create_table('receipt_key',
    sa.Column('kid', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('public_key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('since', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_receipt_key'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('block', sa.Integer(), nullable=True))
        batch_op.create_index('ix_event_block', ['block', 'id'], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_block')
        batch_op.drop_column('block')

    op.drop_table('receipt_key')
    op.drop_table('audit_block')
