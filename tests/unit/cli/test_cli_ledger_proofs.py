import json

import pytest
from tests.scenario import nodes as play
from tests.unit.cli.test_cli_ledger import SIGNER, VKEY, exported
from tests.unit.handover.logbook import ORIGIN, Logbook, key_of, whole_case

from homeward.cli import main
from homeward.cli.ledger import write_tree
from homeward.handover.cosigning import policy_for, witness_name
from homeward.handover.replay import replay
from homeward.ledger import evidence
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.cosignature import (
    WitnessSigner,
    WitnessVerifier,
    cosign_text,
    join_note,
    open_cosigned,
)
from homeward.ledger.log import Log
from homeward.ledger.policy import write_policy
from homeward.ledger.proof import write_receipt
from homeward.node import home

WITNESSES = [WitnessSigner(witness_name(party), key_of(party, "bureau")) for party in ("RU", "UA")]


@pytest.fixture(scope="module")
def entries():
    log = Logbook()
    log.open(simulation=True)
    return log.play(whole_case())


class Files:
    """A ledger, a receipt of one entry, the policy it needs, and evidence, as files."""

    def __init__(self, folder, entries):
        self.folder, self.entries = folder, entries
        self.state = replay(ORIGIN, entries)
        write_tree(folder / "tree", exported(entries))
        self.number = next(
            n for n, each in enumerate(self.state.envelopes) if each.type == "plan_accepted"
        )

    def receipt(self, *, bare=False, witnesses=WITNESSES):
        log = Log(ORIGIN, self.entries)
        text = log.checkpoint().to_text()
        note = sign_checkpoint(log.checkpoint(), SIGNER)
        note = join_note(note, [cosign_text(text, each, 1_738_746_000) for each in witnesses])
        known = [each.verifier for each in WITNESSES]
        cosigned = open_cosigned(note, SIGNER.verifier, ORIGIN, known)
        entry = None if bare else self.entries[self.number]
        return self.write("receipt", write_receipt(log.tree, self.number, cosigned, entry=entry))

    def policy(self):
        members = self.state.members.values()
        return self.write(
            "policy", write_policy(policy_for("plan_accepted", SIGNER.verifier, members))
        )

    def fork(self):
        other = Log(ORIGIN, [*self.entries[:-2], b"other", *self.entries[-1:]])
        notes = [
            sign_checkpoint(log.checkpoint(), SIGNER) for log in (other, Log(ORIGIN, self.entries))
        ]
        data = evidence.of_checkpoints(SIGNER.verifier, *notes, other.tree)
        return self.write("evidence.json", data.decode())

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return str(self.folder / name)


@pytest.fixture
def files(tmp_path, entries):
    return Files(tmp_path, entries)


def verified(capsys, *words):
    code = main(["ledger", "verify", *words, "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_a_receipt_is_checked_without_a_node_or_a_ledger(files, capsys):
    words = ["--receipt", files.receipt(), "--policy", files.policy()]
    code, found, err = verified(capsys, *words)
    assert (code, err) == (0, "")
    assert (found["number"], found["type"]) == (files.number, "plan_accepted")
    assert [each["witness"] for each in found["cosigned_by"]] == ["homeward/ru", "homeward/ua"]
    assert main(["ledger", "verify", *words]) == 0
    out = capsys.readouterr().out
    assert f"The receipt holds: entry {files.number} stands in {ORIGIN}." in out
    assert "cosigned  by homeward/ua, as it says at 2025-02-05T09:00:00Z" in out


def test_a_receipt_is_checked_against_a_ledger_and_its_members(files, capsys):
    tree = str(files.folder / "tree")
    for bare in (False, True):
        code, found, _ = verified(
            capsys, tree, "--receipt", files.receipt(bare=bare), "--vkey", VKEY
        )
        assert (code, len(found["cosigned_by"])) == (0, 2)
    code, found, _ = verified(capsys, tree, "--receipt", files.receipt(witnesses=WITNESSES[:1]))
    assert (code, found["code"]) == (8, "ledger.quorum")


def test_a_bare_receipt_needs_its_entry(files, capsys):
    bare = files.receipt(bare=True)
    words = ["--receipt", bare, "--policy", files.policy()]
    code, found, _ = verified(capsys, *words)
    assert (code, found["code"]) == (2, "cli.no_entry")
    (files.folder / "entry").write_bytes(files.entries[files.number])
    assert verified(capsys, *words, "--entry", str(files.folder / "entry"))[0] == 0
    (files.folder / "entry").write_bytes(files.entries[0])
    assert verified(capsys, *words, "--entry", str(files.folder / "entry"))[0] == 8


def test_a_receipt_without_a_policy_says_what_is_not_checked(files, capsys):
    code, found, err = verified(capsys, "--receipt", files.receipt(), "--vkey", VKEY)
    assert (code, found["cosigned_by"]) == (0, [])
    assert "only the log's own signature is checked" in err
    assert verified(capsys, "--receipt", files.receipt())[1]["code"] == "cli.receipt_key"
    assert verified(capsys)[1]["code"] == "cli.nothing"


def test_a_policy_and_a_key_must_speak_of_one_log(files, capsys):
    other = WitnessSigner(ORIGIN, key_of("AE", "another"))
    from homeward.ledger.note import NoteVerifier

    vkey = NoteVerifier(ORIGIN, other.key.public).vkey
    words = ["--receipt", files.receipt(), "--policy", files.policy(), "--vkey", vkey]
    assert verified(capsys, *words)[1]["code"] == "cli.policy_log"


def test_any_flipped_byte_of_a_receipt_is_refused_or_a_witness_less(files, capsys):
    path, policy = files.receipt(), files.policy()
    data = (files.folder / "receipt").read_bytes()
    for at in range(0, len(data), 97):
        (files.folder / "receipt").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        code, _, _ = verified(capsys, "--receipt", path, "--policy", policy)
        assert code == 8, at


def judged(capsys, *words):
    code = main(["ledger", "judge", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_evidence_is_judged_in_words_and_as_json(files, capsys):
    code, out, err = judged(capsys, files.fork(), "--vkey", VKEY)
    assert (code, err) == (0, "")
    assert out.startswith(
        f"Convicted: {ORIGIN}.\n  of       The log {ORIGIN} signed two histories."
    )
    code, out, err = judged(capsys, files.fork(), "--json")
    assert json.loads(out)["convicted"] == ORIGIN
    assert "no key was given" in err


def test_evidence_that_proves_nothing_is_no_conviction(files, capsys):
    path = files.fork()
    stranger = WitnessVerifier("homeward/ru", key_of("RU", "bureau").public).vkey
    assert judged(capsys, path, "--vkey", stranger)[0] == 8
    assert judged(capsys, path, "--vkey", stranger, "--vkey", VKEY)[0] == 0
    assert judged(capsys, path, "--vkey", "mine")[0] == 2
    assert judged(capsys, files.write("other", "{}"))[0] == 8
    assert judged(capsys, str(files.folder / "none"))[0] == 2


@pytest.fixture(scope="module", name="played")
def fixture_played(tmp_path_factory):
    nodes = play.begin(tmp_path_factory.mktemp("nodes"))
    play.play_to_final_lists(nodes)
    nodes.carry()
    home.close_node()
    yield nodes
    home.close_node()


def test_a_node_says_who_has_cosigned_and_what_counts(played, capsys):
    folder = str(played.nodes["UA"].home)
    assert main(["ledger", "status", "--home", folder]) == 0
    out = capsys.readouterr().out
    size = next(line for line in out.split("\n") if line.startswith("homeward/ae: "))
    assert "RU       cosigned" in out
    assert "counts up to" in out
    assert "plan_accepted, received_unsigned, seed_revealed, terms_signed (all: 2 of 2)" in out
    assert "all other entries (2-of-3: 1 of 2)" in out
    assert "0 waiting" in out
    assert main(["ledger", "status", "--home", folder, "--json"]) == 0
    view = json.loads(capsys.readouterr().out)
    assert f"{view['size']:,} entries" in size
    assert view["receipts_kept"] > 0


def test_a_node_writes_a_receipt_that_others_check_without_it(played, tmp_path, capsys):
    folder, out = str(played.nodes["RU"].home), str(tmp_path / "receipt")
    policy = str(tmp_path / "policy")
    words = ["ledger", "receipt", "2", "-o", out, "--home", folder]
    assert main([*words, "--policy", policy]) == 0
    capsys.readouterr()
    code, found, _ = verified(capsys, "--receipt", out, "--policy", policy)
    assert (code, found["number"]) == (0, 2)
    assert len(found["cosigned_by"]) == 2
    assert main([*words, "--bare"]) == 0
    assert len((tmp_path / "receipt").read_bytes()) < 1_600
    assert main(["ledger", "receipt", "999", "-o", out, "--home", folder]) == 3
