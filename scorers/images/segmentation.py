"""Metrics of masks: Dice, intersection over union, and its mean over classes.

They are sums over the runs of the masks; where both masks are empty the value is 1 (Kaggle's way).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidParameter
from scorers.images.masks import MASK_WORDS, Overlaps, bad_masks, overlaps, read_mask
from scorers.inputs import Content, Misfits
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count
from scorers.roles import Role
from scorers.sampling.terms import Codes, Floats, Sums, Terms, divide, mean_of
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_DICE = "https://www.kaggle.com/c/carvana-image-masking-challenge/overview/evaluation"
_VOC = "https://doi.org/10.1007/s11263-009-0275-4"


def _pixels(
    rows: int,
    height: int | None,
    width: int | None,
    image_height: Array | None = None,
    image_width: Array | None = None,
) -> Codes:
    """The pixels of each row's image. Raises: ValueError where a size is not known."""
    high, wide = (
        column if column is not None else one
        for column, one in ((image_height, height), (image_width, width))
    )
    if high is None or wide is None:
        raise ValueError(sentence("the size of the images is not known (height and width)."))
    return np.broadcast_to(np.asarray(high) * np.asarray(wide), rows).astype(np.int64)


def _overlaps(truth: Array, prediction: Array, **size: Any) -> Overlaps:
    return overlaps(truth, prediction, _pixels(len(truth), **size))


def _misfits(
    prediction: Array,
    *,
    height: int | None = None,
    width: int | None = None,
    image_height: Array | None = None,
    image_width: Array | None = None,
    **_: Any,
) -> Misfits:
    """The rows whose mask is no mask of their image."""
    return bad_masks(prediction, _pixels(len(prediction), height, width, image_height, image_width))


def _dice(truth: Array, prediction: Array, **params: Any) -> float:
    """Twice the pixels that two masks share, over the pixels of both.

    >>> from scorers import get_scorer
    >>> get_scorer("dice", height=4, width=4).score(["1 4", ""], ["3 4", ""])
    0.75
    """
    return _value(_dice_terms(truth, prediction, **params))


def _dice_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(lambda both, either: (2 * both, both + either), truth, prediction, **params)


def _iou(truth: Array, prediction: Array, **params: Any) -> float:
    """The pixels that two masks share, over those of either.

    >>> from scorers import get_scorer
    >>> get_scorer("iou", height=4, width=4).score(["1 4", ""], ["3 4", ""])
    0.6666666666666666
    """
    return _value(_iou_terms(truth, prediction, **params))


def _iou_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return _terms(lambda both, either: (both, either), truth, prediction, **params)


def _terms(
    ratio: Callable[[Floats, Floats], tuple[Floats, Floats]],
    truth: Array,
    prediction: Array,
    average: str,
    image: Array | None = None,
    **size: Any,
) -> Terms:
    """The mean of a ratio over the masks, or the ratio of all pixels."""
    found = _overlaps(truth, prediction, **size)
    over, under = ratio(found.both, found.either)
    if average == "masks":
        return mean_of(divide(over, under, 1.0))
    return Terms(
        finish=lambda sums, n: divide(sums[..., 0], sums[..., 1], 1.0), columns=(over, under)
    )


def _value(terms: Terms) -> float:
    return float(terms.columns[0].mean()) if terms.is_mean else terms.value()


def _mean_iou(truth: Array, prediction: Array, **params: Any) -> float:
    """The mean over the classes of the pixels shared over all images, over those of either mask.

    >>> from scorers import get_scorer
    >>> mean_iou = get_scorer("mean_iou", height=4, width=4)
    >>> classes = ["cat", "dog"]
    >>> mean_iou.score(["1 4", "9 2"], ["3 4", "9 1"], category=classes, image=["a", "a"])
    0.41666666666666663
    """
    value = _mean_iou_terms(truth, prediction, **params).value()
    if np.isnan(value):
        raise ValueError(sentence("no mask holds a pixel."))
    return value


def _mean_iou_terms(
    truth: Array, prediction: Array, category: Array | None = None, image: Any = None, **size: Any
) -> Sums:
    if category is None:
        raise ValueError(
            sentence("the mean over classes needs the class of each row (parameter “category”).")
        )
    found = _overlaps(truth, prediction, **size)
    classes, codes = np.unique(category, return_inverse=True)
    return _ByClass(found.both, found.either, codes, len(classes))


@dataclass(frozen=True, eq=False)
class _ByClass:
    """The mean over the classes of a ratio of sums; a class without a pixel is left out of it."""

    over: Floats
    under: Floats
    classes: Codes
    count: int
    is_mean: bool = False

    @property
    def width(self) -> int:
        """How many sums there are, the number of rows among them."""
        return 2 * self.count + 1

    def grouped(self, groups: Codes, count: int) -> Floats:
        """The sums of each class by group, shape (count, 2 classes + 1)."""
        cells, size = groups * self.count + self.classes, count * self.count
        sums = [
            np.bincount(cells, weights=column, minlength=size).reshape(count, self.count)
            for column in (self.over, self.under)
        ]
        rows = np.bincount(groups, minlength=count)[:, None]
        return np.concatenate([*sums, rows], axis=1).astype(np.float64)

    def finish(self, sums: Floats, n: Floats) -> Floats:
        """The mean of the classes' ratios; NaN where no class has a pixel."""
        under = sums[..., self.count :]
        ratios = divide(sums[..., : self.count], under, 0.0)
        present = (under > 0).sum(axis=-1).astype(np.float64)
        return divide(ratios.sum(axis=-1), present)

    def value(self) -> float:
        """The value over all rows."""
        totals = self.grouped(np.zeros(len(self.classes), dtype=np.int64), 1)
        return float(self.finish(totals[:, :-1], totals[:, -1])[0])


def _with_size(scorer: Scorer) -> Scorer:
    """Raises: InvalidParameter unless the height and the width are each given once."""
    for size in ("height", "width"):
        given = [name for name in (size, f"image_{size}") if scorer.params[name] is not None]
        if len(given) != 1:
            said = sentence(
                "%(scorer)s needs the images' size: either %(name)s, in pixels, or %(column)s, a"
                " column of the solution.",
                scorer=scorer.name,
                name=size,
                column=f"image_{size}",
            )
            raise InvalidParameter(said)
    return scorer


_SIZE = tuple(
    Parameter(size, None, doc, accepts=is_count, expected="a whole number of at least 1")
    for size, doc in (
        ("height", sentence("The height of all images in pixels, where it is the same.")),
        ("width", sentence("The width of all images in pixels, where it is the same.")),
    )
)
_SIZES = tuple(
    Role(name, None, doc, content=Content.NUMBER)
    for name, doc in (
        (
            "image_height",
            sentence("The column of the height of each row's image in pixels, where they differ."),
        ),
        (
            "image_width",
            sentence("The column of the width of each row's image in pixels, where they differ."),
        ),
    )
)
_AVERAGE = Parameter(
    "average",
    "masks",
    "The mean over the masks (the rows), or one ratio over the pixels of all.",
    choices=("masks", "pixels"),
)
_IMAGE = sentence("The column of the image; its rows are resampled together.")

_scorer = partial(
    Scorer,
    higher_is_better=True,
    lower=0.0,
    upper=1.0,
    perfect=1.0,
    kinds=(InputKind.MASKS,),
    read_cell=read_mask,
    misfits=_misfits,
    cell_words=MASK_WORDS,
    build=_with_size,
)

SCORERS = (
    _scorer(
        name="dice",
        title="Dice coefficient",
        summary="Twice the pixels two masks share, over the pixels of both; 1 if both are empty.",
        formula="(1/n) Σ 2 |A ∩ B| / (|A| + |B|)",
        source=_DICE,
        compute=_dice,
        decompose=_dice_terms,
        parameters=(*_SIZE, _AVERAGE),
        roles=(Role("image", None, _IMAGE, is_unit=True), *_SIZES),
    ),
    _scorer(
        name="iou",
        title="Intersection over union",
        summary="The pixels that two masks share, over those of either; 1 if both are empty.",
        formula="(1/n) Σ |A ∩ B| / |A ∪ B|",
        source=_VOC,
        compute=_iou,
        decompose=_iou_terms,
        parameters=(*_SIZE, _AVERAGE),
        roles=(Role("image", None, _IMAGE, is_unit=True), *_SIZES),
    ),
    _scorer(
        name="mean_iou",
        title="Mean intersection over union",
        summary="The mean over the classes of pixels shared in all images over those of either.",
        formula="(1/K) Σ_k Σᵢ |Aᵢₖ ∩ Bᵢₖ| / Σᵢ |Aᵢₖ ∪ Bᵢₖ|",
        source=_VOC,
        compute=_mean_iou,
        decompose=_mean_iou_terms,
        parameters=_SIZE,
        roles=(
            Role("image", "image", _IMAGE, is_unit=True),
            Role("category", "class", "The column of the class of each mask."),
            *_SIZES,
        ),
    ),
)
