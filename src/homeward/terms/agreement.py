"""Reading an agreement: TOML text in, one checked value out.

Rules of this file:
- Every agreement says whether those owed under GC III arts 109-110 travel `"outside"`
  the bargain or are `"counted"` in it. Silence is an error.
- Consent is part of every agreement. A document without a consent clause gets one that
  asks; none can switch it off (GC III art. 109(3) and the policy beyond it).
- What is read is bounded before it is understood: bytes, nesting, numbers, dotted keys.
- Nothing is said in vain: a phrase that no clause gives a meaning is refused.
- Two documents that say the same have the same `sha256`: it is taken over the normal
  form of what was read (`normal`), never over the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from homeward.foundation.canonical import INTEGER_MAX
from homeward.foundation.errors import InputError
from homeward.terms.agreed import (
    PRISONERS_OF_WAR,
    Account,
    Agreement,
    Category,
    Equivalents,
    Objective,
    Stop,
)
from homeward.terms.agreement_tables import (
    pairings,
    read_account,
    read_blocs,
    read_categories,
    read_equivalents,
    read_fields,
    read_handover,
    read_head,
    read_lists,
    read_objective,
    read_parties,
    read_stop,
    read_timetable,
    verify_head,
)
from homeward.terms.clause_checks import Rest, verify_clauses
from homeward.terms.clause_keys import Keys
from homeward.terms.clause_reading import read_clause
from homeward.terms.clauses import Balance, Clause, Consent, flows_of
from homeward.terms.normal import normal_sha256
from homeward.terms.places import Place
from homeward.terms.positions import Path
from homeward.terms.predicate import COLUMNS

__all__ = [
    "PRISONERS_OF_WAR",
    "TEXT_MAX_BYTES",
    "Account",
    "Agreement",
    "Category",
    "Equivalents",
    "Objective",
    "Stop",
    "read_agreement",
]

TEXT_MAX_BYTES = 256 * 1024
_CLAUSES_MAX, _OBJECTIVES_MAX, _STOPS_MAX, _ACCOUNTS_MAX = 200, 20, 100, 100
_NESTING_MAX = 8
# tomllib takes time that grows with the square of the parts of one dotted key: 64 KB of
# dots cost half a minute. No agreement needs more than two parts.
_MANY_DOTS = re.compile(r"""(?:(?:[\w-]{1,80}|"[^"\n]{0,80}"|'[^'\n]{0,80}')[ \t]*\.[ \t]*){32}""")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


@lru_cache(maxsize=32)  # whoever looks at a case reads its terms again
def read_agreement(text: str | bytes) -> Agreement:
    """Read an agreement.

    Args:
        text: TOML, at most 256 KiB.

    Returns:
        The agreement, with consent in it.

    Raises:
        InputError: The text is no TOML, or says what an agreement may not. Its message and
            its facts say the line, the clause and the key.
    """
    decoded, content = _parse(text)
    document = _Document(decoded, content)
    document.keys().only(*_TABLES)
    head = read_head(document.table("agreement"))
    parties = read_parties(document.table("parties"))
    is_sealed = read_lists(document.table("lists"))
    verify_head(head, document.table("agreement"), parties, sealed=is_sealed)
    blocs = read_blocs(document.table("blocs"), parties)
    stops = document.tables("stop", _STOPS_MAX)
    fields = read_fields(document.table("fields"))
    columns = {**COLUMNS, **fields}
    categories = read_categories(document.table("categories"), columns)
    equivalents = read_equivalents(document.table("equivalents"), columns)
    accounts = document.tables("account", _ACCOUNTS_MAX)
    rest = Rest(
        parties=tuple(parties),
        mediators=head.mediators,
        categories=tuple(categories),
        pairings=pairings(columns, equivalents),
        has_blocs=bool(blocs),
        has_equivalents=equivalents is not None,
    )
    clauses, consent = _clauses(document, rest)
    agreement = Agreement(
        id=head.id,
        mediators=head.mediators,
        effective=head.effective,
        article_109=head.article_109,
        on_paper=head.on_paper,
        observers=head.observers,
        cosigned=head.cosigned,
        parties=parties,
        blocs=blocs,
        stops=tuple(read_stop(keys, parties) for keys in stops),
        fields=fields,
        categories=categories,
        equivalents=equivalents,
        accounts=tuple(read_account(keys, parties, head.id) for keys in accounts),
        handover=read_handover(document.table("handover")),
        timetable=read_timetable(document.table("timetable")) if "timetable" in content else None,
        is_sealed=is_sealed,
        clauses=clauses,
        objectives=tuple(
            read_objective(keys, categories)
            for keys in document.tables("objective", _OBJECTIVES_MAX)
        ),
        sha256="",
        consent=consent,
    )
    _refuse_vain(agreement, document)
    in_order = sorted(agreement.accounts, key=lambda a: (a.debtor, a.creditor, a.unit, a.from_))
    if in_order != list(agreement.accounts):
        agreement = replace(agreement, accounts=tuple(in_order))
    return replace(agreement, sha256=normal_sha256(agreement))


_TABLES = (
    "agreement",
    "parties",
    "blocs",
    "stop",
    "fields",
    "categories",
    "equivalents",
    "account",
    "handover",
    "timetable",
    "lists",
    "clause",
    "objective",
)


@dataclass(frozen=True, slots=True)
class _Document:
    """A parsed text, table by table."""

    text: str
    content: Mapping[str, Any]

    def keys(self) -> Keys:
        """Return the top of the document."""
        return Keys(Place(self.text, (), "the agreement"), self.content)

    def table(self, name: str) -> Keys:
        """Return one table, empty if it is not there."""
        place, table = Place(self.text, (name,), f"[{name}]"), self.content.get(name, {})
        if not isinstance(table, dict):
            raise place.wrong("a table", type(table).__name__)
        return Keys(place, table)

    def tables(self, name: str, limit: int) -> list[Keys]:
        """Return the tables of an array of tables."""
        place, tables = Place(self.text, (name,), f"[[{name}]]"), self.content.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise place.wrong("tables", type(tables).__name__)
        if len(tables) > limit:
            raise place.wrong(f"at most {limit}", str(len(tables)))
        return [
            Keys(Place(self.text, (name, number), f"{name} {number + 1}"), table)
            for number, table in enumerate(tables)
        ]


def _parse(text: str | bytes) -> tuple[str, dict[str, Any]]:
    data = text.encode("utf-8") if isinstance(text, str) else text
    if len(data) > TEXT_MAX_BYTES:
        raise _unread(f"at most {TEXT_MAX_BYTES} bytes", f"{len(data)}", None)
    try:
        decoded = data.decode("utf-8-sig").replace("\r\n", "\n")
        dotted = _MANY_DOTS.search(decoded)
        if dotted:
            line = decoded.count("\n", 0, dotted.start()) + 1
            raise _unread("keys of one or two parts", "a key of many parts", line)
        document = tomllib.loads(decoded)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        found = _AT_LINE.search(str(error))
        said = _AT_LINE.sub("", str(error)).strip()[:160]
        raise _unread("TOML in UTF-8", said, int(found[1]) if found else None) from error
    _refuse_strange(decoded, document)
    return decoded, document


def _unread(expected: str, found: str, line: int | None) -> InputError:
    where = "In the agreement" if line is None else f"Line {line}, the agreement"
    return InputError(
        "terms.document",
        f"{where}: expected {expected}, found {found}.",
        hint="Mend the agreement; docs/reference/agreement.md lists what it may contain.",
        facts={} if line is None else {"line": line},
    )


def _refuse_strange(text: str, document: Mapping[str, Any]) -> None:
    """Refuse what no key may hold, so that whatever is shown later can be shown."""
    waiting: list[tuple[object, Path]] = [(document, ())]
    while waiting:
        value, path = waiting.pop()
        strange = None
        if len(path) > _NESTING_MAX:
            strange = f"at most {_NESTING_MAX} levels of tables", "more"
        elif isinstance(value, dict):
            if not "".join(value).isascii():
                strange = "keys in ASCII", "another key"
            waiting += [(item, (*path, key)) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [(item, (*path, number)) for number, item in enumerate(value)]
        elif isinstance(value, float):
            strange = "whole numbers", "a fraction"
        elif isinstance(value, int) and abs(value) > INTEGER_MAX:
            strange = f"numbers up to {INTEGER_MAX}", "a larger one"
        if strange:
            raise Place(text, (), "the agreement", None, path).wrong(*strange)


def _clauses(document: _Document, rest: Rest) -> tuple[tuple[Clause, ...], Consent]:
    tables = document.tables("clause", _CLAUSES_MAX)
    placed = [read_clause(keys.table, document.text, n) for n, keys in enumerate(tables)]
    verify_clauses(placed, rest)
    clauses = [clause for clause, _ in placed]
    consents = [clause for clause in clauses if isinstance(clause, Consent)]
    if consents:
        return tuple(clauses), consents[0]
    implied = Consent(id="consent", kind="consent", on_unknown="ask")
    for clause, place in placed:
        if clause.id == implied.id:
            expected = "the id 'consent' for a consent clause"
            raise place.key("id").wrong(expected, f"it on {clause.kind}")
    return (*clauses, implied), implied


def _refuse_vain(agreement: Agreement, document: _Document) -> None:
    """Refuse phrases that nothing else in the agreement gives a meaning."""
    objectives = document.tables("objective", _OBJECTIVES_MAX)
    for objective, keys in zip(agreement.objectives, objectives, strict=True):
        place = keys.place.key("max" if objective.sense > 0 else "min")
        if objective.by_phase and agreement.phase is None:
            raise place.wrong("a phase clause, for 'by phase'", "none")
        if objective.sum_of == "equivalents" and agreement.equivalents is None:
            raise place.wrong("[equivalents], for a sum of them", "none")
    _refuse_vain_accounts(agreement, document.tables("account", _ACCOUNTS_MAX))


def _refuse_vain_accounts(agreement: Agreement, tables: Sequence[Keys]) -> None:
    balances = [c for c in agreement.clauses if isinstance(c, Balance) and c.scope != "none"]
    seen = set()
    for account, keys in zip(agreement.accounts, tables, strict=True):
        sides = {account.debtor, account.creditor}
        meant = [flows_of(b) for b in balances if b.unit == account.unit]
        if not any(
            sides <= {code for f in flows for code in (f.holder, f.home)} for flows in meant
        ):
            expected = f"a balance in {account.unit} that {' and '.join(sorted(sides))} are in"
            raise keys.place.key("unit").wrong(expected, "none")
        one = (frozenset(sides), account.unit, account.from_)
        if one in seen:
            expected = "one account of an earlier agreement between two parties"
            raise keys.place.key("from").wrong(expected, "a second one")
        seen.add(one)
