"""seasons and standings"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Teams of several universities that submitted already: their members as they are now.
ORIGINS = """
INSERT INTO team_origin (team_id, account_id, university_id)
SELECT membership.team_id, membership.account_id, account.university_id
FROM membership
JOIN team ON team.id = membership.team_id
JOIN challenge ON challenge.id = team.challenge_id
JOIN account ON account.id = membership.account_id
WHERE team.fixed_at IS NOT NULL
  AND account.university_id IS NOT NULL
  AND NOT challenge.same_university
"""


def upgrade() -> None:
    """Go forward. The standings themselves are computed by the next worker that starts."""
    op.create_table('contribution',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.Column('best_team_id', sa.Integer(), nullable=False),
    sa.Column('best_rank', sa.Integer(), nullable=False),
    sa.Column('best_score', sa.Float(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('teams', sa.Integer(), nullable=False),
    sa.Column('gold', sa.Float(), nullable=False),
    sa.Column('silver', sa.Float(), nullable=False),
    sa.Column('bronze', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('challenge_id', 'university_id', name=op.f('pk_contribution'))
    )
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.create_index('ix_contribution_university_id', ['university_id'], unique=False)

    op.create_table('participant',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('submissions', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'account_id', name=op.f('pk_participant'))
    )
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_challenge_id'), ['challenge_id'], unique=False)
        batch_op.create_index('ix_participant_university_id', ['university_id', 'challenge_id'], unique=False)

    op.create_table('season',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_season')),
    sa.UniqueConstraint('slug', name=op.f('uq_season_slug'))
    )
    op.create_table('snapshot',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('as_of', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('challenges', sa.Integer(), nullable=False),
    sa.Column('provisional', sa.Integer(), nullable=False),
    sa.Column('total_weight', sa.Float(), nullable=False),
    sa.Column('universities', sa.Integer(), nullable=False),
    sa.Column('ranges_version', sa.Integer(), nullable=False),
    sa.Column('ranges_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ranges_seconds', sa.Float(), nullable=False),
    sa.Column('replicates', sa.Integer(), nullable=False),
    sa.Column('moment_at', server.shared.database.UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('season_id', name=op.f('pk_snapshot'))
    )
    op.create_table('standing',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Enum('points', 'medals', 'geometric', 'percentile', 'participation', name='rule', native_enum=False, length=32), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('challenges', sa.Integer(), nullable=False),
    sa.Column('gold', sa.Float(), nullable=False),
    sa.Column('silver', sa.Float(), nullable=False),
    sa.Column('bronze', sa.Float(), nullable=False),
    sa.Column('accounts', sa.Integer(), nullable=False),
    sa.Column('teams', sa.Float(), nullable=False),
    sa.Column('submissions', sa.Integer(), nullable=False),
    sa.Column('rules_best', sa.Integer(), nullable=False),
    sa.Column('rules_worst', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('season_id', 'rule', 'university_id', name=op.f('pk_standing'))
    )
    with op.batch_alter_table('standing', schema=None) as batch_op:
        batch_op.create_index('ix_standing_position', ['season_id', 'rule', 'position'], unique=False)

    op.create_table('standing_moment',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.Column('at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('revealed_id', sa.Integer(), nullable=True),
    sa.Column('universities', sa.Integer(), nullable=False),
    sa.Column('points', sa.Float(), nullable=False),
    sa.Column('points_rank', sa.Integer(), nullable=False),
    sa.Column('medals_rank', sa.Integer(), nullable=False),
    sa.Column('geometric_rank', sa.Integer(), nullable=False),
    sa.Column('percentile_rank', sa.Integer(), nullable=False),
    sa.Column('participation_rank', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('season_id', 'university_id', 'at', name=op.f('pk_standing_moment'))
    )
    op.create_table('standing_range',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Enum('points', 'medals', 'geometric', 'percentile', 'participation', name='rule', native_enum=False, length=32), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('season_id', 'rule', 'university_id', name=op.f('pk_standing_range'))
    )
    op.create_table('standing_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('settled', sa.Integer(), nullable=False),
    sa.Column('newest', sa.Integer(), nullable=False),
    sa.Column('newest_at', server.shared.database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standing_reading'))
    )
    op.create_table('season_challenge',
    sa.Column('season_id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_season_challenge_challenge_id')),
    sa.ForeignKeyConstraint(['season_id'], ['season.id'], name=op.f('fk_season_challenge_season_id')),
    sa.PrimaryKeyConstraint('season_id', 'challenge_id', name=op.f('pk_season_challenge'))
    )
    with op.batch_alter_table('season_challenge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_season_challenge_challenge_id'), ['challenge_id'], unique=False)

    op.create_table('standing_board',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('phase_id', sa.Integer(), nullable=False),
    sa.Column('board', sa.Enum('public', 'private', 'frozen', name='board', native_enum=False, length=32), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('ranked', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_standing_board_challenge_id')),
    sa.ForeignKeyConstraint(['phase_id'], ['phase.id'], name=op.f('fk_standing_board_phase_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('challenge_id', name=op.f('pk_standing_board'))
    )
    op.create_table('team_origin',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('university_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_team_origin_account_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_origin_team_id')),
    sa.ForeignKeyConstraint(['university_id'], ['university.id'], name=op.f('fk_team_origin_university_id')),
    sa.PrimaryKeyConstraint('team_id', 'account_id', name=op.f('pk_team_origin'))
    )
    with op.batch_alter_table('team_origin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_origin_university_id'), ['university_id'], unique=False)

    op.add_column('account', sa.Column('listed_at', server.shared.database.UTCDateTime(timezone=True), nullable=True))
    op.execute(ORIGINS)


def downgrade() -> None:
    """Go back."""
    op.drop_column('account', 'listed_at')
    with op.batch_alter_table('team_origin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_origin_university_id'))

    op.drop_table('team_origin')
    op.drop_table('standing_board')
    with op.batch_alter_table('season_challenge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_season_challenge_challenge_id'))

    op.drop_table('season_challenge')
    op.drop_table('standing_reading')
    op.drop_table('standing_range')
    op.drop_table('standing_moment')
    with op.batch_alter_table('standing', schema=None) as batch_op:
        batch_op.drop_index('ix_standing_position')

    op.drop_table('standing')
    op.drop_table('snapshot')
    op.drop_table('season')
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.drop_index('ix_participant_university_id')
        batch_op.drop_index(batch_op.f('ix_participant_challenge_id'))

    op.drop_table('participant')
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.drop_index('ix_contribution_university_id')

    op.drop_table('contribution')
