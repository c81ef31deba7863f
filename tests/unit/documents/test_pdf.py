import datetime as dt
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import homeward.documents
from homeward.documents import (
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


def manifest(*names, simulation=True):
    rows = tuple(
        ManifestRow(
            captive_id=f"{number:032x}",
            name_holder=name,
            name_home=name,
            born="1998-03-14",
            number="A 12/3456",
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
    )


def receipt(*, home_root="0f" * 32):
    return ReceiptPage(
        case="2025-02-05",
        leg=parse_flow("RU -> UA"),
        on=dt.date(2025, 2, 5),
        ledger_number=512,
        ledger_size=530,
        plan_sha256="ab12" * 16,
        counts=(("Planned", 150), ("Gone home to UA", 149)),
        holder_root="0f" * 32,
        home_root=home_root,
        signers=tuple(Signer(party=PartyCode(p), role="signs") for p in ("RU", "UA", "AE")),
        printed_at=dt.datetime(2025, 2, 5, 12, tzinfo=dt.UTC),
        simulation=False,
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
        assert "SIMULATION: invented people" in page
        assert "Name as home wrote it" in page
        assert f"page {number} of {len(pages)}" in page


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


def test_a_receipt_fits_on_one_page():
    assert page_count(receipt_pdf(receipt())) == 1


def test_the_fonts_are_the_files_that_their_readme_names():
    readme = (FONTS / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"`([^`]+)` \| `([0-9a-f]{64})`", readme))
    assert {path.name for path in FONTS.glob("*.ttf")} < set(named)
    for name, sha256 in named.items():
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == sha256
