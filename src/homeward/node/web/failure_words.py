"""A foreseen failure in the reader's language: what is wrong, and what to do.

Rules of this file:
- An English reader gets the error's own message and hint: they are more exact than any table.
- Every other reader gets the texts of the code. Where there are none, or a fact that they
  need is missing, the kind of the error is told, and the English original below it.
- Some failures only the original tells exactly, such as the place in an agreement's own
  text (`EXACT_IN_ENGLISH`): it stands below the texts.
- A fact is escaped and set apart. The code is shown whatever the language: support asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import Fact, HomewardError
from homeward.node.web import (
    failure_case_texts,
    failure_desk_texts,
    failure_key_texts,
    failure_list_texts,
    failure_paper_texts,
    failure_texts,
)
from homeward.node.web.repair_words import of_conflict, with_numbers, without_clauses
from homeward.node.web.words import of_leg, set_apart

TEXTS: Mapping[str, tuple[Any, Any]] = {
    **failure_texts.TEXTS,
    **failure_case_texts.TEXTS,
    **failure_key_texts.TEXTS,
    **failure_list_texts.TEXTS,
    **failure_desk_texts.TEXTS,
    **failure_paper_texts.TEXTS,
}
"""Code → what is wrong, and what to do; an empty second text: as its kind says."""

EXACT_IN_ENGLISH = frozenset(
    {
        # Expected and found are pieces of TOML, or the name, row and column of a list.
        *("terms.clause", "terms.document", "terms.predicate", "terms.adverse_distinction"),
        *("terms.list_row", "terms.list_ref", "terms.list_missing", "terms.ref_twice"),
        # How many people are there for each clause stands in the sentences of the plan alone.
        "cases.infeasible",
    }
)
"""Codes whose original is shown beside their texts."""

KINDS: Mapping[str, tuple[Any, Any]] = {
    "InputError": (
        _("What was given cannot be used. Nothing was changed."),
        _("Correct it, then try again."),
    ),
    "AccessError": (
        _("It does not exist, or it is not yours."),
        _("Go back to the first page and choose from what it shows."),
    ),
    "TurnError": (
        _("This cannot be done now."),
        _("Nothing was recorded. Load the page again: it says what comes next, and whose turn."),
    ),
    "PeerError": (
        _("What another party signed is not allowed."),
        _("Keep it as evidence, and ask its author to record it anew."),
    ),
    "RuleError": (
        _("The agreement, the law or a rule of this node forbids it."),
        _("Nothing was recorded. Ask the mediator or the administrator."),
    ),
    "InfeasibleError": (
        _("No plan keeps every clause."),
        _("End this case, and table a mended agreement."),
    ),
    "TamperError": (
        _("A hash, a signature or a proof does not hold."),
        _("Do not use this copy. Keep it as evidence, and ask its author for it again."),
    ),
    "EngineError": (
        _("The disk, the database or the solver of this node failed."),
        _("Try again. If it stays so, tell the administrator the code."),
    ),
}
"""Kind of error → what is wrong, and what to do."""

_NO_KIND = (_("This did not work."), _("Tell the administrator the code."))
_THOUSANDS_FROM = 10_000  # a shorter number is read at a glance, and may be that of an entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure in words, as markup or plain text.

    Attributes:
        what: What was expected and found.
        repair: What to do; may be empty in English.
        original: What the error itself says, in English, where the reader needs it too.
        code: For support.
    """

    what: str
    repair: str
    original: str
    code: str

    @property
    def sentence(self) -> str:
        """All of it in one paragraph, to stand beside a field."""
        said = [each for each in (self.what, self.repair) if each]
        if self.original:
            text = format_html('<span lang="en" dir="ltr">{}</span>', self.original)
            said += [gettext("In English:"), text]
        return _joined(said)


def of(error: HomewardError) -> Failure:
    """Say what went wrong and what to do.

    Args:
        error: A foreseen failure.

    Returns:
        It in the reader's language.
    """
    return of_problem(error.as_problem())


def of_problem(problem: Mapping[str, Any]) -> Failure:
    """Say what a failure was that is kept as an object, such as that of a job.

    Args:
        problem: As `HomewardError.as_problem` returns it, perhaps by an earlier version.

    Returns:
        It in the reader's language.
    """
    code, kind = str(problem.get("code", "")), str(problem.get("kind", ""))
    message, hint = str(problem.get("message", "")), str(problem.get("hint", ""))
    if is_english():
        return Failure(what=message, repair=hint, original="", code=code)
    facts: Mapping[str, Fact] = problem.get("facts") or {}
    original = f"{message} {hint}".strip()
    said = _said(code, kind, facts)
    if said is None:
        what, repair = KINDS.get(kind, _NO_KIND)
        said = str(what), str(repair)
    elif code not in EXACT_IN_ENGLISH:
        original = ""
    what = _joined((said[0], *_where(kind, facts)))
    repair = _joined((said[1], *_kept(facts)))
    return Failure(what=what, repair=repair, original=original, code=code)


def is_english() -> bool:
    """Tell whether the reader reads what errors themselves say."""
    return str(get_language() or "en").startswith("en")


def _said(code: str, kind: str, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    """Return the texts of a code with their facts; None if there are none, or a fact is not."""
    if code in BUILT:
        return BUILT[code](facts)
    if code not in TEXTS:
        return None
    what, repair = map(str, TEXTS[code])
    repair = repair or str(KINDS.get(kind, _NO_KIND)[1])
    if not places(what) | places(repair) <= facts.keys():
        return None
    return _filled(what, facts), _filled(repair, facts)


def _infeasible(facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    """Tell every conflict by its clauses, and what would end it: other numbers, or clauses gone."""
    conflicts, repairs = facts.get("conflicts"), facts.get("repairs")
    if not isinstance(conflicts, list) or not isinstance(repairs, list):
        return None
    what, mend = map(str, KINDS["InfeasibleError"])
    said = [of_conflict(ids.split(" ")) for ids in map(str, conflicts)]
    mended = [
        with_numbers([_change(part) for part in each.split(", ")]) for each in map(str, repairs)
    ]
    removals = facts.get("removals")
    if isinstance(removals, list):  # an earlier version told none
        mended += [without_clauses(ids.split(" ")) for ids in map(str, removals)]
    return _joined(said or (what,)), _joined((*mended, mend))


BUILT: Mapping[str, Callable[[Mapping[str, Fact]], tuple[str, str] | None]] = {
    "cases.infeasible": _infeasible,
}
"""Code → what makes its sentences, where there is one for each of several things."""


def _where(kind: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """Yield which entry is refused, if one of another party is."""
    if kind not in ("PeerError", "TamperError") or "entry" not in facts:
        return
    if "author" in facts:
        yield _filled(gettext("It is about entry {entry} of the ledger, by {author}."), facts)
    else:
        yield _filled(gettext("It is about entry {entry} of the ledger."), facts)


def _kept(facts: Mapping[str, Fact]) -> Iterator[str]:
    """Yield where the evidence lies, if it was kept."""
    if "evidence" in facts:
        yield _filled(gettext("It is kept in the folder of this node: {evidence}."), facts)


def _change(repair: str) -> str:
    """Write `clause key old new` as an agreement writes it: `clause: key = old → new`.

    Of a list of numbers the place stands after the key.
    """
    clause, _space, rest = repair.partition(" ")
    name, *numbers = rest.rsplit(" ", 2)
    return f"{clause}: {name} = {' → '.join(numbers)}"


def places(text: str) -> set[str]:
    """Return the names of the facts that a text needs."""
    return {name for _before, name, _form, _way in Formatter().parse(text) if name is not None}


def _filled(text: str, facts: Mapping[str, Fact]) -> str:
    values = {name: _shown(facts[name], name) for name in places(text)}
    return set_apart(text, **values) if values else text


def _shown(value: Fact, name: str) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, int) and name.endswith("_bytes"):
        return f"{value // 1_000_000} MB" if value >= 1_000_000 else f"{value // 1_000} KB"
    if isinstance(value, int) and value >= _THOUSANDS_FROM:
        return f"{value:,}"
    return of_leg(str(value))


def _joined(sentences: Iterable[str]) -> str:
    text: str = format_html_join(" ", "{}", ((each,) for each in sentences))
    return text
