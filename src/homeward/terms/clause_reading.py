"""Reading one `[[clause]]`: a parsed table in, the clause out.

Rules of this file:
- A kind, a key or a value that is not allowed is an error that names those that are.
- What a clause needs from the rest of the agreement is judged in `clause_checks`.
- What has a default may be left out; what the law or a side's trust hangs on (how a
  surplus is released, who confirms a gate) must be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from homeward.terms.clause_keys import COUNT_MAX, NAME, Keys
from homeward.terms.clauses import (
    COMMON,
    KINDS,
    PHASE_MAX,
    PREFERABLE,
    AllOf,
    Balance,
    Bundle,
    Cap,
    Clause,
    Consent,
    Counted,
    Destination,
    Escrow,
    Extend,
    Gate,
    Give,
    Named,
    Pair,
    Part,
    Phase,
    Quota,
    Ratio,
    Remains,
    Surplus,
    Together,
    Veto,
)
from homeward.terms.places import Place, shown

UNITS = ("people", "equivalents")
_DAYS_MAX = 36_525  # a hundred years
_PARTS_MAX = 20
_ORDER_MAX = 20

_NO_WISH: Mapping[str, str] = {
    "ratio": "whoever is given for a person is promised for that person",
    "balance": "a balance that need not be kept binds nobody; put it into an objective",
    "destination": "somebody is sent to one country or to another",
    "veto": "a party must be able to rely on its veto",
    "consent": "the will of a person is no wish of the parties",
    "phase": "a calendar that need not be kept binds nobody",
    "escrow": "a custodian has people in hand or has not",
    "surplus": "what is left over is owed or is not",
    "remains": "the dead have an account of their own, with min and max",
    "gate": "a release waits or does not wait",
    "extend": "what is added is earned or is not",
}
"""Kind that cannot be a wish -> why."""


def read_clause(table: Mapping[str, Any], document: str, index: int) -> tuple[Clause, Place]:
    """Read one clause.

    Args:
        table: The parsed TOML table.
        document: The text it stands in, for the lines in messages.
        index: 0 for the first clause.

    Returns:
        The clause, and where it stands.

    Raises:
        InputError: A key or a value is not what the kind allows.
    """
    identity, kind = table.get("id"), table.get("kind")
    if not isinstance(identity, str) or not NAME.fullmatch(identity):
        number = f"number {index + 1}"
        place = Place(document, ("clause", index), f"clause {number}", number)
        raise place.key("id").wrong('id = "a short stable name"', shown(identity))
    place = Place(document, ("clause", index), f"clause {identity}", identity)
    if not isinstance(kind, str) or kind not in KINDS:
        raise place.key("kind").wrong(f"kind = one of {', '.join(KINDS)}", shown(kind))
    keys = Keys(place, table)
    keys.only(*COMMON, *KINDS[kind][0])
    common = {
        "id": identity,
        "kind": kind,
        "where": keys.category(),
        "prefer": keys.flag("prefer"),
        "withhold": keys.flag("withhold"),
    }
    if common["prefer"] and kind not in PREFERABLE:
        expected = f"prefer = true only on {', '.join(PREFERABLE)}"
        raise place.key("prefer").wrong(expected, f"it on {kind}: {_NO_WISH[kind]}")
    return _READERS[kind](keys, common), place


def _give(keys: Keys, common: dict[str, Any]) -> Clause:
    return Give(**common, flows=keys.flows(), count=keys.needed_number("count"))


def _all_of(keys: Keys, common: dict[str, Any]) -> Clause:
    cutoff, continuing = keys.day("cutoff"), keys.flag("continuing")
    return AllOf(**common, flows=keys.flows(), cutoff=cutoff, continuing=continuing)


def _range(keys: Keys) -> tuple[int | None, int | None]:
    low, high = keys.number("min"), keys.number("max")
    if low is not None and high is not None and low > high:
        raise keys.place.key("min").wrong("min not above max", f"{low} and {high}")
    return low, high


def _quota(keys: Keys, common: dict[str, Any]) -> Clause:
    low, high = _range(keys)
    if low is None and high is None:
        raise keys.place.wrong("min, max or both", "neither")
    unit = keys.word("unit", UNITS, "people")
    flows, scope = keys.flows(), keys.word("scope", ("each", "sum"), "each")
    if len(flows) == 1:
        scope = "each"  # on one flow both say the same
    return Quota(**common, flows=flows, min=low, max=high, unit=unit, scope=scope)


def _ratio(keys: Keys, common: dict[str, Any]) -> Clause:
    counted = keys.table.get("for_each")
    if not isinstance(counted, dict):
        expected = 'for_each = { flow = "HOLDER -> HOME", where = "CATEGORY" }'
        raise keys.place.key("for_each").wrong(expected, shown(counted))
    each = Keys(keys.place.key("for_each"), counted)
    each.only("flow", "where")
    parts = keys.table.get("give")
    if not isinstance(parts, list) or not 0 < len(parts) <= _PARTS_MAX:
        expected = f'give = [{{ flow = "HOLDER -> HOME", where = "CATEGORY", count = 1 }}, ...] with 1 to {_PARTS_MAX} parts'
        found = f"{len(parts)}" if isinstance(parts, list) else shown(parts)
        raise keys.place.key("give").wrong(expected, found)
    for_each = Counted(flow=each.needed_flow(), where=each.category())
    give = [_part(keys.place.key("give", n), part, for_each) for n, part in enumerate(parts)]
    if len({(part.flow, part.where) for part in give}) != len(give):
        raise keys.place.key("give").wrong("each flow and category once", "a part twice")
    in_order = sorted(give, key=lambda part: (part.flow, part.where or ""))
    return Ratio(**common, for_each=for_each, give=tuple(in_order))


def _part(place: Place, table: object, for_each: Counted) -> Part:
    if not isinstance(table, dict):
        expected = '{ flow = "HOLDER -> HOME", where = "CATEGORY", count = 1 }'
        raise place.wrong(expected, shown(table))
    keys = Keys(place, table)
    keys.only("flow", "where", "count")
    flow = keys.needed_flow()
    if flow == for_each.flow:
        raise place.key("flow").wrong("another flow than that of for_each", str(flow))
    return Part(flow=flow, where=keys.category(), count=keys.needed_number("count", low=1))


def _balance(keys: Keys, common: dict[str, Any]) -> Clause:
    unit = keys.word("unit", (*UNITS, "agreed"), "people")
    scope = keys.word("scope", ("party", "bloc", "none"), "party")
    return Balance(**common, flows=keys.flows(required=unit != "agreed"), unit=unit, scope=scope)


def _pair(keys: Keys, common: dict[str, Any]) -> Clause:
    flows = keys.flows()
    if len(flows) != 2:
        raise keys.place.key("flows").wrong("two flows", f"{len(flows)}")
    return Pair(**common, flows=flows, key=keys.text("key", most=40))


def _cap(keys: Keys, common: dict[str, Any]) -> Clause:
    flows, by = keys.flows(required=False), keys.party("by")
    if bool(flows) == (by is not None):
        found = "both" if flows else "none"
        raise keys.place.wrong('either flows = [...] or by = "PARTY"', f"{found} of them")
    return Cap(**common, flows=flows, by=by, max=keys.needed_number("max"))


def _named(keys: Keys, common: dict[str, Any]) -> Clause:
    return Named(**common, **keys.people())


def _together(keys: Keys, common: dict[str, Any]) -> Clause:
    people = keys.people()
    if len(people["persons"]) == 1:
        raise keys.place.key("persons").wrong("at least two people", "one")
    return Together(**common, **people)


def _bundle(keys: Keys, common: dict[str, Any]) -> Clause:
    people, requires = keys.people(), keys.persons("requires")
    if set(people["persons"]) & set(requires):
        place = keys.place.key("requires")
        raise place.wrong("other people than those who require them", "somebody in both")
    return Bundle(**common, **people, requires=requires, both_ways=keys.flag("both_ways"))


def _destination(keys: Keys, common: dict[str, Any]) -> Clause:
    return Destination(**common, **keys.people("where"), country=keys.needed_party("country"))


def _veto(keys: Keys, common: dict[str, Any]) -> Clause:
    return Veto(**common, **keys.people(), by=keys.party("by"), max_names=keys.number("max_names"))


def _consent(keys: Keys, common: dict[str, Any]) -> Clause:
    return Consent(**common, on_unknown=keys.word("on_unknown", ("ask", "exclude"), "ask"))


def _phase(keys: Keys, common: dict[str, Any]) -> Clause:
    days = keys.numbers("days", low=1, high=_DAYS_MAX, most=PHASE_MAX)
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise keys.place.key("days").wrong("each day later than the one before it", "others")
    rounds, seats = keys.table.get("rounds"), keys.number("seats", low=1)
    if bool(days) == (rounds is not None):
        found = "both" if days else "none"
        raise keys.place.wrong('either days = [1, 7, ...] or rounds = 3 or "as_needed"', found)
    if rounds == "as_needed":
        if seats is None:
            expected = 'seats, by which rounds = "as_needed" are counted'
            raise keys.place.key("rounds").wrong(expected, "none")
    elif rounds is not None and (type(rounds) is not int or not 1 <= rounds <= PHASE_MAX):
        expected = f'rounds = a whole number from 1 to {PHASE_MAX}, or "as_needed"'
        raise keys.place.key("rounds").wrong(expected, shown(rounds))
    flow, at_least = keys.flow(), keys.numbers("at_least", low=0, high=COUNT_MAX, most=PHASE_MAX)
    if (flow is None) != (not at_least):
        raise keys.place.wrong("flow and at_least, or neither", "one of them")
    at_least = _one_for_each(keys, at_least, len(days) or rounds)
    return Phase(
        **common,
        days=days,
        rounds=rounds,
        flow=flow,
        at_least=at_least,
        order=_order(keys),
        lockstep=keys.flag("lockstep"),
        seats=seats,
        equal=keys.flag("equal"),
    )


def _one_for_each(
    keys: Keys, at_least: tuple[int, ...], phases: int | str | None
) -> tuple[int, ...]:
    """Return `at_least` with a number for each phase: 0 for those that it does not reach."""
    if not at_least:
        return ()
    place = keys.place.key("at_least")
    if not isinstance(phases, int):
        raise place.wrong("at_least only where the number of phases is known", '"as_needed"')
    if len(at_least) > phases:
        raise place.wrong(f"at most {phases} numbers, one for each phase", f"{len(at_least)}")
    return at_least + (0,) * (phases - len(at_least))


def _order(keys: Keys) -> tuple[str, ...]:
    place, names = keys.place.key("order"), keys.table.get("order", [])
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_list or len(names) > _ORDER_MAX:
        raise place.wrong(f'order = ["CATEGORY", ...] with at most {_ORDER_MAX}', shown(names))
    if len(set(names)) != len(names):
        raise place.wrong("each category once", "a category twice")
    return tuple(names)


def _escrow(keys: Keys, common: dict[str, Any]) -> Clause:
    release = keys.word("release", ("all_or_nothing", "batch"), "all_or_nothing")
    return Escrow(**common, custodian=keys.needed_party("custodian"), release=release)


def _surplus(keys: Keys, common: dict[str, Any]) -> Clause:
    return Surplus(
        **common,
        flows=keys.flows(),
        unit=keys.word("unit", UNITS, "people"),
        release=keys.word("release", ("parole", "credit"), None),
        within_days=keys.number("within_days", high=_DAYS_MAX),
    )


def _remains(keys: Keys, common: dict[str, Any]) -> Clause:
    low, high = _range(keys)
    balance = keys.word("balance", ("none", "equal"), "none")
    return Remains(**common, flows=keys.flows(), min=low, max=high, balance=balance)


def _gate(keys: Keys, common: dict[str, Any]) -> Clause:
    return Gate(
        **common,
        before=keys.text("before", most=80),
        until=keys.text("until"),
        confirmed_by=keys.needed_party("confirmed_by"),
    )


def _extend(keys: Keys, common: dict[str, Any]) -> Clause:
    return Extend(
        **common,
        per=keys.needed_number("per", low=1),
        flow=keys.needed_flow(),
        adds=keys.text("adds"),
        max=keys.number("max", low=1),
    )


_READERS: Mapping[str, Callable[[Keys, dict[str, Any]], Clause]] = {
    "give": _give,
    "all_of": _all_of,
    "quota": _quota,
    "ratio": _ratio,
    "balance": _balance,
    "pair": _pair,
    "cap": _cap,
    "named": _named,
    "together": _together,
    "bundle": _bundle,
    "destination": _destination,
    "veto": _veto,
    "consent": _consent,
    "phase": _phase,
    "escrow": _escrow,
    "surplus": _surplus,
    "remains": _remains,
    "gate": _gate,
    "extend": _extend,
}
