"""The figures of the ledger: intake, audit, receipt, memory; each beside its bound.

One JSON line each. What counts is `verifications_each` and `fsyncs_each`: processor time in bare
Ed25519 verifications, clock time in fsyncs, both measured just before and after, because a machine
under load slows everything alike. Options: --entries N (of the audit, 100,000 if absent),
--processes N (2). The audited log is invented and written first, on one core.
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
ROUNDS = 8


def say(what, **figures):
    rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps({"what": what, **rounded}), flush=True)


def memory_mb():
    """Return the most memory that this process had; `getrusage` adds whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


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


def verification_us():
    """Measure what no entry can be checked faster than: processor time of a verification."""
    key = KEYS["XA"]
    public, message = Ed25519PublicKey.from_public_bytes(key.public), b"m" * 500
    signature = key.sign(message)
    cpu = time.process_time()
    for _ in range(1000):
        public.verify(signature, message)
    return (time.process_time() - cpu) / 1000 * 1e6


def fsync_us(folder):
    """Measure what no entry can be stored faster than: an fsync of 500 bytes, on the clock."""
    with (folder / "bare").open("wb") as file:
        began = time.perf_counter()
        for _ in range(100):
            file.write(b"m" * 500)
            file.flush()
            os.fsync(file.fileno())
    return (time.perf_counter() - began) / 100 * 1e6


def store(folder):
    table = sqlite3.connect(folder / "log.db", isolation_level=None)
    table.execute("PRAGMA journal_mode = WAL")
    table.execute("PRAGMA synchronous = FULL")
    table.execute("CREATE TABLE entry (place INTEGER PRIMARY KEY, leaf BLOB, bytes BLOB)")
    table.execute("CREATE TABLE head (one INTEGER PRIMARY KEY, note TEXT)")
    return table


def keep(table, tree, entries, note):
    first = tree.size - len(entries)
    leaves = tree.nodes(0, first, tree.size)
    rows = [(first + n, *pair) for n, pair in enumerate(zip(leaves, entries, strict=True))]
    table.execute("BEGIN IMMEDIATE")
    table.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    table.execute("INSERT OR REPLACE INTO head VALUES (1, ?)", (note,))
    table.execute("COMMIT")


def intake(entries, batch):
    """Say how fast entries are taken in on one core: of some rounds the quietest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = []
        for number in range(ROUNDS):
            (folder / str(number)).mkdir()
            verify, fsync = verification_us(), fsync_us(folder)
            seconds, cpu = take_in(folder / str(number), entries, batch)
            verify, fsync = (verify + verification_us()) / 2, (fsync + fsync_us(folder)) / 2
            rounds.append((cpu / len(entries) * 1e6 / verify, seconds, cpu, verify, fsync))
    each, seconds, cpu, verify, fsync = min(rounds)
    say(
        f"intake, batches of {batch}, quietest of {ROUNDS}", entries_per_s=len(entries) / seconds,
        entries_per_cpu_s=len(entries) / cpu, verifications_each=each, verify_us=verify,
        fsyncs_each=seconds / len(entries) * 1e6 / fsync, fsync_us=fsync,
    )  # fmt: skip


def take_in(folder, entries, batch):
    """Check, append, sign and store: a durable transaction for each batch, on one core."""
    table, state = store(folder), ChainState(log=ORIGIN)
    began, cpu = time.perf_counter(), time.process_time()
    for part in audit.in_parts(entries, batch):
        for entry in part:
            state, _ = extend_chain(state, entry, lambda who, key, _: TABLE[who, key])
        point = dataclasses.replace(HEAD, size=state.tree.size, root=state.tree.root())
        keep(table, state.tree, part, sign_checkpoint(point, SIGNER))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert table.execute("SELECT count(*) FROM entry").fetchone() == (len(entries),)
    table.close()
    return seconds, cpu


def intake_in_processes(entries, batch, processes):
    """The same, signatures checked by several processes, each batch still stored in order."""
    with tempfile.TemporaryDirectory() as name, multiprocessing.Pool(processes) as pool:
        table = store(Path(name))
        began = time.perf_counter()
        parts = list(audit.in_parts(entries, batch))
        tree = HashTree()
        jobs = (audit.Part(ORIGIN, TABLE, part) for part in parts)
        for part, links in zip(parts, pool.imap(audit.check_part, jobs), strict=True):
            tree = tree.extend(link.leaf for link in links)
            point = dataclasses.replace(HEAD, size=tree.size, root=tree.root())
            keep(table, tree, part, sign_checkpoint(point, SIGNER))
        seconds = time.perf_counter() - began
    say(f"intake, batches of {batch}, {processes} processes", entries_per_s=len(entries) / seconds)


HEAD = Log(ORIGIN).checkpoint()


def write_tree(folder, count):
    """Write an invented log as files, some entries at a time."""
    began, tree, part, number = time.perf_counter(), HashTree(), [], 0
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
    seconds = time.perf_counter() - began
    say(f"{count} invented entries, written", seconds=seconds, memory_mb=memory_mb())


def place(folder, file):
    path = folder / file[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file[1])


def audit_tree(folder, processes):
    """Check every byte of exported files: signatures, chains, tree, tiles, checkpoint."""

    def read(path):
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    verify = verification_us()
    verifier = parse_vkey(read("vkey").decode().rstrip("\n"))
    checkpoint = open_checkpoint(read("checkpoint").decode(), verifier, ORIGIN)
    began, before = time.perf_counter(), time.process_time()
    with multiprocessing.Pool(processes) as pool:
        state = audit.audit(
            tiles.read_parts(read, checkpoint.size), log=ORIGIN, keys=TABLE, apply=pool.imap
        )
        pool.close()
        pool.join()
    tiles.verify_tiles(read, state.tree, checkpoint.root)
    assert state.tree.size == checkpoint.size
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used) - before
    seconds = time.perf_counter() - began
    verify = (verify + verification_us()) / 2
    say(
        f"audit of {checkpoint.size}, {processes} processes", seconds=seconds, cpu_s=cpu,
        verifications_each=cpu / checkpoint.size * 1e6 / verify, verify_us=verify,
        entries_per_s=checkpoint.size / seconds, memory_mb=memory_mb(), memory_of_a_worker_mb=used[1].ru_maxrss / 1024,
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
        entries = list(history(4_096))
        for batch in (1, 256, 4096):
            intake(entries[: 500 if batch == 1 else None], batch)
        intake_in_processes(entries, 256, args.processes)
        entries.clear()
        write_tree(folder / "tree", args.entries)
        # In a process of its own, so that its memory is what is measured.
        again = [sys.executable, __file__, "--processes", str(args.processes)]
        subprocess.run([*again, "--only-audit", str(folder / "tree")], check=True)
    receipt(1_000_000)


if __name__ == "__main__":
    main()
