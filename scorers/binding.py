"""The scorers of an evaluation, bound to its parameters, and what they are fed with."""

from collections.abc import Mapping, Sequence
from typing import Any

from scorers.errors import Fault, InvalidParameter, InvalidSolution, UnknownScorer, listing
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.registry import get_scorer, get_unbound
from scorers.scorer import Scorer
from scorers.sentences import Sentence, known, said_by, sentence
from scorers.spec import EvaluationSpec


def invalid(code: str, message: Sentence) -> InvalidSolution:
    """One fault of the organiser's."""
    return InvalidSolution([Fault(code, message)])


def bind_scorers(spec: EvaluationSpec) -> tuple[Scorer, list[Scorer]]:
    """The ranking scorer, and the secondary ones under those of its parameters that they have.

    Raises: InvalidSolution for an unknown scorer or parameter, or kinds that do not go together.
    """
    try:
        scorer = get_scorer(spec.scorer, **spec.params)
        others = [secondary_scorer(name, spec.params) for name in spec.also]
    except (UnknownScorer, InvalidParameter) as error:
        raise invalid("scorer", said_by(error)) from None
    kind = kind_of(scorer, spec)
    for other in others:
        if kind not in _fitting(other, spec):
            text = sentence(
                "%(name)s takes %(kind)s, but the predictions are %(given)s.",
                name=other.name,
                kind=other.kind.value,
                given=kind.value,
            )
            raise invalid("scorer", text)
    return scorer, others


def secondary_scorer(name: str, params: Mapping[str, Any]) -> Scorer:
    """A scorer under those of the ranking one's parameters that it has.

    Raises: UnknownScorer, InvalidParameter.
    """
    known = {parameter.name for parameter in get_unbound(name).all_parameters}
    return get_scorer(name, **{n: v for n, v in params.items() if n in known})


def kind_of(scorer: Scorer, spec: EvaluationSpec) -> InputKind:
    """What the predictions are: the kind that was named, else the first that suits the sample.

    Raises: InvalidSolution when the sample's columns do not suit the scorer.
    """
    fitting = _fitting(scorer, spec)
    if spec.kind is not None:
        return _named(spec.kind, scorer, fitting)
    if fitting:
        return fitting[0]
    if len(spec.columns) > 1:
        text = sentence(
            "%(name)s takes one prediction column; the sample has %(count)s.",
            name=scorer.name,
            count=str(len(spec.columns)),
        )
    else:
        text = sentence(
            "%(name)s takes %(kind)s; the sample has one column.",
            name=scorer.name,
            kind=known(INPUTS[scorer.kind].words),
        )
    raise invalid("sample", text)


def _fitting(scorer: Scorer, spec: EvaluationSpec) -> list[InputKind]:
    return [kind for kind in scorer.kinds if _fits(kind, scorer, len(spec.columns))]


def _fits(kind: InputKind, scorer: Scorer, columns: int) -> bool:
    if columns == 1:
        return INPUTS[kind].one
    return INPUTS[kind].several and (kind is not InputKind.NUMBERS or scorer.several)


def _named(name: str, scorer: Scorer, fitting: Sequence[InputKind]) -> InputKind:
    if name not in list(InputKind):
        text = sentence(
            "There is no kind “%(name)s”; known are %(known)s.",
            name=name,
            known=listing(InputKind, 20),
        )
        raise invalid("kind", text)
    kind = InputKind(name)
    if kind in fitting:
        return kind
    if kind in scorer.kinds:
        text = sentence("The sample's columns are not %(kind)s.", kind=known(INPUTS[kind].words))
        raise invalid("sample", text)
    text = sentence(
        "%(name)s does not read %(kind)s; it reads %(known)s.",
        name=scorer.name,
        kind=kind.value,
        known=listing(scorer.kinds),
    )
    raise invalid("kind", text)
