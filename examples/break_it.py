"""Try to cheat, and see the refusal. Works on a copy; the demo stays as it was. SIMULATION.

Usage: break_it.py veto|flip|fork DEMO
  veto   move a vetoed person into the plan, and make every hash anew
  flip   change one bit of the ledger
  fork   let the mediator show each side another history
"""

import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import HomewardError
from homeward.ledger.envelope import read_envelope
from homeward.node import book, bundles
from homeward.node.actions import cases
from homeward.node.home import close_node, open_node, simulation_passphrase

COMMAND = [sys.executable, "-m", "homeward"]
NOW = dt.datetime(2025, 3, 18, 8, 0, tzinfo=dt.UTC)
CASE = "ua-ru-2025-03-19"


def homeward(*words: str) -> int:
    """Run a command of homeward, showing it and what it says."""
    shown = [Path(word).name if "/" in word and "=" not in word else word for word in words]
    print("$ homeward", *shown, flush=True)
    return subprocess.run([*COMMAND, *words], check=False, stderr=subprocess.STDOUT).returncode


def veto(demo: Path, work: Path) -> int:
    """Plan with a veto, then put the vetoed person into the plan."""
    held = [
        "--held",
        f"UA={demo}/lists/held-by-ua.csv",
        "--held",
        f"RU={demo}/lists/held-by-ru.csv",
    ]
    terms, plan = work / "terms.toml", work / "plan.json"
    agreed = (demo / "agreement.toml").read_text()
    vetoed = '\n[[clause]]\nid = "veto"\nkind = "veto"\nby = "RU"\npersons = ["RU:{}"]\n'
    terms.write_text(agreed)
    planning = [*COMMAND, "plan", str(terms), *held, "-o", str(plan)]
    subprocess.run(planning, check=True, capture_output=True)
    wanted = next(m for m in json.loads(plan.read_bytes())["moves"] if m["holder"] == "RU")
    terms.write_text(agreed + vetoed.format(wanted["ref"]))
    subprocess.run(planning, check=True, capture_output=True)
    forged = json.loads(plan.read_bytes())
    other = next(m for m in forged["moves"] if m["holder"] == "RU")
    other["ref"] = wanted["ref"]  # the vetoed person travels in somebody else's place
    forged["moves"].sort(key=lambda m: (m["holder"], m["ref"]))
    plan.write_bytes(canonical_bytes(seal_document(forged, "plan_sha256")))
    print(f"# {wanted['ref']} is vetoed; now they stand in the plan, and its hash is right again.")
    return homeward("check", str(terms), str(plan), *held)


def flip(demo: Path, work: Path) -> int:
    """Change one bit of one entry."""
    ledger = work / "ledger"
    shutil.copytree(demo / "ledger", ledger)
    bundle = next(ledger.glob("tile/entries/000*/*"))
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    print(f"# One bit of {bundle.relative_to(ledger)} is another.")
    return homeward("ledger", "verify", str(ledger))


def fork(demo: Path, work: Path) -> int:
    """Give UA one history and RU another, then let one side's signed move reach the other."""
    for name in ("ae", "ua", "ru"):
        shutil.copytree(demo / name, work / name)
    shutil.copytree(work / "ae", work / "ae-for-ru")
    with _Open(work / "ae") as mediator:  # UA is told that the next exchange is off …
        cases.abort(mediator, CASE, reason="no_agreement", now=NOW)
        for_ua = bundles.export_bundle(mediator, "UA")
    with _Open(work / "ae-for-ru") as mediator:  # … and RU that another one was opened.
        terms = cases.terms_text(mediator, CASE).replace(CASE, "another")
        cases.open_case(mediator, terms, now=NOW)
        for_ru = bundles.export_bundle(mediator, "RU")
    with _Open(work / "ua") as node:
        bundles.import_bundle(node, for_ua, now=NOW)
    with _Open(work / "ru") as node:
        bundles.import_bundle(node, for_ru, now=NOW)
        cases.sign_terms(node, "another", now=NOW)
        entry = read_envelope(bytes(book.waiting(book.log_of(node).name)[0].entry))
    with _Open(work / "ae") as mediator, mediator.transaction():
        tree = book.read_book(mediator).chain.tree
        book.sequence(mediator, tree, [entry])  # the mediator's own node would refuse; it lies
        for_ua = bundles.export_bundle(mediator, "UA")
    print("# UA and RU have seen different histories. Now a move that RU signed reaches UA.")
    (work / "from-ae.hwb").write_bytes(for_ua)
    return homeward("bundle", "import", str(work / "from-ae.hwb"), "--home", str(work / "ua"))


class _Open:
    """A node, open while the block runs: one process serves one party at a time."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self):
        return open_node(self.home, simulation_passphrase(self.home))

    def __exit__(self, *_: object) -> None:
        close_node()


def main() -> int:
    """Run one attempt and return the exit code of the refusal."""
    attempts = {"veto": veto, "flip": flip, "fork": fork}
    if len(sys.argv) != 3 or sys.argv[1] not in attempts:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        try:
            code = attempts[sys.argv[1]](Path(sys.argv[2]).resolve(), Path(folder))
        except HomewardError as error:
            print(error)
            return error.exit_code
    print(f"# exit {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
