"""Pure: names that are drawn for teams of a class whose board shows nobody's."""

from collections.abc import Callable, Collection, Sequence
from itertools import count

from server.teams.rules import TeamName, name_key

COLOURS = (
    *("Amber", "Azure", "Bronze", "Cobalt", "Copper", "Coral", "Crimson", "Ebony", "Emerald"),
    *("Golden", "Indigo", "Ivory", "Jade", "Lilac", "Magenta", "Maroon", "Ochre", "Olive"),
    *("Opal", "Pearl", "Russet", "Saffron", "Scarlet", "Silver", "Teal", "Violet"),
)
ANIMALS = (
    *("Badger", "Bison", "Cormorant", "Crane", "Curlew", "Dolphin", "Falcon", "Ferret", "Gecko"),
    *("Heron", "Hoopoe", "Ibex", "Ibis", "Jackdaw", "Kestrel", "Lapwing", "Lemur", "Lynx"),
    *("Magpie", "Marten", "Narwhal", "Ocelot", "Osprey", "Otter", "Owl", "Panda", "Penguin"),
    *("Puffin", "Quail", "Raven", "Salmon", "Sparrow", "Stork", "Swift", "Tapir", "Toucan"),
    *("Walrus", "Weasel", "Wombat", "Yak"),
)
TRIES = 40


def drawn_name(taken: Collection[str], choose: Callable[[Sequence[str]], str]) -> TeamName:
    """Return a name like "Amber Heron" that no key in `taken` has; `choose` draws one of some."""
    for number in count(1):
        name = f"{choose(COLOURS)} {choose(ANIMALS)}"
        if number > TRIES:
            name = f"{name} {number - TRIES + 1}"
        if (key := name_key(name)) not in taken:
            break
    return TeamName(name, key)
