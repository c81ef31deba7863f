"""The same people on two lists, weighed with what this node has learned.

Rules of this file:
- The weights are those of the package until somebody asks to learn from the decisions; what
  was learned with other tables of names does not count any more.
- Every pair says which weights and tables gave it.
- Nothing is kept from one comparison to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homeward.matching.columns import columns_of
from homeward.matching.duplicates import LEAST_PROBABILITY, of_one_list, propose_duplicates
from homeward.matching.engine import link
from homeward.matching.match import Pair, Proposals, decide
from homeward.matching.model import PARTS, Model, model_from, shipped_model
from homeward.matching.sql import codes_of, level_of
from homeward.node.models import Weights
from homeward.records.model import PersonRecord

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What two lists, or one, have in common.

    Attributes:
        pairs: Best first.
        levels: Of each pair, what was seen of each part that both records speak of.
        model: SHA-256 of the weights, the tables and the code that gave them.
    """

    pairs: tuple[Pair, ...]
    levels: tuple[Mapping[str, str], ...]
    model: str


def model_now() -> Model:
    """Return the weights that count at this node."""
    latest = Weights.objects.order_by("-id").first()
    shipped = shipped_model()
    if latest is None or not latest.text:
        return shipped
    learned = model_from(latest.text)
    return learned if learned.tables == shipped.tables else shipped


def between(
    wanted: Sequence[PersonRecord], held: Sequence[PersonRecord], *, report: Report
) -> Found:
    """Find who on one list is probably who on the other.

    Args:
        wanted: Records with distinct references.
        held: The same.
        report: Is told how far it is, and raises to stop.

    Raises:
        EngineError: Memory failed.
    """
    if not wanted or not held:
        return Found(pairs=(), levels=(), model=model_now().sha256())
    left, right = columns_of(wanted), columns_of(held)
    scored = link(left, right, model=model_now(), progress=_steps(report))
    return _found(decide(left, right, scored))


def within(people: Sequence[PersonRecord], *, report: Report) -> Found:
    """Find who stands on one list twice, perhaps.

    Args:
        people: Records with distinct references.
        report: Is told how far it is, and raises to stop.

    Raises:
        EngineError: Memory failed.
    """
    if len(people) < 2:
        return Found(pairs=(), levels=(), model=model_now().sha256())
    columns = columns_of(people)
    found = _found(propose_duplicates(columns, model=model_now(), progress=_steps(report)))
    likely = [n for n, pair in enumerate(found.pairs) if pair.probability >= LEAST_PROBABILITY]
    return Found(
        pairs=tuple(of_one_list(found.pairs[n]) for n in likely),
        levels=tuple(found.levels[n] for n in likely),
        model=found.model,
    )


def _steps(report: Report) -> Callable[[int, int], None]:
    return lambda done, total: report("matching", done, total)


def _found(proposals: Proposals) -> Found:
    codes = proposals.scored.code[proposals.order].tolist()
    return Found(
        pairs=tuple(proposals.pairs()),
        levels=tuple(_levels(code) for code in codes),
        model=proposals.scored.model.sha256(),
    )


def _levels(pattern: int) -> dict[str, str]:
    codes = codes_of(pattern)
    seen = ((part.name, level_of(part, codes[part.name])) for part in PARTS)
    return {name: level.name for name, level in seen if level is not None}
