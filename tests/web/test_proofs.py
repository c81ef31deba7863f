"""Receipts and evidence on the pages of the ledger, and what a stranger has checked."""

import io

import pytest

from homeward.ledger import evidence
from homeward.ledger.envelope import sign_envelope
from homeward.ledger.proof import read_receipt
from homeward.node import book, convicting, receipts
from homeward.node.web.pages import ledger as pages

NAME = "0123456789abcdef.json"


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def two_entries(node):
    """Return evidence that convicts our own party of two entries with one number."""
    key = node.keys.signing["bureau"]
    said = [
        sign_envelope(
            signer=key,
            log=book.log_of(node).name,
            type="terms_signed",
            case="first",
            author=node.party,
            seq=99,
            prev="0" * 64,
            seen=None,
            at="2025-02-05T08:00:00Z",
            body={"terms_sha256": digit * 64},
        )
        for digit in "ab"
    ]
    return evidence.of_entries({key.public}, *said)


@pytest.fixture(name="evident")
def fixture_evident(node):
    """Put a file of evidence, and one that was changed, into the node's folder."""
    folder = node.home / convicting.FOLDER
    folder.mkdir(exist_ok=True)
    data = two_entries(node)
    (folder / NAME).write_bytes(data)
    (folder / "fedcba9876543210.json").write_bytes(data.replace(b"two_entries", b"two_others"))
    yield data
    for path in folder.glob("*.json"):
        path.unlink()


def upload(browser, data, name="a file", **more):
    return browser().post("/verify", {"ledger": io.BytesIO(data), **more})


def test_the_ledger_hands_out_receipts_of_our_entries_as_they_lie_on_the_disk(browser, node):
    kept = receipts.kept(node)
    assert kept
    client = browser("auditor")
    text = text_of(client.get("/ledger"))
    assert f'href="/ledger/{kept[-1].index}/kept"' in text
    answer = client.get(f"/ledger/{kept[-1].index}/kept")
    assert answer.content == kept[-1].path.read_bytes()
    assert read_receipt(answer.content.decode()).index == kept[-1].index
    other = next(n for n in range(999) if n not in {each.index for each in kept})
    assert client.get(f"/ledger/{other}/kept").status_code == 404
    whole = client.get(f"/ledger/{other}/receipt")
    assert read_receipt(text_of(whole)).entry is not None
    assert browser().get(f"/ledger/{other}/receipt").status_code == 302


def test_evidence_says_whom_it_convicts_and_what_was_changed_accuses_nobody(browser, node, evident):
    client = browser("auditor")
    text = text_of(client.get("/ledger"))
    assert "signed two entries with one number." in text
    assert text.count("This file proves nothing any more") == 1
    answer = client.get(f"/ledger/evidence/{NAME}")
    assert answer.content == evident
    for name in ("absent.json", "..%2Fnode.json", "node.json"):
        assert client.get(f"/ledger/evidence/{name}").status_code == 404
    assert browser().get(f"/ledger/evidence/{NAME}").status_code == 302


def test_anybody_has_a_receipt_checked_without_an_account(browser, node):
    kept = receipts.kept(node)[-1]
    data = kept.path.read_bytes()
    text = text_of(upload(browser, data))
    assert "This receipt holds" in text
    assert "It was checked with the key of the log that this node follows." in text
    assert f"/ledger/{kept.index}" not in text, "no page of ours is named to a stranger"
    vkey = book.log_of(node).vkey
    assert "This receipt holds" in text_of(upload(browser, data, vkey=vkey))


def test_a_receipt_that_was_changed_or_brings_no_entry_is_refused(browser, node):
    kept = receipts.kept(node)
    data = kept[-1].path.read_bytes()
    other = kept[0].path.read_bytes().split(b"\n")[1]
    lines = data.split(b"\n")
    moved = upload(browser, b"\n".join([lines[0], other, *lines[2:]]))
    assert moved.status_code == 409
    assert "This file does not hold" in text_of(moved)
    bare = upload(browser, b"\n".join([lines[0], *lines[2:]]))
    assert bare.status_code == 422
    assert "Expected a receipt that carries its entry" in text_of(bare)
    assert upload(browser, lines[0] + b"\n\xff").status_code == 409
    wrong = upload(browser, data, vkey="other+00000000+AAAA")
    assert wrong.status_code in (409, 422)


def test_anybody_has_evidence_judged_and_is_told_whose_key_nobody_proves(browser, node):
    data = two_entries(node)
    text = text_of(upload(browser, data))
    assert "This evidence convicts" in text
    assert "No file proves whose a key is." in text
    assert node.keys.signing["bureau"].public.hex() in text
    changed = upload(browser, data.replace(b"two_entries", b"two_others"))
    assert changed.status_code == 409
    against = upload(browser, data, vkey=book.log_of(node).vkey)
    assert against.status_code == 409, "it convicts another key than the one that was typed in"


def test_every_kind_of_evidence_has_its_words():
    assert set(pages.VERDICTS) == set(evidence._KINDS)
