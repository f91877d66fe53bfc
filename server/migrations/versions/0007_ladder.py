"""released values"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('rung',
    sa.Column('score_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.Enum('losses', 'replicates', name='form', native_enum=False, length=32), nullable=True),
    sa.Column('power', sa.Integer(), nullable=False),
    sa.Column('per_unit', sa.Float(), nullable=True),
    sa.Column('evidence', sa.LargeBinary(), nullable=True),
    sa.Column('against', sa.Integer(), nullable=True),
    sa.Column('error', sa.Float(), nullable=True),
    sa.Column('released', sa.Float(), nullable=True),
    sa.Column('improved', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['score_id'], ['score.id'], name=op.f('fk_rung_score_id')),
    sa.PrimaryKeyConstraint('score_id', name=op.f('pk_rung'))
    )
    with op.batch_alter_table('rung', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rung_against'), ['against'], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('rung', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rung_against'))

    op.drop_table('rung')
