"""The desk for statements: texts are kept with what was read in them, and people review it.

Rules of this file:
- A text is read once, when it is kept; the same text of the same day is kept once.
- A row waits until somebody confirms it, corrects it or strikes it out. Only what was confirmed
  or corrected is used for anything that leaves the desk.
- Nothing is changed or deleted: what was read stays beside what counts, with who said so and when.
- Whoever decides says how many decisions they saw: nobody decides on what they have not seen.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeward.foundation.errors import AccessError, InputError
from homeward.node.at_rest import mark, open_at_rest, seal_at_rest
from homeward.node.desk import PublicText, TextDecision, TextRow
from homeward.node.home import Node, utc_text
from homeward.node.tables import database_errors
from homeward.statements.corpus_item import as_item
from homeward.statements.heard import Document
from homeward.statements.model import CLAIMS_MAX
from homeward.statements.reading import read_statement
from homeward.statements.reading.language import Language
from homeward.statements.reviewed import (
    Row,
    as_values,
    from_values,
    in_order,
    place_of,
    rows_in,
    verify_row,
)
from homeward.talks.reviewed import position_rows

TEXT, ROW, DECISION = "public text", "text row", "text decision"
"""Purposes under which columns rest."""

COUNTING = ("confirmed", "corrected")
TEXT_MAX_CHARS = 50_000
"""Read within a second: a page waits for it."""
TITLE_MAX_CHARS, ADDRESS_MAX_CHARS = 120, 500
_ITEM_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A row: as it was read or added, as it counts now, and who said so.

    `state` is `waiting`, `confirmed`, `corrected` or `struck`; `seen` the number of decisions.
    """

    number: int
    read: Row
    row: Row
    is_added: bool
    state: str = "waiting"
    seen: int = 0
    actor: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with its rows, in the order in which they stand in it."""

    id: str
    title: str
    text: str
    address: str
    language: str
    published_on: dt.date
    exchange: str
    kept_at: str
    actor: str
    rows: tuple[Reviewed, ...]

    @property
    def waiting(self) -> int:
        """How many rows nobody has reviewed."""
        return sum(each.state == "waiting" for each in self.rows)

    @property
    def counting(self) -> tuple[Row, ...]:
        """The rows that somebody confirmed or corrected."""
        return tuple(each.row for each in self.rows if each.state in COUNTING)

    @property
    def standing(self) -> tuple[Row, ...]:
        """All rows that nobody struck out, the unreviewed among them."""
        return tuple(each.row for each in self.rows if each.state != "struck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A text as a list shows it: how many rows it has, and how many nobody has reviewed."""

    id: str
    title: str
    language: str
    published_on: dt.date
    exchange: str
    rows: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A text as somebody brings it in: by which title people know it, and where it was published."""

    title: str
    text: str
    published_on: dt.date
    language: Language | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides, when, and how many decisions on the row they saw."""

    actor: str
    now: dt.datetime
    seen: int


def keep_text(node: Node, published: Published, *, id: str, now: dt.datetime, actor: str) -> str:  # noqa: A002 - the word of the table
    """Keep a text and what is read in it.

    Args:
        node: The open node.
        published: The text; without a language it is read as it looks.
        id: Random, 1 to 32 characters; it will stand in addresses.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        Id of the text; that of the one that is kept, if it is.

    Raises:
        InputError: It is empty or too long.
    """
    text, published_on = published.text, published.published_on
    if not text.strip() or len(text) > TEXT_MAX_CHARS:
        raise InputError(
            "desk.text",
            f"Expected a text of 1 to {TEXT_MAX_CHARS} characters, found {len(text)}.",
            hint="Split the document at its headings.",
            facts={"count": len(text), "max_chars": TEXT_MAX_CHARS},
        )
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    marked = mark(node, f"{published_on.isoformat()}\n{text}", purpose=TEXT, digits=32)
    reading = read_statement(text, published_on, language=published.language)
    document = Document(name=id, published_on=published_on, text=text, reading=reading)
    rows = in_order([*rows_in(document), *position_rows(document)])
    content = {
        "title": published.title.strip()[:TITLE_MAX_CHARS],
        "text": text,
        "address": published.address.strip()[:ADDRESS_MAX_CHARS],
    }
    with node.transaction():
        same = PublicText.objects.filter(text_mark=marked).first()
        if same is not None:
            return str(same.id)
        kept = PublicText.objects.create(
            id=id,
            content=_sealed(node, content, TEXT),
            text_mark=marked,
            language=reading.language,
            published_on=published_on,
            kept_at=now,
            actor=actor,
        )
        TextRow.objects.bulk_create(
            TextRow(text=kept, number=number, body=_sealed(node, as_values(row), ROW))
            for number, row in enumerate(rows[:CLAIMS_MAX], start=1)
        )
    return id


def list_texts(node: Node) -> list[Listed]:
    """Return the texts that are kept, the latest published first; no row is opened for it."""
    node.require_open()
    with database_errors():
        kept = list(PublicText.objects.order_by("-published_on", "-kept_at"))
        of_row = dict(TextRow.objects.values_list("id", "text_id"))
        decisions = TextDecision.objects.order_by("number").values_list("row_id", "word")
        words = dict(decisions)
    rows = Counter(of_row.values())
    waiting = Counter(
        text for row, text in of_row.items() if words.get(row, "waiting") == "waiting"
    )
    return [
        Listed(
            id=each.id,
            title=_opened(node, each.content, TEXT)["title"],
            language=each.language,
            published_on=each.published_on,
            exchange=each.exchange,
            rows=rows[each.id],
            waiting=waiting[each.id],
        )
        for each in kept
    ]


def texts(node: Node, *, exchange: str) -> list[Text]:
    """Return the texts on an exchange with their rows, the latest published first.

    Args:
        node: The open node.
        exchange: Its key, as `comparison` has it.
    """
    node.require_open()
    with database_errors():
        kept = PublicText.objects.filter(exchange=exchange)
        found = list(kept.order_by("-published_on", "-kept_at"))
        rows = _rows(node, [each.id for each in found])
    return [_text(node, each, rows.get(each.id, ())) for each in found]


def text_of(node: Node, text_id: str) -> Text:
    """Return one text.

    Raises:
        AccessError: There is none of this id.
    """
    node.require_open()
    with database_errors():
        kept = _kept(text_id)
        return _text(node, kept, _rows(node, [text_id]).get(text_id, ()))


def decide(
    node: Node, text_id: str, number: int, word: str, *, by: By, row: Row | None = None
) -> None:
    """Write down what somebody says of a row.

    Args:
        node: The open node.
        text_id: Of the text.
        number: Of the row.
        word: One of `homeward.node.desk.WORDS`.
        by: Who, when, and what they saw.
        row: With `corrected`: what counts instead.

    Raises:
        AccessError: There is no such text or row.
        InputError: The correction is none, or somebody else decided meanwhile.
    """
    with node.transaction():
        text = text_of(node, text_id)
        found = _one(text, number)
        if found.seen != by.seen:
            raise InputError(
                "desk.changed",
                f"Expected a row with {by.seen} decisions, found {found.seen}: "
                "somebody reviewed it.",
                hint="Look at it again, then decide.",
                facts={"row": number},
            )
        if row is not None:
            verify_row(row, text.text)
        TextDecision.objects.create(
            row=TextRow.objects.get(text_id=text_id, number=number),
            number=by.seen + 1,
            word=word,
            body=None if row is None else _sealed(node, as_values(row), DECISION),
            at=by.now,
            actor=by.actor,
        )


def correct(node: Node, text_id: str, number: int, changes: Mapping[str, Any], *, by: By) -> None:
    """Write down what a row says in truth, in the words of its text.

    Args:
        node: The open node.
        text_id: Of the text.
        number: Of the row.
        changes: Fields of `Row` → their values.
        by: Who, when, and what they saw.

    Raises:
        AccessError: There is no such text or row.
        InputError: A value does not belong to such a row, or somebody else decided meanwhile.
    """
    row = replace(_one(text_of(node, text_id), number).row, **changes, is_doubtful=False)
    decide(node, text_id, number, "corrected", by=by, row=row)


def add_row(
    node: Node,
    text_id: str,
    quote: str,
    values: Mapping[str, Any],
    *,
    now: dt.datetime,
    actor: str,
) -> int:
    """Add what the reader missed; who adds it has confirmed it.

    Args:
        node: The open node.
        text_id: Of the text.
        quote: Its words, as the text has them.
        values: Fields of `Row` but its place → their values.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        Number of the row.

    Raises:
        AccessError: There is no such text.
        InputError: The text does not hold these words, a value does not belong to such a row,
            or the text has too many rows.
    """
    with node.transaction():
        kept = text_of(node, text_id)
        start, end = place_of(kept.text, quote)
        row = Row(start=start, end=end, **values)
        verify_row(row, kept.text)
        number = max((each.number for each in kept.rows), default=0) + 1
        if number > CLAIMS_MAX:
            raise InputError(
                "desk.rows",
                f"Expected at most {CLAIMS_MAX} rows of a text, found one more.",
                hint="Split the document at its headings.",
                facts={"max_count": CLAIMS_MAX},
            )
        added = TextRow.objects.create(
            text_id=text_id,
            number=number,
            body=_sealed(node, as_values(row), ROW),
            is_added=True,
        )
        TextDecision.objects.create(row=added, number=1, word="confirmed", at=now, actor=actor)
    return number


def corpus_item(text: Text) -> dict[str, Any]:
    """Return a text with what people reviewed in it as a test item for readers of statements.

    Args:
        text: From `text_of`.
    """
    return as_item(
        f"desk-{text.id[:_ITEM_DIGITS]}",
        text.text,
        language=text.language,
        published_on=text.published_on,
        address=text.address,
        kept=text.counting,
        struck=[each.row for each in text.rows if each.state == "struck"],
    )


def next_waiting(text: Text, after: int) -> int | None:
    """Return the number of the row to review after one; None if none waits.

    Args:
        text: From `text_of`.
        after: Number of a row; 0 asks for the first.
    """
    numbers = [each.number for each in text.rows]
    place = numbers.index(after) + 1 if after in numbers else 0
    in_turn = (*text.rows[place:], *text.rows[:place])
    return next((each.number for each in in_turn if each.state == "waiting"), None)


def states(text: Text) -> Counter[str]:
    """Return how many rows of a text are in which state."""
    return Counter(each.state for each in text.rows)


def _one(text: Text, number: int) -> Reviewed:
    found = next((each for each in text.rows if each.number == number), None)
    if found is None:
        raise _nothing()
    return found


def _kept(text_id: str) -> PublicText:
    found: PublicText | None = PublicText.objects.filter(id=text_id).first()
    if found is None:
        raise _nothing()
    return found


def _nothing() -> AccessError:
    return AccessError(
        "desk.none",
        "Expected a text or a row of the desk, found none.",
        hint="Go back to the list of texts.",
    )


def _rows(node: Node, ids: Sequence[str]) -> dict[str, tuple[Reviewed, ...]]:
    rows = list(TextRow.objects.filter(text_id__in=ids).order_by("text_id", "number"))
    last = {
        decision.row_id: decision
        for decision in TextDecision.objects.filter(row__text_id__in=ids).order_by("number")
    }
    found: dict[str, list[Reviewed]] = {}
    for row in rows:
        found.setdefault(row.text_id, []).append(_reviewed(node, row, last.get(row.id)))
    return {text: _placed(several) for text, several in found.items()}


def _placed(rows: Iterable[Reviewed]) -> tuple[Reviewed, ...]:
    return tuple(sorted(rows, key=lambda each: (each.read.start, each.read.end, each.number)))


def _reviewed(node: Node, row: TextRow, decision: TextDecision | None) -> Reviewed:
    read = from_values(_opened(node, row.body, ROW))
    if decision is None:
        return Reviewed(number=row.number, read=read, row=read, is_added=row.is_added)
    counts = read if decision.body is None else from_values(_opened(node, decision.body, DECISION))
    return Reviewed(
        number=row.number,
        read=read,
        row=counts,
        is_added=row.is_added,
        state=decision.word,
        seen=decision.number,
        actor=decision.actor,
        at=utc_text(decision.at),
    )


def _text(node: Node, kept: PublicText, rows: Sequence[Reviewed]) -> Text:
    content = _opened(node, kept.content, TEXT)
    return Text(
        id=kept.id,
        title=content["title"],
        text=content["text"],
        address=content["address"],
        language=kept.language,
        published_on=kept.published_on,
        exchange=kept.exchange,
        kept_at=utc_text(kept.kept_at),
        actor=kept.actor,
        rows=tuple(rows),
    )


def _sealed(node: Node, values: Mapping[str, Any], purpose: str) -> bytes:
    data = json.dumps(values, ensure_ascii=False).encode()
    return seal_at_rest(node, data, purpose=purpose)


def _opened(node: Node, sealed: bytes, purpose: str) -> Any:
    return json.loads(open_at_rest(node, bytes(sealed), purpose=purpose))
