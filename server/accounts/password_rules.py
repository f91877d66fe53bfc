"""Pure decisions on passwords: long enough, not known to everybody, not one's own name.

Length and a look at what everybody tries first, no rule on kinds of characters: NIST SP 800-63B,
section 5.1.1.2.
"""

import re
import unicodedata
from collections.abc import Set

from server.shared.errors import N_, Invalid

SHORTEST = 10
LONGEST = 200
FEWEST_KINDS = 5
# What is left of a password without the words that everybody tries must be this long.
LEAST_OWN = 5
SHORTEST_RUN = 7
# The stems of the most used passwords in published breaches, and the words of this place.
COMMON_WORDS = frozenset(
    """
    abc abcd abcde abcdef abcdefg access admin administrator apple april asdf asdfgh asdfghjkl
    asshole august baseball basketball batman biteme buster butterfly changeme charlie cheese
    chelsea chocolate college computer cookie daniel december default donald dragon facebook
    february flower football freedom friend fuckyou george ginger google guest hannah hello
    hockey hunter iloveu iloveyou internet january jennifer jessica jordan july june justin killer
    king letmein liverpool lovely loveme lover maggie march master matrix matthew mercedes merlin
    michael michelle monday monkey mustang myspace nicole november ninja november october orange
    pass passphrase password passwort passw patrick pepper pikachu please pokemon prince princess
    private purple qazwsx qazwsxedc qwer qwert qwerty qwertyui qwertyuiop root samsung secret
    secure september shadow silver soccer solo spring starwars student sugar summer sunday
    sunshine superman sweet teacher temp tennis test testing thomas thunder tigger trustno
    university unknown user varsity welcome whatever william winter woaini wordpass yellow zxcvbn
    zxcvbnm
    """.split()  # noqa: SIM905 - words are read more easily than a list
)
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)


def prepared(password: str) -> str:
    """Return the form that is hashed: the same whatever keyboard composed its characters."""
    # Of what is refused for its length, enough is composed to see that: to compose all of it takes
    # time by the square of its marks.
    composed = unicodedata.normalize("NFKC", password[: 10 * LONGEST])
    # Half a surrogate pair, which JSON can carry, has no UTF-8 form to hash.
    return composed.encode("utf-8", "replace").decode()


def check_password(password: str, *, email: str, name: str, field: str = "password") -> None:
    """Refuse a password that is too short, too common, or made of its owner's name or address.

    Raises:
        Invalid: with what to do about it.
    """
    text = prepared(password)
    if len(text) < SHORTEST:
        raise Invalid(N_("A password has at least 10 characters."), field=field)
    if len(text) > LONGEST:
        raise Invalid(N_("A password has at most 200 characters."), field=field)
    if _leftover(_squeezed(text), _own_words(email, name)) + _signs(text) < LEAST_OWN:
        raise Invalid(
            N_("This password is made of your name or address: others would try that first."),
            field=field,
        )
    if is_common(text):
        raise Invalid(
            N_("Many people use a password like this one. Join a few words of your own instead."),
            field=field,
        )


def is_common(password: str) -> bool:
    """Whether everybody tries such a password: few characters, a run, or known words."""
    squeezed = _squeezed(password)
    if len(set(password.casefold())) < FEWEST_KINDS or _is_repeated(squeezed) or _is_run(squeezed):
        return True
    plain = _leftover(_trimmed(squeezed), COMMON_WORDS)
    undisguised = _squeezed(password.lower().translate(LOOKALIKES))
    disguised = _leftover(_trimmed(undisguised), COMMON_WORDS)
    return min(plain, disguised) + _signs(password) < LEAST_OWN


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or ord(c) > 0x2FFF)


def _signs(text: str) -> int:
    return len({c for c in text if not c.isalnum() and not c.isspace()})


def _trimmed(text: str) -> str:
    return text.strip("0123456789")


def _is_repeated(text: str) -> bool:
    return len(text) >= SHORTEST_RUN and any(
        len(text) >= 2 * size and text == (text[:size] * len(text))[: len(text)]
        for size in range(1, 7)
    )


def _is_run(text: str) -> bool:
    return len(text) >= SHORTEST_RUN and any(text in row or text[::-1] in row for row in ROWS)


def _leftover(text: str, words: Set[str]) -> int:
    """Return how many characters remain when the words, the longest first, are taken out."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return len(text)


def _own_words(email: str, name: str) -> set[str]:
    local, _, domain = email.casefold().partition("@")
    whole = {_squeezed(email), _squeezed(local), _squeezed(name), _squeezed(domain)}
    parts = re.split(r"[\W_\d]+", f"{local} {name.casefold()} {domain}")
    return {w for w in {*whole, *parts} if len(w) >= (2 if not w.isascii() else 3)}
