"""Pure decisions for organisers: whose fault a failure is, and what to do about it."""

from typing import Any, NamedTuple

from server.shared.errors import N_


class Diagnosis(NamedTuple):
    """A failure in plain words: whose it is, what was said, and what helps.

    `said`: a line, or a sentence as it is kept for readers of any language.
    """

    whose: str
    said: Any
    remedy: str


YOURS = N_("This is for you to mend: the solution and what is scored with it do not fit.")
YOUR_METRIC = N_("This is for you to mend: the challenge's own metric file failed.")
NOT_DEPLOYED = N_("This is for you to mend: the phase has nothing to score by yet.")
LIMIT = N_("Scoring was stopped at a limit of this server.")
STORE = N_("This is for the server's operator: a stored file is missing.")
SWITCHED_OFF = N_("This is for the server's operator: metric files may not run on this machine.")
KILLED = N_("The server's system ended it, most likely for want of memory.")
OURS = N_("The fault is ours: the program broke off while it scored.")

CORRECT = N_(
    "Correct the folder of the challenge and deploy it again (another solution becomes a new "
    "evaluation). Then press “Score again”."
)
MEND_METRIC = N_(
    "Mend metric.py, try it on this file with “varsity score”, and deploy the challenge again. "
    "Then press “Score again”."
)
DEPLOY = N_("Deploy the challenge, then press “Score again”.")
WEIGH = N_(
    "If other files of this challenge end like this too, its metric or its solution needs more "
    "than the server gives: make it lighter, or ask the operator to raise the limit, then press "
    "“Score again”. If it is this file alone, leave it as it is."
)
ASK_MEMORY = N_(
    "Ask the operator to give scoring more memory, or to score fewer files at a time, then press "
    "“Score again”."
)
ASK_STORE = N_("Ask the operator to put it back from a backup. Then press “Score again”.")
ASK_ALLOW = N_("The setting that allows them is named below. Then press “Score again”.")
AGAIN = N_(
    "Press “Score again” once. If it fails again, send the operator the trace below; there is "
    "nothing for you to mend."
)

# What a trace says, in the order in which it is looked for.
KNOWN = (
    ("VARSITY_ALLOW_METRICS", SWITCHED_OFF, ASK_ALLOW),
    ("is missing in the store", STORE, ASK_STORE),
    ("The phase has no live evaluation", NOT_DEPLOYED, DEPLOY),
    ("scoring took longer than", LIMIT, WEIGH),
    ("scoring needed more than", LIMIT, WEIGH),
    ("the scoring process died (exit code -9)", KILLED, ASK_MEMORY),
    ("the scoring process died", LIMIT, WEIGH),
    ("the scoring process ended", LIMIT, WEIGH),
    ("The worker died", LIMIT, WEIGH),
)
METRIC = "metric.py"
TRACEBACK = "Traceback (most recent call last)"


def diagnose(trace: str | None, sentence: Any = None) -> Diagnosis:
    """Say whose fault a failure is by what was kept of it; `sentence`: the same for translators.

    What is no trace of ours is a sentence of the scorers, about the organiser's own files.
    """
    lines = (trace or "").strip().splitlines()
    if not lines:
        return Diagnosis(OURS, "", AGAIN)
    is_traceback = lines[0].startswith(TRACEBACK)
    said = lines[-1] if is_traceback else lines[0]
    for words, whose, remedy in KNOWN:
        if words in said:
            return Diagnosis(whose, said, remedy)
    if is_traceback:
        return Diagnosis(OURS, said, AGAIN)
    if said.startswith(METRIC):
        return Diagnosis(YOUR_METRIC, said, MEND_METRIC)
    return Diagnosis(YOURS, sentence or said, CORRECT)
