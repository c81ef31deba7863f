"""Sets pages in type: values in, the bytes of a PDF out.

Rules of this file:
- Data reaches the template as JSON: a name is text and never markup.
- Only the fonts in `fonts/` are used; nothing of the machine is read.
- A character that these fonts lack is printed as its code point (`U+10D2`), and so is
  one that cannot be seen or that turns the text around it: a person is never left off a
  manifest for the letters of their name.
- The instant of printing comes in with the page: same page, same bytes.
- What is not known is a dash: an empty cell looks like a fault of the printer.
- The page runs from left to right in every language, so that both sides find a person in
  the same place; words of another script run as they are read.

Source: PDF/UA-1 (ISO 14289-1); the compiler checks it.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import segno
import typst

from homeward.documents.labels import LABELS, Language
from homeward.documents.pages import ManifestPage, ManifestRow, ReceiptPage, qr_text
from homeward.foundation.dates import parse_date
from homeward.foundation.errors import EngineError, InputError

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_ID_CHARS_PRINTED = 8
_EMPTY = "—"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Zero-width joiner and non-joiner: Persian and Urdu spelling needs them.
_JOINERS = "\u200c\u200d"
_Words = dict[str, str]  # `en`, and `beside`: the same in the other language, or nothing


def manifest_pdf(page: ManifestPage) -> bytes:
    """Print the manifest of one leg.

    Args:
        page: The leg and its captives, in the order of the rows.

    Returns:
        A PDF/UA-1 file, A4; the same page always gives the same bytes.

    Raises:
        EngineError: The typesetter failed.

    Source:
        GC III art. 119.
    """
    stops = "; ".join(f"{stop.country} ({stop.purpose})" for stop in page.stops)
    rows = [_row(number, row, page.beside) for number, row in enumerate(page.rows, start=1)]
    return _print(
        "manifest.typ",
        page,
        day="issued",
        facts=[
            ("people", _alone(str(len(page.rows)))),
            ("stops", _alone(stops) if stops else _word(page, "none")),
        ],
        body={"rows": rows},
    )


def receipt_pdf(page: ReceiptPage) -> bytes:
    """Print the receipt of one leg, with room for signatures and seals.

    Args:
        page: The counts and the two roots; no names.

    Returns:
        A PDF/UA-1 file, A4; the same page always gives the same bytes.

    Raises:
        EngineError: The typesetter failed.

    Source:
        GC III art. 119.
    """
    return _print(
        "receipt.typ",
        page,
        day="received",
        facts=[],
        body={
            "counts": [[_word(page, step), str(number)] for step, number in page.counts],
            "roots": [
                [page.leg.holder, _grouped(page.holder_root)],
                [page.leg.home, _grouped(page.home_root)],
            ],
            "roots_agree": page.holder_root == page.home_root,
            "signers": [[each.party, _word(page, f"role_{each.role}")] for each in page.signers],
        },
    )


def printable(text: str) -> str:
    """Return a text with every character that the fonts lack written as its code point.

    Args:
        text: As a list holds it.

    Returns:
        The text in composed form (NFC), line breaks as spaces; `U+10D2` stands for a
        character that would not be seen, or not where it is.
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    shown = "".join(
        character if _is_visible(character) else f" U+{ord(character):04X} "
        for character in composed
    )
    return " ".join(shown.split())


def _print(
    template: str,
    page: ManifestPage | ReceiptPage,
    *,
    day: str,
    facts: list[tuple[str, _Words]],
    body: dict[str, Any],
) -> bytes:
    on, beside = _day(page.on.isoformat(), page.beside), page.beside
    head = [
        (day, on),
        ("case", _alone(page.case)),
        ("entry", _alone(str(page.ledger_number))),
        ("plan", _alone(_grouped(page.plan_sha256[:16]))),
        *facts,
        ("printed", _instant(page)),
    ]
    data = {
        "leg": f"{page.leg.holder} → {page.leg.home}",
        "case": page.case,
        "date": on["en"],
        "simulation": page.simulation,
        "qr_alt": f"Code of this page: {qr_text(page)}",
        "beside": beside and {"lang": beside.code, "rtl": beside.is_right_to_left},
        "words": {key: _word(page, key) for key in LABELS},
        "facts": [[_word(page, key), value] for key, value in head],
        **body,
    }
    try:
        pdf = _typesetter().compile(
            input=str(_TEMPLATES / template),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False), "qr": _qr_svg(page)},
            pdf_standards=["ua-1"],
            timestamp=int(page.printed_at.timestamp()),
        )
    except typst.TypstError as error:
        # Its message may quote the data; only the kind of the failure goes out.
        raise EngineError(
            "documents.typesetter",
            f"Expected a page from {template}, found that the typesetter refused it.",
            hint="Report it with the number of rows; the data stays where it is.",
        ) from error
    assert isinstance(pdf, bytes), "one document gives one file"
    return pdf


def _row(number: int, row: ManifestRow, beside: Language | None) -> dict[str, Any]:
    return {
        "no": number,
        "id": printable(row.captive_id[:_ID_CHARS_PRINTED]),
        "name_holder": _written(row.name_holder or _EMPTY),
        "name_home": _written(row.name_home or _EMPTY),
        "born": _day(row.born, beside) if row.born else _alone(_EMPTY),
        "number": printable(row.number or _EMPTY),
    }


def _word(page: ManifestPage | ReceiptPage, key: str) -> _Words:
    """Return the words of a label in English and, if they are there, in the other language."""
    places = {"holder": page.leg.holder, "home": page.leg.home}
    other = page.beside.word(key) if page.beside else ""
    return {"en": LABELS[key] % places, "beside": printable(other % places)}


def _alone(text: str) -> _Words:
    """Return what reads the same in every language."""
    return {"en": printable(text), "beside": ""}


def _day(text: str, beside: Language | None) -> _Words:
    """Return an EDTF date as people write it; another text, and a bare year, as it stands."""
    words = _day_in_words(text)
    other = beside.date(text) if beside and words != text else ""
    return {"en": printable(words), "beside": printable(other)}


def _instant(page: ManifestPage | ReceiptPage) -> _Words:
    """Return the instant of printing; the hour, the same for all, stands once."""
    at = page.printed_at.astimezone(dt.UTC)
    day = _day(at.date().isoformat(), page.beside)
    return {**day, "en": f"{day['en']}, {at:%H:%M} UTC"}


def _written(text: str) -> dict[str, str | bool]:
    return {"text": printable(text), "rtl": _is_right_to_left(text)}


def _is_right_to_left(text: str) -> bool:
    """Return the direction of the first letter that has one (Unicode TR 9, rule P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _day_in_words(text: str) -> str:
    """Return an EDTF date as people write it; another text as it stands."""
    try:
        parse_date(text)
    except InputError:
        return text
    text = text.strip()
    date = text.rstrip("~?%")
    year, *rest = date.split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    words = " ".join([*day, *month, year])
    about = "about " if text[-1] in "~%" else ""
    unsure = " (unsure)" if text[-1] in "?%" else ""
    return f"{about}{words}{unsure}"


def _grouped(digits: str) -> str:
    """Return hexadecimal digits in groups of eight, to be read aloud."""
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _qr_svg(page: ManifestPage | ReceiptPage) -> str:
    out = io.BytesIO()
    segno.make(qr_text(page), error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode("utf-8")


def _is_visible(character: str) -> bool:
    if character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf"} and character in _printed()


@functools.cache
def _printed() -> frozenset[str]:
    """Return the characters that the fonts hold (`fonts/README.md` says how it was made)."""
    lines = (_HERE / "fonts" / "coverage.txt").read_text(encoding="ascii").splitlines()
    ranges = (tuple(int(part, 16) for part in line.split()) for line in lines)
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


@functools.cache
def _typesetter() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(_HERE / "fonts")],
    )
    return typst.Compiler(root=str(_TEMPLATES), font_paths=fonts)
