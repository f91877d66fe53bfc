"""announcements, questions, registrations, reminders and winners"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import server.shared.database

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = server.shared.database.UTCDateTime(timezone=True)
TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Go forward."""
    op.create_table('announcement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('title', TEXT(length=200), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.Column('ticket', TEXT(length=32), nullable=False),
    sa.Column('published_at', MOMENT, nullable=False),
    sa.Column('edited_at', MOMENT, nullable=True),
    sa.Column('withdrawn_at', MOMENT, nullable=True),
    sa.Column('told_to', sa.Integer(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('told_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_announcement_author_id')),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_announcement_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement')),
    sa.UniqueConstraint('ticket', name=op.f('uq_announcement_ticket'))
    )
    op.create_index('ix_announcement_challenge_id_id', 'announcement', ['challenge_id', 'id'])
    op.create_index(op.f('ix_announcement_told_at'), 'announcement', ['told_at'])

    op.create_table('question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('title', TEXT(length=200), nullable=False),
    sa.Column('state', sa.Enum('open', 'answered', 'published', 'closed', name='questionstate', native_enum=False, length=32), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('asked_at', MOMENT, nullable=False),
    sa.Column('changed_at', MOMENT, nullable=False),
    sa.Column('published_at', MOMENT, nullable=True),
    sa.Column('published_question', sa.Text(), nullable=False),
    sa.Column('published_answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_question_account_id')),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_question_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question'))
    )
    op.create_index('ix_question_challenge_id_state_id', 'question', ['challenge_id', 'state', 'id'])
    op.create_index(op.f('ix_question_account_id'), 'question', ['account_id'])

    op.create_table('question_post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('by_organiser', sa.Boolean(), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('posted_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_question_post_account_id')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_post_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_post'))
    )
    op.create_index(op.f('ix_question_post_question_id'), 'question_post', ['question_id'])
    op.create_index(op.f('ix_question_post_account_id'), 'question_post', ['account_id'])

    op.create_table('registration',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'approved', 'refused', 'withdrawn', name='requeststate', native_enum=False, length=32), nullable=False),
    sa.Column('message', TEXT(length=1000), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('rules_sha256', TEXT(length=64), nullable=False),
    sa.Column('asked_at', MOMENT, nullable=False),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('reason', TEXT(length=500), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_registration_account_id')),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_registration_challenge_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_registration_decided_by')),
    sa.PrimaryKeyConstraint('challenge_id', 'account_id', name=op.f('pk_registration'))
    )
    op.create_index(op.f('ix_registration_account_id'), 'registration', ['account_id'])
    op.add_column('challenge', sa.Column('registering', sa.Enum('open', 'approval', name='registering', native_enum=False, length=32), nullable=False, server_default='open'))
    op.add_column('challenge', sa.Column('asks', sa.JSON(), nullable=False, server_default='[]'))

    op.create_table('deadline_reminder',
    sa.Column('phase_id', sa.Integer(), nullable=False),
    sa.Column('ends', MOMENT, nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('sent_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['phase.id'], name=op.f('fk_deadline_reminder_phase_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'ends', 'hours', name=op.f('pk_deadline_reminder'))
    )

    op.create_table('winners',
    sa.Column('phase_id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('published_at', MOMENT, nullable=False),
    sa.Column('published_by', sa.Integer(), nullable=False),
    sa.Column('outdated_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_winners_challenge_id')),
    sa.ForeignKeyConstraint(['phase_id'], ['phase.id'], name=op.f('fk_winners_phase_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['published_by'], ['account.id'], name=op.f('fk_winners_published_by')),
    sa.PrimaryKeyConstraint('phase_id', name=op.f('pk_winners'))
    )
    op.create_index(op.f('ix_winners_challenge_id'), 'winners', ['challenge_id'])
    op.create_table('winning_place',
    sa.Column('phase_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('prize', TEXT(length=200), nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['winners.phase_id'], name=op.f('fk_winning_place_phase_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_winning_place_team_id')),
    sa.PrimaryKeyConstraint('phase_id', 'team_id', name=op.f('pk_winning_place'))
    )
    op.create_index(op.f('ix_winning_place_team_id'), 'winning_place', ['team_id'])


def downgrade() -> None:
    """Go back."""
    for table in ('winning_place', 'winners', 'deadline_reminder', 'registration', 'question_post', 'question', 'announcement'):
        op.drop_table(table)
    op.drop_column('challenge', 'asks')
    op.drop_column('challenge', 'registering')
