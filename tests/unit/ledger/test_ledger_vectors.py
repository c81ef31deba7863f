"""Other people's hash trees: transparency-dev/merkle and transparency-dev/tessera (Apache-2.0)."""

import base64
import json
from pathlib import Path

import pytest

from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import leaf_hash, verify_consistency, verify_inclusion
from homeward.ledger.log import Log
from homeward.ledger.note import parse_vkey
from homeward.ledger.tiles import export_tree, verify_tree

SHARED = Path(__file__).parents[3] / "../shared/data/ledger"
MERKLE = SHARED / "merkle-testdata/testdata"
TESSERA = SHARED / "tessera-log/log"
TESSERA_ENTRIES = 15

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MERKLE.is_dir(), reason="the open test data is not beside the checkout"),
]

# The vectors accept this one, with roots of 12 bytes; here a hash has 32. That a proof from
# size 0 proves nothing (foundation/merkle.py) the other vectors with size 0 say as well.
REFUSED_BY_POLICY = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}


def vectors(kind):
    return [
        (str(path.relative_to(MERKLE)), json.loads(path.read_text()))
        for path in sorted(MERKLE.glob(f"{kind}/**/*.json"))
    ]


def holds(verify, *arguments):
    try:
        verify(*arguments)
    except TamperError:
        return False
    return True


def decoded(texts):
    return [base64.b64decode(text) for text in texts or []]


def disagreements(kind, judge):
    cases = vectors(kind)
    assert len(cases) == 98
    return {name for name, case in cases if judge(case) == case["wantErr"]}


def test_the_vectors_for_inclusion_agree():
    assert disagreements("inclusion", inclusion_holds) == set()


def test_the_vectors_for_consistency_agree_but_for_one():
    assert disagreements("consistency", consistency_holds) == REFUSED_BY_POLICY


def inclusion_holds(case):
    leaf, root = decoded([case["leafHash"], case["root"]])
    proof = decoded(case["proof"])
    return holds(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)


def consistency_holds(case):
    old, new = decoded([case["root1"], case["root2"]])
    proof = decoded(case["proof"])
    return holds(verify_consistency, case["size1"], case["size2"], old, new, proof)


def tessera_files(size):
    """Read the tessera log as it was at a size; the tiles of every size lie side by side."""

    def read(path):
        file = TESSERA / (f"checkpoint.{size}" if path == "checkpoint" else path)
        return file.read_bytes() if file.is_file() else None

    return read


def tessera_verifier():
    return parse_vkey((TESSERA / "vkey").read_text().removesuffix("\n"))


@pytest.mark.parametrize("size", range(TESSERA_ENTRIES + 1))
def test_the_tessera_log_is_verified_at_every_size(size):
    reading = verify_tree(tessera_files(size), tessera_verifier(), "example.com/log/testdata")
    assert len(reading.entries) == reading.checkpoint.size == size


def test_the_tessera_log_written_anew_has_the_same_bytes():
    read = tessera_files(TESSERA_ENTRIES)
    verifier = tessera_verifier()
    reading = verify_tree(read, verifier)
    log = Log(reading.checkpoint.origin, reading.entries)
    files = export_tree(log, read("checkpoint").decode(), verifier.vkey)
    assert {path: read(path) for path in files} == files


def test_proofs_between_all_tessera_checkpoints_hold():
    entries = verify_tree(tessera_files(TESSERA_ENTRIES), tessera_verifier()).entries
    log = Log("example.com/log/testdata", entries)
    for size in range(1, TESSERA_ENTRIES + 1):
        root = verify_tree(tessera_files(size), tessera_verifier()).checkpoint.root
        proof = log.consistency(size)
        verify_consistency(size, TESSERA_ENTRIES, root, log.root(), proof)
        verify_inclusion(
            leaf_hash(entries[size - 1]), size - 1, size, log.inclusion(size - 1, size), root
        )
