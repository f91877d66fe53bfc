"""Who competes with whom in the demo, and in which challenges."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from server.cli.demo.cast import TEAM_NAMES, UNIVERSITIES, Person, University

# Eight students of a university fall into four or three crews.
# A lecture of one university that another one's students attend too.
COURSE = ("tum", "heidelberg")
SIZES = ((3, 2, 2, 1), (3, 3, 2), (2, 2, 3, 1))
SECOND_CHALLENGE, THIRD_CHALLENGE = 0.4, 0.15
# Whose account the demo hands out: one who takes part in much.
SHOWN = UNIVERSITIES[0].students[0]
SHOWN_CHALLENGES = ("digits", "diabetes", "doctor-visits")
TOP_SKILL = 2
CLASS_SKILLS = (1, 1, 1, 2, 2)


@dataclass(frozen=True)
class Crew:
    """Students of one university who always compete together; `skill` is their best stage."""

    name: str
    university: University
    members: tuple[Person, ...]
    skill: int
    challenges: tuple[str, ...]
    filenames: str  # the pattern of what they call their files

    @property
    def shown(self) -> bool:
        """Whether the student is in it as whom visitors of the demo sign in."""
        return SHOWN in self.members


def crews(rng: Random, challenges: Sequence[str], filenames: Sequence[str]) -> list[Crew]:
    """Every student in one crew, every crew in one to three of the challenges."""
    names = rng.sample(TEAM_NAMES, len(TEAM_NAMES))
    formed: list[Crew] = []
    for position, university in enumerate(UNIVERSITIES):
        own_names = list(university.team_names)
        for members in groups(rng, university, SIZES[position % len(SIZES)]):
            # Half of the names are the place's own jokes.
            name = own_names.pop(0) if own_names and rng.random() < 0.5 else names.pop()
            chosen = entered(rng, challenges, first=len(formed))
            if SHOWN in members:
                chosen = tuple(c for c in SHOWN_CHALLENGES if c in challenges) or chosen
            skill = rng.choice((0, 1, 1, TOP_SKILL, TOP_SKILL, TOP_SKILL))
            pattern = rng.choice(filenames)
            formed.append(Crew(name, university, members, skill, chosen, pattern))
    return formed


def groups(rng: Random, university: University, sizes: Sequence[int]) -> list[tuple[Person, ...]]:
    """The university's students, shuffled and dealt into groups of the given sizes."""
    students = rng.sample(university.students, len(university.students))
    ends = [sum(sizes[: position + 1]) for position in range(len(sizes))]
    return [tuple(students[end - size : end]) for size, end in zip(sizes, ends, strict=True)]


def entered(rng: Random, challenges: Sequence[str], *, first: int) -> tuple[str, ...]:
    """One challenge in turn, so that none is left out, and for many crews one or two more."""
    chosen = challenges[first % len(challenges)]
    others = [name for name in challenges if name != chosen]
    rng.shuffle(others)
    count = 1 + (rng.random() < SECOND_CHALLENGE) + (rng.random() < THIRD_CHALLENGE)
    return (chosen, *others)[:count]


def class_of(rng: Random, challenge: str, filenames: Sequence[str]) -> list[Crew]:
    """The students of a course, in the order of its list: each hands in alone."""
    universities = [university for university in UNIVERSITIES if university.slug in COURSE]
    students = [(university, one) for university in universities for one in university.students]
    return [
        Crew(
            student.name,
            university,
            (student,),
            TOP_SKILL if student == SHOWN else rng.choice(CLASS_SKILLS),
            (challenge,),
            rng.choice(filenames),
        )
        for university, student in students
    ]
