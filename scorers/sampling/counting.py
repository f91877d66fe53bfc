"""How many of what, in words."""


def counted(count: int, noun: str) -> str:
    """A number and its noun, which is given in the plural.

    >>> counted(12, "rows"), counted(1, "rows"), counted(1, "blocks of 7 consecutive rows")
    ('12 rows', '1 row', '1 block of 7 consecutive rows')
    """
    if count != 1:
        return f"{count} {noun}"
    first, *rest = noun.split()
    return " ".join(["1", first.removesuffix("s"), *rest])
