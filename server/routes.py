"""Every room's pages and answers, as the application registers them."""

from server.accounts.api import bp as accounts_api
from server.accounts.pages import bp as accounts_pages
from server.administration.pages import bp as administration_pages
from server.boards.api import bp as boards_api
from server.boards.own_pages import bp as boards_pages
from server.certificates.api import bp as certificates_api
from server.certificates.pages import bp as certificates_pages
from server.challenges.api import bp as challenges_api
from server.challenges.pages import bp as challenges_pages
from server.challenges.registration_pages import bp as registration_pages
from server.classes.pages import bp as classes_pages
from server.comparisons.api import bp as comparisons_api
from server.comparisons.own_pages import bp as own_comparisons_pages
from server.comparisons.pages import bp as comparisons_pages
from server.controls.api import bp as controls_api
from server.controls.pages import bp as controls_pages
from server.corrections.api import bp as evaluations_api
from server.corrections.pages import bp as evaluations_pages
from server.discussions.api import bp as discussions_api
from server.discussions.organiser_pages import bp as discussing_pages
from server.discussions.pages import bp as discussions_pages
from server.discussions.registration_pages import bp as registrations_pages
from server.documents import bp as documents
from server.drafts.baseline_pages import bp as draft_baseline_pages
from server.drafts.check_pages import bp as draft_check_pages
from server.drafts.file_pages import bp as draft_file_pages
from server.drafts.live_pages import bp as draft_live_pages
from server.drafts.metric_pages import bp as draft_metric_pages
from server.drafts.pages import bp as drafts_pages
from server.drafts.solution_pages import bp as draft_solution_pages
from server.drafts.step_pages import bp as draft_step_pages
from server.drafts.text_pages import bp as draft_text_pages
from server.health import bp as health
from server.integrity.pages import bp as integrity_pages
from server.kits.pages import bp as kits_pages
from server.mergers.api import bp as merging_api
from server.mergers.pages import bp as merging_pages
from server.notifications.api import bp as notifications_api
from server.notifications.pages import bp as notifications_pages
from server.organise.api import bp as organise_api
from server.organise.pages import bp as organise_pages
from server.policies.pages import bp as policies_pages
from server.portability.pages import bp as portability_pages
from server.profiles.api import bp as profiles_api
from server.profiles.pages import bp as profiles_pages
from server.profiles.person_api import bp as people_api
from server.receipts.api import bp as receipts_api
from server.receipts.pages import bp as receipts_pages
from server.reports.manager_pages import bp as managing_pages
from server.reports.pages import bp as reports_pages
from server.standings.api import bp as standings_api
from server.standings.pages import bp as standings_pages
from server.standings.season_pages import bp as seasons_pages
from server.submissions.api import bp as submissions_api
from server.submissions.pages import bp as submissions_pages
from server.teams.api import bp as teams_api
from server.teams.pages import bp as teams_pages
from server.trials.pages import bp as trials_pages
from server.winners.pages import bp as winners_pages

PAGES = (
    profiles_pages,
    accounts_pages,
    notifications_pages,
    challenges_pages,
    registration_pages,
    teams_pages,
    submissions_pages,
    boards_pages,
    comparisons_pages,
    own_comparisons_pages,
    kits_pages,
    receipts_pages,
    merging_pages,
    evaluations_pages,
    classes_pages,
    standings_pages,
    certificates_pages,
    seasons_pages,
    reports_pages,
    managing_pages,
    controls_pages,
    discussions_pages,
    winners_pages,
    discussing_pages,
    registrations_pages,
    integrity_pages,
    trials_pages,
    drafts_pages,
    draft_step_pages,
    draft_text_pages,
    draft_metric_pages,
    draft_file_pages,
    draft_solution_pages,
    draft_baseline_pages,
    draft_live_pages,
    draft_check_pages,
    organise_pages,
    administration_pages,
    policies_pages,
    portability_pages,
    documents,
    health,
)
APIS = (
    accounts_api,
    notifications_api,
    challenges_api,
    teams_api,
    submissions_api,
    boards_api,
    comparisons_api,
    receipts_api,
    merging_api,
    evaluations_api,
    standings_api,
    certificates_api,
    profiles_api,
    people_api,
    controls_api,
    discussions_api,
    organise_api,
)
