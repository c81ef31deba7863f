import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.merkle import leaf_hash
from homeward.ledger.checkpoint import Checkpoint, sign_checkpoint
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.tiles import _number, export_tree, verify_tree

ORIGIN = "example.org/log"
SIGNER = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
VERIFIER = SIGNER.verifier


def exported(size, signer=SIGNER):
    log = Log(ORIGIN, (f"entry {i}".encode() for i in range(size)))
    return export_tree(log, sign_checkpoint(log.checkpoint(), signer), signer.verifier.vkey)


def verified(files, origin=ORIGIN):
    return verify_tree(files.get, VERIFIER, origin, files)


def refused(files):
    with pytest.raises(TamperError) as caught:
        verified(files)
    return caught.value


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 600, 65_536 + 300])
def test_an_exported_log_is_verified_and_read(size):
    reading = verified(exported(size))
    assert reading.checkpoint.size == size
    assert reading.entries == tuple(f"entry {i}".encode() for i in range(size))


def test_the_files_have_the_names_and_sizes_of_c2sp_tiles():
    files = exported(70_000)
    names = {path for path in files if path.startswith("tile/")}
    assert len([n for n in names if n.startswith("tile/0/")]) == 274  # 273 full, one of 112
    assert {n for n in names if not n.startswith(("tile/0/", "tile/entries/"))} == {
        "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
    }  # fmt: skip
    assert {"tile/0/272", "tile/0/273.p/112", "tile/entries/273.p/112"} <= names
    assert len(files["tile/0/000"]) == 8192
    assert files["tile/entries/000"].startswith(b"\x00\x07entry 0\x00\x07entry 1")
    assert files["tile/0/000"][:32] == leaf_hash(b"entry 0")


def test_a_large_tile_number_is_split_in_threes():
    assert _number(1_234_067) == "x001/x234/067"
    assert _number(1000) == "x001/000"
    assert _number(999) == "999"


def test_a_log_that_grew_is_exported_as_of_its_checkpoint():
    log = Log(ORIGIN, [b"one", b"two"])
    note = sign_checkpoint(log.checkpoint(), SIGNER)
    log.append(b"three")
    assert verified(export_tree(log, note, VERIFIER.vkey)).entries == (b"one", b"two")


@pytest.mark.parametrize("size", [0, 3])
def test_every_flipped_bit_of_every_file_is_refused(size):
    files = exported(size)
    for path, data in files.items():
        for position in range(len(data) * 8):
            changed = bytearray(data)
            changed[position // 8] ^= 1 << position % 8
            refused(files | {path: bytes(changed)})


def test_a_flipped_bit_in_any_byte_of_a_tree_with_two_levels_is_refused():
    files = exported(258)
    for path in set(files) - {"checkpoint", "vkey"}:
        data = files[path]
        for position in range(0, len(data), 97 if len(data) > 600 else 1):
            changed = bytearray(data)
            changed[position] ^= 1 << position % 8
            refused(files | {path: bytes(changed)})


def test_a_byte_too_many_or_too_few_in_any_file_is_refused():
    files = exported(300)
    for path, data in files.items():
        for changed in (data + b"\x00", data + b"\n", data[:-1], data[1:], b""):
            refused(files | {path: changed})


def test_a_missing_file_is_named():
    files = exported(300)
    for path in files:
        error = refused({name: data for name, data in files.items() if name != path})
        assert error.facts["file"] == path


@pytest.mark.parametrize("path", ["tile/0/001.p/43", "tile/0/002", "tile/entries/x001/000"])
def test_a_tile_too_many_is_named(path):
    error = refused(exported(300) | {path: b""})
    assert error.facts == {"file": path, "count": 1}


def test_another_file_too_many_is_refused_without_repeating_its_name():
    error = refused(exported(300) | {"tile/ivan.csv": b""})
    assert "ivan" not in f"{error} {error.facts}"


def test_a_changed_entry_is_named():
    files = exported(300)
    bundle = files["tile/entries/000"].replace(b"entry 12\x00", b"Entry 12\x00")
    assert refused(files | {"tile/entries/000": bundle}).facts == {"entry": 12}
    bundle = files["tile/entries/001.p/44"].replace(b"entry 270", b"no")
    assert refused(files | {"tile/entries/001.p/44": bundle}).facts == {"entry": 270}


def test_a_changed_tile_is_named():
    files = exported(300)
    for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"):
        changed = bytes([files[path][0] ^ 1]) + files[path][1:]
        assert refused(files | {path: changed}).facts == {"tile": path}


def test_a_length_that_reaches_beyond_the_bundle_is_refused():
    files = exported(2)
    path = "tile/entries/000.p/2"
    data = files[path].replace(b"\x00\x07entry 1", b"\x00\x08entry 1")
    assert refused(files | {path: data}).facts == {"file": path}


def test_entries_and_tiles_changed_together_do_not_lead_to_the_root():
    honest = exported(300)
    log = Log(ORIGIN, (b"entry %d" % i for i in range(299)))
    log.append(b"forged")
    own = NoteSigner(ORIGIN, SigningKey(bytes(32)))
    forged = export_tree(log, sign_checkpoint(log.checkpoint(), own), own.verifier.vkey)
    error = refused(forged | {name: honest[name] for name in ("checkpoint", "vkey")})
    assert error.code == "ledger.root"


def test_a_tree_signed_with_another_key_is_refused():
    assert refused(exported(3, NoteSigner(ORIGIN, SigningKey(bytes(32))))).facts == {"file": "vkey"}


def test_a_tree_of_another_log_is_refused():
    files = exported(3)
    with pytest.raises(TamperError):
        verified(files, "example.org/other")
    assert verified(files, None).checkpoint.origin == ORIGIN


def test_a_checkpoint_of_more_entries_than_a_reader_holds_is_refused():
    checkpoint = Checkpoint(origin=ORIGIN, size=10**9, root=bytes(32))
    files = exported(3) | {"checkpoint": sign_checkpoint(checkpoint, SIGNER).encode()}
    assert refused(files).code == "ledger.tree_size"


def test_a_log_is_not_exported_under_a_checkpoint_that_is_not_its_own():
    log = Log(ORIGIN, [b"one", b"two"])
    other = Log(ORIGIN, [b"one", b"2"])
    with pytest.raises(TamperError):
        export_tree(log, sign_checkpoint(other.checkpoint(), SIGNER), VERIFIER.vkey)
    with pytest.raises(TamperError):
        export_tree(Log("example.org/x"), sign_checkpoint(log.checkpoint(), SIGNER), VERIFIER.vkey)
    with pytest.raises(InputError):
        export_tree(Log(ORIGIN), sign_checkpoint(log.checkpoint(), SIGNER), VERIFIER.vkey)
