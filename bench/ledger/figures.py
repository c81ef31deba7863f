"""The figures of the ledger: intake, audit, receipt, memory; each beside its bound.

One JSON line each. Rates stand beside a bare Ed25519 verification and an fsync of the same
run, because a machine under load slows both alike. Options: --entries N (of the audit,
100,000 if absent), --processes N (2).
"""

import argparse
import dataclasses
import hashlib
import json
import multiprocessing
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from homeward.foundation.crypto import SigningKey
from homeward.foundation.merkle import leaf_hash
from homeward.ledger import audit, tiles
from homeward.ledger.chain import ChainState, extend_chain
from homeward.ledger.checkpoint import open_checkpoint, sign_checkpoint
from homeward.ledger.cosignature import WitnessSigner, cosign_text, join_note, open_cosigned
from homeward.ledger.envelope import entry_sha256, key_id, sign_envelope
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner, parse_vkey
from homeward.ledger.proof import write_receipt
from homeward.ledger.tree import HashTree

ORIGIN = "bench/log"
KEYS = {party: SigningKey(hashlib.sha256(party.encode()).digest()) for party in ("XA", "XB", "XM")}
TABLE = {(party, key_id(key.public)): key.public for party, key in KEYS.items()}
SIGNER = NoteSigner(ORIGIN, KEYS["XM"])
SEEN_EVERY = 64


def say(what, **figures):
    rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps({"what": what, **rounded}), flush=True)


def history(count):
    """Yield signed entries of three authors; each has seen the checkpoint before its part."""
    tree, heads, seen = HashTree(), dict.fromkeys(KEYS, (0, None)), None
    for number in range(count):
        author = list(KEYS)[number % len(KEYS)]
        seq, prev = heads[author]
        entry = sign_envelope(
            signer=KEYS[author], log=ORIGIN, type="departed", case="bench-1", author=author,
            seq=seq + 1, prev=prev, seen=seen, at="2025-02-05T08:00:00Z",
            body={"leg": "XA -> XB", "root": "ab" * 32},
        )  # fmt: skip
        heads[author] = (seq + 1, entry_sha256(entry))
        tree = tree.append(leaf_hash(entry))
        if number % SEEN_EVERY == SEEN_EVERY - 1:
            seen = (tree.size, tree.root().hex())
        yield entry


def bounds(folder):
    """Measure what nothing here can be faster than: a verification, and an fsync."""
    key = KEYS["XA"]
    public, message = Ed25519PublicKey.from_public_bytes(key.public), b"m" * 500
    signature = key.sign(message)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(3000):
        public.verify(signature, message)
    verify_us = (time.perf_counter() - began) / 3000 * 1e6
    cpu_us = (time.process_time() - cpu) / 3000 * 1e6
    began = time.perf_counter()
    with (folder / "sync").open("wb") as file:
        for _ in range(200):
            file.write(b"x" * 500)
            file.flush()
            os.fsync(file.fileno())
    fsync_us = (time.perf_counter() - began) / 200 * 1e6
    say(
        "bounds",
        verify_us=verify_us,
        verify_cpu_us=cpu_us,
        verifications_per_s=1e6 / verify_us,
        fsync_us=fsync_us,
    )
    return verify_us, fsync_us


def store(folder):
    table = sqlite3.connect(folder / "log.db", isolation_level=None)
    table.execute("PRAGMA journal_mode = WAL")
    table.execute("PRAGMA synchronous = FULL")
    table.execute("CREATE TABLE entry (place INTEGER PRIMARY KEY, leaf BLOB, bytes BLOB)")
    table.execute("CREATE TABLE head (one INTEGER PRIMARY KEY, note TEXT)")
    return table


def keep(table, first, entries, note):
    rows = [(first + n, leaf_hash(entry), entry) for n, entry in enumerate(entries)]
    table.execute("BEGIN IMMEDIATE")
    table.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    table.execute("INSERT OR REPLACE INTO head VALUES (1, ?)", (note,))
    table.execute("COMMIT")


def intake(entries, batch, verify_us, fsync_us):
    """Check, append, sign and store: a durable transaction for each batch, on one core."""
    with tempfile.TemporaryDirectory() as name:
        table, state = store(Path(name)), ChainState(log=ORIGIN)
        began, cpu = time.perf_counter(), time.process_time()
        for part in audit.in_parts(entries, batch):
            first = state.tree.size
            for entry in part:
                state, _ = extend_chain(state, entry, lambda who, key, _: TABLE[who, key])
            point = dataclasses.replace(HEAD, size=state.tree.size, root=state.tree.root())
            keep(table, first, part, sign_checkpoint(point, SIGNER))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        assert table.execute("SELECT count(*) FROM entry").fetchone() == (len(entries),)
    bound = verify_us + fsync_us / batch
    each = seconds / len(entries) * 1e6
    say(
        f"intake, batches of {batch}", entries_per_s=len(entries) / seconds,
        entries_per_cpu_s=len(entries) / cpu, times_of_the_bound=each / bound,
    )  # fmt: skip


def intake_in_processes(entries, batch, processes):
    """The same, signatures checked by several processes, each batch still stored in order."""
    with tempfile.TemporaryDirectory() as name, multiprocessing.Pool(processes) as pool:
        table, done = store(Path(name)), 0
        began = time.perf_counter()
        parts = list(audit.in_parts(entries, batch))
        tree = HashTree()
        jobs = (audit.Part(ORIGIN, TABLE, part) for part in parts)
        for part, links in zip(parts, pool.imap(audit.check_part, jobs), strict=True):
            tree = tree.extend(link.leaf for link in links)
            point = dataclasses.replace(HEAD, size=tree.size, root=tree.root())
            keep(table, done, part, sign_checkpoint(point, SIGNER))
            done += len(part)
        seconds = time.perf_counter() - began
    say(f"intake, batches of {batch}, {processes} processes", entries_per_s=len(entries) / seconds)


HEAD = Log(ORIGIN).checkpoint()


def write_tree(folder, count):
    """Write a synthetic log as files, some entries at a time."""
    tree, part, number = HashTree(), [], 0
    for entry in history(count):
        part.append(entry)
        tree = tree.append(leaf_hash(entry))
        if len(part) == tiles.TILE_WIDTH:
            place(folder, tiles.bundle_file(number, part))
            number, part = number + 1, []
    if part:
        place(folder, tiles.bundle_file(number, part))
    for file in tiles.hash_files(tree):
        place(folder, file)
    point = dataclasses.replace(HEAD, size=tree.size, root=tree.root())
    place(folder, ("checkpoint", sign_checkpoint(point, SIGNER).encode()))
    place(folder, ("vkey", f"{SIGNER.verifier.vkey}\n".encode()))


def place(folder, file):
    path = folder / file[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file[1])


def audit_tree(folder, processes):
    """Check every byte of exported files: signatures, chains, tree, tiles, checkpoint."""

    def read(path):
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    verifier = parse_vkey(read("vkey").decode().rstrip("\n"))
    checkpoint = open_checkpoint(read("checkpoint").decode(), verifier, ORIGIN)
    began = time.perf_counter()
    with multiprocessing.Pool(processes) as pool:
        state = audit.audit(
            tiles.read_parts(read, checkpoint.size), log=ORIGIN, keys=TABLE, apply=pool.imap
        )
        pool.close()
        pool.join()
    tiles.verify_tiles(read, state.tree, checkpoint.root)
    assert state.tree.size == checkpoint.size
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, workers = (each.ru_maxrss / 1024 for each in used)
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    seconds = time.perf_counter() - began
    say(
        f"audit of {checkpoint.size}, {processes} processes", seconds=seconds, cpu_s=cpu,
        entries_per_s=checkpoint.size / seconds, memory_mb=own, memory_of_a_worker_mb=workers,
    )  # fmt: skip


def receipt(size):
    """Write a receipt of a log of a million entries with three witnesses."""
    tree = HashTree().extend(leaf_hash(number.to_bytes(4, "big")) for number in range(size))
    point = dataclasses.replace(HEAD, size=size, root=tree.root())
    signers = [WitnessSigner(f"homeward/{party.lower()}", key) for party, key in KEYS.items()]
    lines = [cosign_text(point.to_text(), each, 1_740_000_000) for each in signers]
    note = join_note(sign_checkpoint(point, SIGNER), lines)
    known = [each.verifier for each in signers]
    text = write_receipt(tree, size // 3, open_cosigned(note, SIGNER.verifier, ORIGIN, known))
    say(f"receipt at {size} entries, three witnesses", bytes=len(text.encode()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only-audit", metavar="DIR", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only_audit:
        audit_tree(Path(args.only_audit), args.processes)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        verify_us, fsync_us = bounds(folder)
        entries = list(history(10_000))
        for batch in (1, 256, 4096):
            intake(entries[: 2_000 if batch == 1 else None], batch, verify_us, fsync_us)
        intake_in_processes(entries, 256, args.processes)
        entries.clear()
        write_tree(folder / "tree", args.entries)
        # In a process of its own, so that its memory is what is measured.
        again = [sys.executable, __file__, "--processes", str(args.processes)]
        subprocess.run([*again, "--only-audit", str(folder / "tree")], check=True)
    receipt(1_000_000)


if __name__ == "__main__":
    main()
