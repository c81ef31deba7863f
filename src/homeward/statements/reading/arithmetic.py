"""Arithmetic that resolves what grammar left open.

Rules of this file:
- "N for N" as the name of a deal, of which the text tells one stage, is no leg.
- A number that the numbers after it add up to is the leg, and they are its parts.
- A smaller number that the same source adds in a later sentence, without saying whose or
  "also", describes those that it told of before.
- "In total" is the leg where nothing else is; a sum where it is exactly what the legs add up
  to; of both directions it is pooled; larger than all, it counts many exchanges.
- A leg that its own source tells twice is one leg; told by the text itself and by a source in one
  sentence, it is the source's.
- A number far beyond what a sentence before told of the same direction is a running total.
"""

from __future__ import annotations

from collections.abc import Sequence

from homeward.statements.reading.drafts import Draft

_VAGUE = frozenset({"speaker", "recent", "guess", "place", "returns", "lets go"})
_GROWN, _FAR_GROWN = 1.3, 4.0  # times what was told before, with and without a word of growth
_GROWN_MIN = 30
_BESIDE = 8
_PARTED = 4  # legs into which a whole is parted
_NEAR = 30  # legs before and after with which a total is compared


def resolve(drafts: Sequence[Draft]) -> list[Draft]:
    """Take parts, sums and repetitions out of the legs of a text.

    Args:
        drafts: In the order of the text; the roles of their quantities are brought up to date.

    Returns:
        The legs that stay, in order.
    """
    known = any(d.how != "guess" and d.clause.role == "main" for d in drafts)
    kept = _without_formulas([d for d in drafts if d.how != "guess" or not known])
    kept = _without_parts(_without_wholes(kept))
    kept = _without_details(kept)
    kept = _without_totals(_without_growth(kept))
    return _without_repetitions(kept)


def _role(draft: Draft, role: str) -> None:
    draft.quantity.role = role


def _without_formulas(drafts: list[Draft]) -> list[Draft]:
    """Set aside what a whole deal is called where one stage of it is told: "day two of 90 for 90"."""
    named: set[tuple[int, int | None]] = set()
    for draft in drafts:
        start = draft.quantity.start
        marked = draft.clause.marked
        staged = marked.any("stage", "begin", start=start - _BESIDE, end=start)
        staged = staged or marked.any("agree", start=start - _BESIDE, end=start + _BESIDE)
        behind = marked.tokens[draft.quantity.number.end :][:1]
        staged = staged or any(t.has("for") and t.glued for t in behind)  # "1,000-for-1,000"
        fewer = any(
            d.home == draft.home and 0 < (d.count or 0) < (draft.count or 0) for d in drafts
        )
        if draft.how == "n for n" and staged and fewer:
            named.add((id(draft.clause), draft.count))
    for draft in drafts:
        if (id(draft.clause), draft.count) in named:
            _role(draft, "framework")
    return [d for d in drafts if (id(d.clause), d.count) not in named]


def _without_wholes(drafts: list[Draft]) -> list[Draft]:
    """Set aside a number of nobody's that the next numbers of its source part by home."""
    wholes: list[Draft] = []
    for k, whole in enumerate(drafts):
        same = [d for d in drafts[k + 1 : k + 1 + _PARTED] if d.source == whole.source]
        loose = whole.how in _VAGUE and not whole.quantity.nation
        for end in range(2, len(same) + 1):
            row = same[:end]
            adds_up = sum(d.count or 0 for d in row) == whole.count and all(d.count for d in row)
            if loose and adds_up and len({d.home for d in row}) > 1:
                wholes.append(whole)
                _role(whole, "pooled")
    return [d for d in drafts if not any(d is whole for whole in wholes)]


def _without_parts(drafts: list[Draft]) -> list[Draft]:
    """Drop runs of numbers that add up to the leg before them, told by the same voice."""
    parts: set[int] = set()
    for k, whole in enumerate(drafts):
        if k in parts or whole.count is None or whole.count < 3:
            continue
        total, run = 0, []
        for j in range(k + 1, len(drafts)):
            part = drafts[j]
            if (
                part.home != whole.home
                or part.source != whole.source
                or part.count is None
                or part.clause.role != whole.clause.role
            ):
                break
            total += part.count
            run.append(j)
            if total >= whole.count:
                break
        if total == whole.count and len(run) >= 2:
            parts.update(run)
            for j in run:
                _role(drafts[j], "subset")
    return [draft for k, draft in enumerate(drafts) if k not in parts]


def _without_details(drafts: list[Draft]) -> list[Draft]:
    """Drop smaller numbers that a source adds later without a word of addition or of whose.

    A communiqué gives the number that came home first and describes them afterwards.
    """
    kept: list[Draft] = []
    for draft in drafts:
        sentence = draft.clause.marked
        detail = draft.how in _VAGUE and not sentence.any("move_with", "also", "in_return")
        start, end = draft.quantity.start, draft.quantity.number.end
        detail = detail and not sentence.any("another", start=start - 2, end=end + 1)
        wholes = [
            d
            for d in kept[-_NEAR:]
            if d.home == draft.home
            and d.source == draft.source
            and d.clause.role == draft.clause.role
            and d.clause.marked is not sentence
            and (d.unit == "remains") == (draft.unit == "remains")
        ]
        if detail and any((d.count or 0) > (draft.count or 0) > 0 for d in wholes):
            _role(draft, "subset")
        else:
            kept.append(draft)
    return kept


def _without_growth(drafts: list[Draft]) -> list[Draft]:
    """Set aside a number that a later sentence gives far beyond what was told: a running total."""
    kept: list[Draft] = []
    for draft in drafts:
        sentence = draft.clause.marked
        before = [
            d.count
            for d in kept[-_NEAR:]
            if d.count
            and d.home == draft.home
            and d.clause.role == draft.clause.role
            and d.clause.marked is not sentence
            and (d.unit == "remains") == (draft.unit == "remains")
        ]
        cued = sentence.any("growth", "cumulative", "time_unit", "total")
        times = _GROWN if cued else _FAR_GROWN
        start = draft.quantity.start
        more = sentence.any("also", "move_with", start=start - 1, end=start + 1)
        dated = bool(sentence.weekdays) or more or sentence.any("today", "yesterday", "in_return")
        if before and not dated and _GROWN_MIN < (draft.count or 0) > times * max(before):
            _role(draft, "cumulative")
        else:
            kept.append(draft)
    grown = [d for d in kept if d.how == "each" and d.quantity.role == "cumulative"]
    return [d for d in kept if d not in grown]  # of "1,000 each" neither is a leg


def _without_totals(drafts: list[Draft]) -> list[Draft]:
    kept: list[Draft] = []
    for k, draft in enumerate(drafts):
        near_ones = drafts[max(0, k - _NEAR) : k + _NEAR]
        rest = [
            d
            for d in near_ones
            if d is not draft
            and d.clause.role == draft.clause.role
            and d.quantity is not draft.quantity
        ]
        near = draft.clause.marked.any(
            "total",
            start=max(draft.clause.start, draft.quantity.start - 5),
            end=draft.quantity.end + 3,
        )
        same = [
            d.count
            for d in rest
            if d.home == draft.home
            and d.count
            and d.source == draft.source
            and (d.unit == "remains") == (draft.unit == "remains")
        ]
        homes = {d.home for d in rest}
        if _is_of_both(draft, rest):
            _role(draft, "pooled")
            continue
        if near and draft.count and rest and (k or len(homes) > 1):
            every = {(d.home, d.count, d.unit): d.count or 0 for d in rest}
            if same and draft.count == sum(set(same)) and len(set(same)) > 1:
                _role(draft, "pooled")
                continue
            if draft.count == sum(every.values()) and len(every) > 1:
                _role(draft, "pooled")
                continue
            if same and draft.count > 2 * max(same) and draft.count > 100:
                _role(draft, "cumulative")
                continue
        kept.append(draft)
    return kept


def _is_of_both(draft: Draft, rest: Sequence[Draft]) -> bool:
    """Return whether a number that is nobody's is twice what goes each way."""
    if draft.quantity.nation or draft.quantity.own or not draft.count:
        return False
    if draft.source.partition(".")[0] == draft.home:
        return False  # a side tells of its own
    there = {d.count for d in rest if d.home == draft.home and d.count}
    back = {d.count for d in rest if d.home == draft.holder and d.count}
    return any(2 * a == draft.count for a in there & back) or any(
        a + b == draft.count for a in there for b in back
    )


def _without_repetitions(drafts: list[Draft]) -> list[Draft]:
    kept: list[Draft] = []
    seen: set[tuple[object, ...]] = set()
    sourced = {
        (d.home, d.count, d.unit == "remains", d.clause.role, d.clause.marked.sentence.number)
        for d in drafts
        if d.source != "narrator"
    }
    spoken = {
        (d.home, d.count, d.unit == "remains", d.clause.role, d.source.partition(".")[0])
        for d in drafts
        if "." in d.source
    }
    voiced = {(d.home, d.count) for d in drafts if d.source != "narrator"}
    for draft in drafts:
        headline = draft.how == "n for n" and draft.source == "narrator"
        if headline and (draft.home, draft.count) in voiced:
            continue
        fact = (draft.home, draft.count, draft.unit == "remains", draft.clause.role)
        if draft.source == "narrator" and (*fact, draft.clause.marked.sentence.number) in sourced:
            continue
        if (*fact, draft.source) in spoken:
            continue  # an office of the party tells it by name
        if (*fact, draft.source) in seen:
            continue
        seen.add((*fact, draft.source))
        kept.append(draft)
    return kept
