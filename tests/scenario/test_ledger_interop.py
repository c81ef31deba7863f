"""An exported ledger satisfies the Go project's own transparency-log code."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from homeward.foundation.crypto import SigningKey
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.tiles import export_tree

GOPATH = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts sources
ORIGIN = "example.org/log"
SIGNER = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))

pytestmark = [
    pytest.mark.skipif(shutil.which("go") is None, reason="the go command is not installed"),
    pytest.mark.skipif(
        not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir(),
        reason="Debian's golang-golang-x-mod-dev is not installed",
    ),
]


@pytest.fixture(scope="module")
def verify_log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("go")
    program, source = folder / "verify_log", Path(__file__).with_name("verify_log.go")
    env = os.environ | {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": ""}
    env["GOCACHE"] = str(folder / "cache")
    subprocess.run(["go", "build", "-o", program, source], check=True, env=env)

    def run(files, vkey=SIGNER.verifier.vkey):
        tree = tmp_path_factory.mktemp("tree")
        for path, data in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data)
        command = [program, tree, vkey]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run


def exported(size):
    log = Log(ORIGIN, (f"entry {i}".encode() for i in range(size)))
    return export_tree(log, sign_checkpoint(log.checkpoint(), SIGNER), SIGNER.verifier.vkey)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 77, 256])
def test_go_verifies_every_entry_and_every_earlier_size(verify_log, size):
    result = verify_log(exported(size))
    assert (result.stdout, result.stderr) == (f"{size} entries, {size} checked\n", "")


@pytest.mark.parametrize("size", [257, 600, 66_000])
def test_go_verifies_a_sample_of_a_larger_log(verify_log, size):
    result = verify_log(exported(size))
    assert result.stdout.startswith(f"{size} entries, "), result.stderr
    assert int(result.stdout.split()[2]) >= 100


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000", "tile/0/001.p/20", "tile/1/000.p/1", "tile/entries/000"]
)
def test_go_refuses_what_we_refuse(verify_log, path):
    files = exported(276)
    changed = bytearray(files[path])
    changed[5] ^= 1
    result = verify_log(files | {path: bytes(changed)})
    assert (result.returncode, result.stdout) == (1, "")


def test_go_refuses_another_key(verify_log):
    other = NoteSigner(ORIGIN, SigningKey(bytes(32))).verifier.vkey
    assert verify_log(exported(3), other).returncode == 1
