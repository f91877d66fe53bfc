"""Alembic's environment: every room's tables, on the connection that `migrate` gives."""

import sqlmodel
from alembic import context

import server.accounts.models
import server.boards.models
import server.certificates.models
import server.challenges.models
import server.classes.models
import server.comparisons.models
import server.discussions.models
import server.drafts.models
import server.evaluations.models
import server.kits.models
import server.notifications.models
import server.policies.models
import server.portability.models
import server.profiles.models
import server.shared.events
import server.shared.mail
import server.shared.schedules
import server.standings.models
import server.submissions.models
import server.teams.models
import server.trials.models
import server.universities.models
import server.winners.models  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=sqlmodel.SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
