"""Where a mistake of the folder is mended: the step its key or its file belongs to. Pure."""

from server.drafts.rules import Step

BY_KEY = {
    "submission": Step.DATA,
    "files": Step.DATA,
    "scoring": Step.METRIC,
    "teams": Step.TEAMS,
    "registration": Step.TEAMS,
    "phases": Step.PHASES,
    "baselines": Step.BASELINES,
    "pages": Step.PAGES,
}
OF_SOLUTION = ("solution", "public_fraction", "split")


def step_of_fault(file: str, key: str | None) -> Step:
    """Return the step of a fault: by its key in the definition, else by its file."""
    if key:
        parts = key.replace("[", ".").replace("]", "").split(".")
        if parts[0] == "phases" and any(name in parts for name in OF_SOLUTION):
            return Step.SOLUTION
        return BY_KEY.get(parts[0], Step.ABOUT)
    if file.startswith("data/"):
        return Step.DATA
    if file.startswith("private/"):
        return Step.SOLUTION if "solution" in file else Step.BASELINES
    if file == "rules.md":
        return Step.RULES
    return Step.PAGES if file.endswith(".md") or file.startswith("images/") else Step.ABOUT
