"""Documents: what is printed, signed by hand and carried.

Decides how a manifest and a receipt look on paper, so that the same values always give
the same bytes, with no font, clock or file of the machine that prints them.
The fixed words are English; the language of whoever prints it may stand beside them.
It refuses to read a name as anything but text, to lose a character that its fonts lack,
and to print invented people without "SIMULATION" on every page and in the code.

Entry functions: `manifest_pdf`, `receipt_pdf` and `key_sheet`; `qr_text` is what a scanner reads.
"""

from homeward.documents.key_sheet import SheetKey, key_sheet
from homeward.documents.labels import LABELS, Language
from homeward.documents.pages import (
    ManifestPage,
    ManifestRow,
    ReceiptPage,
    Signer,
    Stop,
    qr_text,
)
from homeward.documents.pdf import manifest_pdf, receipt_pdf

__all__ = [
    "LABELS",
    "Language",
    "ManifestPage",
    "ManifestRow",
    "ReceiptPage",
    "SheetKey",
    "Signer",
    "Stop",
    "key_sheet",
    "manifest_pdf",
    "qr_text",
    "receipt_pdf",
]
