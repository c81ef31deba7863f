import datetime as dt
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import homeward.documents
from homeward.documents import (
    LABELS,
    Language,
    ManifestPage,
    ManifestRow,
    ReceiptPage,
    Signer,
    manifest_pdf,
    receipt_pdf,
)
from homeward.documents.pdf import printable
from homeward.foundation.ids import PartyCode, parse_flow

FONTS = Path(homeward.documents.__file__).parent / "fonts"
MARKUP = "#let x = 1 *bold* $x$"


ARABIC = Language(
    code="ar",
    is_right_to_left=True,
    words={key: f"عربية {key} %(home)s" for key in LABELS if key != "seal"} | {"plan": "Plan"},
    date=lambda text: f"تاريخ {text}",
)


def manifest(*names, simulation=True, beside=None, **known):
    rows = tuple(
        ManifestRow(
            **{
                "captive_id": f"{number:032x}",
                "name_holder": name,
                "name_home": name,
                "born": "1998-03-14",
                "number": "A 12/3456",
                **known,
            }
        )
        for number, name in enumerate(names)
    )
    return ManifestPage(
        case="2025-02-05",
        leg=parse_flow("RU -> UA"),
        on=dt.date(2025, 2, 5),
        ledger_number=412,
        ledger_size=430,
        plan_sha256="ab12" * 16,
        stops=(),
        rows=rows,
        printed_at=dt.datetime(2025, 2, 4, 12, tzinfo=dt.UTC),
        simulation=simulation,
        beside=beside,
    )


def receipt(*, home_root="0f" * 32, beside=None):
    return ReceiptPage(
        case="2025-02-05",
        leg=parse_flow("RU -> UA"),
        on=dt.date(2025, 2, 5),
        ledger_number=512,
        ledger_size=530,
        plan_sha256="ab12" * 16,
        counts=(("on_manifest", 150), ("stopped", 150), ("asked_again", 150), ("home", 149)),
        holder_root="0f" * 32,
        home_root=home_root,
        signers=tuple(
            Signer(party=PartyCode(party), role=role)
            for party, role in (("RU", "holder"), ("UA", "home"), ("AE", "mediator"))
        ),
        printed_at=dt.datetime(2025, 4, 9, 12, tzinfo=dt.UTC),
        simulation=False,
        beside=beside,
    )


def page_count(pdf):
    return max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))


def text_of(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout


@pytest.fixture(scope="module")
def long_pdf():
    return manifest_pdf(manifest(*["Коваленко Микола", "Smith John", "محمد حسن"] * 50))


def test_150_people_take_more_than_one_page(long_pdf):
    assert long_pdf.startswith(b"%PDF-")
    assert page_count(long_pdf) > 1


def test_every_page_repeats_its_header_says_simulation_and_counts_itself(long_pdf, tmp_path):
    pages = text_of(long_pdf, tmp_path).split("\f")[:-1]
    assert len(pages) == page_count(long_pdf)
    for number, page in enumerate(pages, start=1):
        assert "SIMULATION" in page.split("\n")[0]
        assert "The people are invented." in page
        assert "Name as home wrote it" in page
        assert re.search(rf" {number} ?/ ?{len(pages)}$", page, re.MULTILINE)


def test_every_row_is_printed_once(long_pdf, tmp_path):
    text = text_of(long_pdf, tmp_path)
    assert re.findall(r"^ *(\d+) +[0-9a-f]{8} ", text, re.MULTILINE) == [
        str(number) for number in range(1, 151)
    ]


def test_a_page_of_real_people_does_not_say_simulation(tmp_path):
    assert "SIMULATION" not in text_of(manifest_pdf(manifest("A", simulation=False)), tmp_path)


def test_the_same_page_gives_the_same_bytes():
    assert manifest_pdf(manifest("Жук", "B")) == manifest_pdf(manifest("Жук", "B"))
    assert receipt_pdf(receipt()) == receipt_pdf(receipt())


def test_another_name_gives_other_bytes():
    assert manifest_pdf(manifest("Жук", "B")) != manifest_pdf(manifest("Жук", "C"))


def test_markup_in_a_name_stays_text(tmp_path):
    assert text_of(manifest_pdf(manifest(MARKUP)), tmp_path).count(MARKUP) == 2


def test_a_name_in_letters_the_fonts_lack_is_printed_as_code_points(tmp_path):
    assert "U+10D2 U+10D8" in text_of(manifest_pdf(manifest("გი")), tmp_path)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Ґалаґан-Ёлкин O\u2019Brien", "Ґалаґан-Ёлкин O\u2019Brien"),
        ("گل\u200cپری", "گل\u200cپری"),
        ("\u0435\u0308", "\u0451"),
        ("a\n\tb", "a b"),
        ("a\u202eb", "a U+202E b"),
        ("a\x01b", "a U+0001 b"),
        ("李", "U+674E"),
        ("", ""),
    ],
)
def test_every_character_is_printed_or_named(text, printed):
    assert printable(text) == printed


def test_a_receipt_says_whether_both_sides_speak_of_the_same_people(tmp_path):
    same = text_of(receipt_pdf(receipt()), tmp_path)
    other = text_of(receipt_pdf(receipt(home_root="1e" * 32)), tmp_path)
    assert "The two roots are the same" in same
    assert "The two roots differ" in other
    assert same.count("Name and rank") == same.count("Seal") == 3


@pytest.mark.parametrize("beside", [None, ARABIC])
def test_a_receipt_fits_on_one_page(beside):
    assert page_count(receipt_pdf(receipt(home_root="1e" * 32, beside=beside))) == 1


def test_a_paper_tells_the_day_of_its_entry_and_apart_from_it_the_day_of_printing(tmp_path):
    text = text_of(receipt_pdf(receipt()), tmp_path)
    assert re.search(r"^Received +5 Feb 2025$", text, re.MULTILINE)
    assert re.search(r"^Printed +9 Apr 2025, 12:00 UTC$", text, re.MULTILINE)
    text = text_of(manifest_pdf(manifest("A")), tmp_path)
    assert re.search(r"^Issued +5 Feb 2025$", text, re.MULTILINE)
    assert re.search(r"^Printed +4 Feb 2025, 12:00 UTC$", text, re.MULTILINE)


def test_what_is_not_known_is_a_dash(tmp_path):
    pdf = manifest_pdf(manifest("Smith John", name_home="", born="", number=""))
    row = next(line for line in text_of(pdf, tmp_path).split("\n") if "Smith John" in line)
    assert row.split() == ["1", "00000000", "Smith", "John", "—", "—", "—"]


@pytest.mark.parametrize(
    ("pdf", "english", "key"),
    [
        (manifest_pdf(manifest("A", beside=ARABIC)), "Present", "present"),
        (receipt_pdf(receipt(beside=ARABIC)), "asked again", "asked_again"),
    ],
)
def test_another_language_stands_beside_the_english_and_repeats_none_of_it(
    pdf, english, key, tmp_path
):
    text = text_of(pdf, tmp_path)
    assert english in text
    assert f"{key} UA" in text
    assert "عربية" in text
    assert "تاريخ" in text
    assert text.count("Plan ") == 1


def test_a_language_without_a_word_leaves_the_english_alone(tmp_path):
    assert ARABIC.word("seal") == ARABIC.word("plan") == ""
    assert text_of(receipt_pdf(receipt(beside=ARABIC)), tmp_path).count("Seal") == 3


def test_the_fonts_are_the_files_that_their_readme_names():
    readme = (FONTS / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"`([^`]+)` \| `([0-9a-f]{64})`", readme))
    assert {path.name for path in FONTS.glob("*.ttf")} < set(named)
    for name, sha256 in named.items():
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == sha256
