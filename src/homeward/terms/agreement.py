"""Reading an agreement: TOML text in, one checked value out.

Rules of this file:
- Every agreement says whether those owed under GC III arts 109-110 travel `"outside"`
  the bargain or are `"counted"` in it. Silence is an error.
- Consent is part of every agreement. A document without a consent clause gets one that
  asks; none can switch it off (GC III art. 109(3) and the policy beyond it).
- Fields by race, ethnicity, religion or political opinion are refused (GC III art. 16),
  and so are columns that identify a person: the pool never holds a name.
- What is read is bounded before it is understood: bytes, nesting, numbers, dotted keys.
- Two documents that say the same have the same `sha256`: it is taken over the parsed
  content in canonical JSON, never over the text.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeward.foundation.canonical import INTEGER_MAX, canonical_sha256
from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode, parse_party
from homeward.terms.clauses import (
    Balance,
    Cap,
    Clause,
    Consent,
    Give,
    Named,
    Quota,
    Veto,
    read_clause,
)
from homeward.terms.predicate import (
    COLUMNS,
    SOURCE_OF,
    Column,
    Everybody,
    Predicate,
    parse_predicate,
    uses,
)

TEXT_MAX_BYTES = 256 * 1024
_CLAUSES_MAX, _CATEGORIES_MAX, _OBJECTIVES_MAX = 200, 200, 20
_NESTING_MAX = 8
# tomllib takes time that grows with the square of the parts of one dotted key: 64 KB of
# dots cost half a minute. No agreement needs more than two parts.
_MANY_DOTS = re.compile(r"""(?:(?:[\w-]{1,80}|"[^"\n]{0,80}"|'[^'\n]{0,80}')[ \t]*\.[ \t]*){32}""")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_OBJECTIVE = re.compile(r"(count|sum)\(\s*([A-Za-z][A-Za-z0-9_-]*)\s*\)")
SUMMABLE = ("days_held", "age")
REFUSED_FIELDS = (
    "race",
    "ethnic",
    "nationality",
    "relig",
    "faith",
    "confession",
    "politic",
    "opinion",
    "belief",
    "membership",
)
"""Beginnings of words in field names that GC III art. 16 forbids to distinguish by."""

IDENTIFYING = (
    "ref",
    "family_name",
    "given_name",
    "father_name",
    "name_as_written",
    "birth_place",
    "service_number",
    "extra",
)
"""Columns of lists that tell who somebody is, and so are no fields of an agreement."""

BASE_COLUMNS = (
    "power",
    "status",
    "alive",
    "health",
    "article_109",
    "fit_to_travel",
    "consent",
)
"""What every plan must know of a person, whatever the terms name."""

PRISONERS_OF_WAR = "prisoners_of_war"
"""The category that a clause without `where` means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of one party's people on their way home."""

    home: PartyCode
    country: PartyCode
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A name for a predicate, and what becomes of people it cannot judge."""

    name: str
    predicate: Predicate
    on_unknown: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One level of what a plan seeks, after every level above it."""

    id: str
    sense: int
    count_of: str | None
    sum_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed, checked."""

    id: str
    mediators: tuple[PartyCode, ...]
    effective: dt.date
    article_109: str
    parties: Mapping[PartyCode, str]
    blocs: Mapping[str, tuple[PartyCode, ...]]
    stops: tuple[Stop, ...]
    fields: Mapping[str, Column]
    categories: Mapping[str, Category]
    clauses: tuple[Clause, ...]
    objectives: tuple[Objective, ...]
    sha256: str
    consent: Consent = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the lists that a plan needs, sorted."""
        needed = set(BASE_COLUMNS)
        for category in self.categories.values():
            needed |= uses(category.predicate)[0]
        needed |= {objective.sum_of for objective in self.objectives if objective.sum_of}
        return tuple(sorted({SOURCE_OF.get(name, name) for name in needed}))

    @property
    def measures(self) -> tuple[str, ...]:
        """The dates and numbers, derived ones included, that a plan compares or sums."""
        asked = {n for c in self.categories.values() for n in uses(c.predicate)[0]}
        asked |= {objective.sum_of for objective in self.objectives if objective.sum_of}
        types = {**COLUMNS, **self.fields}
        return tuple(sorted(n for n in asked if types[n].type in {"date", "number"}))

    @property
    def lists(self) -> frozenset[str]:
        """The lists that must come beside the agreement."""
        named = {c.list for c in self.clauses if isinstance(c, Named | Veto) and c.list}
        asked = {n for c in self.categories.values() for n in uses(c.predicate)[1]}
        return frozenset(named | asked)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Every flow that some clause mentions, sorted."""
        found: set[Flow] = set()
        for clause in self.clauses:
            if isinstance(clause, Give | Quota | Balance | Cap):
                found.update(clause.flows)
        return tuple(sorted(found))


def read_agreement(text: str | bytes) -> Agreement:
    """Read an agreement.

    Args:
        text: TOML, at most 256 KiB.

    Returns:
        The agreement, with consent in it.

    Raises:
        InputError: The text is no TOML, or says what an agreement may not.
    """
    document = _parse(text)
    _only(document, "the agreement", _TABLES)
    head = _head(document)
    parties = _parties(document)
    fields = _fields(_table(document, "fields"))
    columns = {**COLUMNS, **fields}
    categories = _categories(_table(document, "categories"), columns)
    blocs = _blocs(_table(document, "blocs"), parties)
    clauses, consent = _clauses(_tables(document, "clause", _CLAUSES_MAX), parties, categories)
    _refuse_empty_balance(clauses, blocs)
    return Agreement(
        **head,
        parties=parties,
        blocs=blocs,
        stops=tuple(_stop(t, parties) for t in _tables(document, "stop", 100)),
        fields=fields,
        categories=categories,
        clauses=clauses,
        objectives=_objectives(_tables(document, "objective", _OBJECTIVES_MAX), categories),
        sha256=canonical_sha256(_normal(document)),
        consent=consent,
    )


_TABLES = ("agreement", "parties", "blocs", "stop", "fields", "categories", "clause", "objective")


def _parse(text: str | bytes) -> dict[str, Any]:
    data = text.encode("utf-8") if isinstance(text, str) else text
    if len(data) > TEXT_MAX_BYTES:
        raise _wrong("the agreement", f"at most {TEXT_MAX_BYTES} bytes", f"{len(data)}")
    try:
        decoded = data.decode("utf-8-sig")
        if _MANY_DOTS.search(decoded):
            raise _wrong("the agreement", "keys of one or two parts", "a key of many parts")
        document = tomllib.loads(decoded)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise _wrong("the agreement", "TOML in UTF-8", f"{str(error)[:160]}") from error
    _refuse_strange(document)
    return document


def _refuse_strange(document: Mapping[str, Any]) -> None:
    """Refuse what no key may hold, so that whatever is shown later can be shown."""
    waiting: list[tuple[object, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _NESTING_MAX:
            raise _wrong("the agreement", f"at most {_NESTING_MAX} levels of tables", "more")
        if isinstance(value, dict):
            if not all(key.isascii() for key in value):
                raise _wrong("the agreement", "keys in ASCII", "another key")
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, float):
            raise _wrong("the agreement", "whole numbers", "a fraction")
        elif isinstance(value, int) and abs(value) > INTEGER_MAX:
            raise _wrong("the agreement", f"numbers up to {INTEGER_MAX}", "a larger one")


def _head(document: Mapping[str, Any]) -> dict[str, Any]:
    table = _table(document, "agreement")
    _only(table, "[agreement]", ("id", "mediators", "effective", "article_109"))
    identity = table.get("id")
    if not isinstance(identity, str) or not _NAME.fullmatch(identity):
        raise _wrong("[agreement]", 'id = "letters, digits and hyphens"', repr(identity)[:60])
    effective = table.get("effective")
    if type(effective) is not dt.date:
        raise _wrong("[agreement]", "effective = a day such as 2025-02-05", repr(effective)[:60])
    if table.get("article_109") not in ("outside", "counted"):
        raise _wrong(
            "[agreement]",
            'article_109 = "outside" (the seriously wounded and sick travel first and count '
            'against nothing) or "counted"',
            repr(table.get("article_109"))[:40],
        )
    mediators = table.get("mediators", [])
    if not isinstance(mediators, list):
        raise _wrong("[agreement]", 'mediators = ["AE"]', repr(mediators)[:60])
    return {
        "id": identity,
        "mediators": tuple(parse_party(code) for code in mediators),
        "effective": effective,
        "article_109": table["article_109"],
    }


def _parties(document: Mapping[str, Any]) -> dict[PartyCode, str]:
    table = _table(document, "parties")
    if len(table) < 2:
        raise _wrong("[parties]", "at least two parties", str(len(table)))
    parties = {}
    for code, about in sorted(table.items()):
        if not isinstance(about, dict) or set(about) - {"name"}:
            raise _wrong(f"party {code[:40]}", '{ name = "..." } or {}', repr(about)[:60])
        name = about.get("name", code)
        if not isinstance(name, str):
            raise _wrong(f"party {code[:40]}", 'name = "..."', repr(name)[:60])
        parties[parse_party(code)] = name
    return parties


def _blocs(
    table: Mapping[str, Any], parties: Mapping[PartyCode, str]
) -> dict[str, tuple[PartyCode, ...]]:
    blocs = {}
    for name, members in table.items():
        if not isinstance(members, list) or any(m not in list(parties) for m in members):
            raise _wrong(f"bloc {name[:40]}", "a list of parties of this agreement", "another")
        blocs[name] = tuple(sorted(parse_party(m) for m in members))
    inside = [member for members in blocs.values() for member in members]
    if len(inside) != len(set(inside)):
        raise _wrong("[blocs]", "each party in one bloc", "a party in two")
    return blocs


def _stop(table: Mapping[str, Any], parties: Mapping[PartyCode, str]) -> Stop:
    _only(table, "[[stop]]", ("home", "country", "purpose"))
    home, purpose = parse_party(table.get("home", "")), table.get("purpose", "")
    if home not in parties or not isinstance(purpose, str) or not purpose:
        raise _wrong("[[stop]]", "home = a party and purpose = a text", f"home {home}")
    return Stop(home=home, country=parse_party(table.get("country", "")), purpose=purpose[:200])


def _fields(table: Mapping[str, Any]) -> dict[str, Column]:
    fields = {}
    for name, about in table.items():
        if not _FIELD.fullmatch(name) or name in COLUMNS or not isinstance(about, dict):
            raise _wrong("[fields]", "new names in small letters with { type = ... }", name[:40])
        if name in IDENTIFYING:
            raise _wrong("[fields]", "no column that tells who somebody is", name)
        if any(word.startswith(REFUSED_FIELDS) for word in name.split("_")):
            raise InputError(
                "terms.adverse_distinction",
                f"Expected no field by race, religion or political opinion, found {name}.",
                hint="GC III art. 16 forbids distinctions on such grounds; leave it out.",
            )
        _only(about, f"field {name}", ("type", "values"))
        kind, values = about.get("type"), about.get("values", [])
        if kind not in ("text", "number", "date"):
            raise _wrong(f"field {name}", "type = text, number or date", repr(kind)[:40])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise _wrong(f"field {name}", 'values = ["...", ...]', repr(values)[:40])
        if values and kind != "text":
            raise _wrong(f"field {name}", "values of a text", f"values of a {kind}")
        fields[name] = Column("choice", tuple(values)) if values else Column(kind)
    return fields


def _categories(table: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Category]:
    if len(table) > _CATEGORIES_MAX:
        raise _wrong("[categories]", f"at most {_CATEGORIES_MAX}", str(len(table)))
    found = {"all": Category(name="all", predicate=Everybody(), on_unknown="review", text="all")}
    pow_text = "status == 'pow'"
    found[PRISONERS_OF_WAR] = Category(
        name=PRISONERS_OF_WAR,
        predicate=parse_predicate(pow_text, where=PRISONERS_OF_WAR, columns=columns),
        on_unknown="exclude",
        text=pow_text,
    )
    for name, about in table.items():
        where = f"category {name}"
        if not _NAME.fullmatch(name) or name in found or name in columns:
            raise _wrong(where[:60], "a new name that is no column", "another")
        entry = {"is": about} if isinstance(about, str) else about
        if not isinstance(entry, dict) or not isinstance(entry.get("is"), str):
            raise _wrong(where, 'a text, or { is = "...", unknown = "review" }', repr(about)[:60])
        _only(entry, where, ("is", "unknown"))
        on_unknown = entry.get("unknown", "review")
        if on_unknown not in ("review", "exclude"):
            raise _wrong(where, "unknown = review or exclude", repr(on_unknown)[:40])
        predicate = parse_predicate(entry["is"], where=where, columns=columns)
        found[name] = Category(
            name=name, predicate=predicate, on_unknown=on_unknown, text=entry["is"]
        )
    return _in_order(found)


def _in_order(categories: Mapping[str, Category]) -> dict[str, Category]:
    """Return the categories so that each stands after those it uses; refuse cycles.

    Each is visited once, without recursion: an agreement may chain all of them.
    """
    ordered: dict[str, Category] = {}
    for start in categories:
        trail = [start]
        while trail:
            name = trail[-1]
            needed = uses(categories[name].predicate)[2]
            for used in sorted(needed):
                if used not in categories:
                    raise _wrong(f"category {name}", "a category of this agreement", used[:60])
                if used in trail:
                    raise _wrong(f"category {name}", "no category that uses itself", used[:60])
            waiting = [used for used in sorted(needed) if used not in ordered]
            if waiting:
                trail.append(waiting[0])
            else:
                ordered.setdefault(name, categories[name])
                trail.pop()
    return ordered


def _refuse_empty_balance(
    clauses: tuple[Clause, ...], blocs: Mapping[str, tuple[PartyCode, ...]]
) -> None:
    for clause in clauses:
        if isinstance(clause, Balance) and clause.scope == "bloc" and not blocs:
            raise _wrong(f"clause {clause.id}", "[blocs], for a balance of blocs", "none")


def _refuse_strangers(
    clause: Clause, parties: Mapping[PartyCode, str], categories: Mapping[str, Category]
) -> None:
    """Refuse a clause that speaks of a category or a party which the agreement lacks."""
    if clause.where is not None and clause.where not in categories:
        allowed = ", ".join(sorted(categories))
        raise _wrong(f"clause {clause.id}", f"where = one of {allowed}", clause.where[:60])
    for flow in getattr(clause, "flows", ()):
        if flow.holder not in parties or flow.home not in parties:
            raise _wrong(f"clause {clause.id}", "flows between the parties", str(flow))
    if getattr(clause, "by", None) not in {None, *parties}:
        raise _wrong(f"clause {clause.id}", "by = a party", "another")
    if not {person.holder for person in getattr(clause, "persons", ())} <= set(parties):
        raise _wrong(f"clause {clause.id}", "people held by the parties", "another holder")


def _clauses(
    tables: list[Mapping[str, Any]],
    parties: Mapping[PartyCode, str],
    categories: Mapping[str, Category],
) -> tuple[tuple[Clause, ...], Consent]:
    clauses = [read_clause(table, number) for number, table in enumerate(tables, 1)]
    ids = [clause.id for clause in clauses]
    for clause in clauses:
        if ids.count(clause.id) > 1:
            raise _wrong(f"clause {clause.id}", "an id of its own", "an id used twice")
        _refuse_strangers(clause, parties, categories)
    consents = [clause for clause in clauses if isinstance(clause, Consent)]
    if len(consents) > 1:
        raise _wrong(f"clause {consents[1].id}", "one consent clause", "two")
    if consents:
        return tuple(clauses), consents[0]
    implied = Consent(id="consent", kind="consent", on_unknown="ask")
    if implied.id in ids:
        raise _wrong("clause consent", "the id 'consent' for a consent clause", "another kind")
    return (*clauses, implied), implied


def _objectives(
    tables: list[Mapping[str, Any]], categories: Mapping[str, Category]
) -> tuple[Objective, ...]:
    objectives = []
    for number, table in enumerate(tables, 1):
        where = f"objective {number}"
        _only(table, where, ("max", "min"))
        if len(table) != 1:
            raise _wrong(where, 'max = "..." or min = "..."', "both or none")
        sense, text = next(iter(table.items()))
        match = _OBJECTIVE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise _wrong(where, "count(CATEGORY) or sum(days_held)", repr(text)[:60])
        verb, name = match.groups()
        allowed = sorted(categories) if verb == "count" else list(SUMMABLE)
        if name not in allowed:
            raise _wrong(where, f"{verb}() of one of {', '.join(allowed)}", name[:60])
        objectives.append(
            Objective(
                id=f"{verb}({name})" if sense == "max" else f"min {verb}({name})",
                sense=1 if sense == "max" else -1,
                count_of=name if verb == "count" else None,
                sum_of=name if verb == "sum" else None,
            )
        )
    return tuple(objectives)


def _normal(value: object) -> Any:
    """Return parsed TOML as JSON values: dates as text, tables and arrays as they are."""
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(f"[{name}]", "a table", type(table).__name__)
    return table


def _tables(document: Mapping[str, Any], name: str, limit: int) -> list[Mapping[str, Any]]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _wrong(f"[[{name}]]", "tables", type(tables).__name__)
    if len(tables) > limit:
        raise _wrong(f"[[{name}]]", f"at most {limit}", str(len(tables)))
    return tables


def _only(table: Mapping[str, Any], where: str, allowed: tuple[str, ...]) -> None:
    unknown = sorted(set(table) - set(allowed))
    if unknown:
        raise _wrong(where, f"only {', '.join(allowed)}", ", ".join(unknown)[:120])


def _wrong(where: str, expected: str, found: str) -> InputError:
    return InputError(
        "terms.document",
        f"In {where}: expected {expected}, found {found}.",
        hint="Mend the agreement; docs/reference/agreement.md lists what it may contain.",
    )
