"""Each import rule of pyproject.toml, broken once on purpose."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "import importlinter.cli; importlinter.cli.lint_imports_command()"

# contract, file that breaks it, the line that does
VIOLATIONS = [
    ("one-way", "terms/clauses.py", "import homeward.planning.plan"),
    ("one-way", "records/cells.py", "import homeward.ledger.log"),
    ("one-way", "utils/__init__.py", ""),
    ("pure", "planning/plan.py", "import time"),
    ("pure", "statements/model.py", "import logging"),
    ("certificate", "planning/certificate.py", "import homeward.foundation.errors"),
    ("django", "report/totals.py", "import django"),
    ("crypto", "ledger/note.py", "import cryptography"),
    ("solver", "planning/solve.py", "import highspy"),
    ("numpy", "report/totals.py", "import numpy"),
    ("lists", "report/totals.py", "import duckdb"),
    ("typesetting", "report/totals.py", "import segno"),
    ("terminal", "matching/match.py", "import tqdm"),
    ("acyclic", "statements/model.py", "import homeward.statements.write"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Give a copy of the package whose files a test may spoil."""
    root = tmp_path_factory.mktemp("house")
    package = root / "homeward"
    for file in (ROOT / "src/homeward").rglob("*.py"):
        target = package / file.relative_to(ROOT / "src/homeward")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    return root


def lint_imports(root, *arguments):
    """Run the linter over a copy; `PYTHONPATH` puts the copy before the installed package."""
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache", "--no-logo", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_keeps_every_rule(copy):
    outcome = lint_imports(copy)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS)
def test_a_line_that_breaks_a_rule_is_caught(copy, contract, file, line):
    path = copy / "homeward" / file
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        outcome = lint_imports(copy, "--contract", contract)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, "utf-8")
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "0 kept, 1 broken." in outcome.stdout
    assert re.split("[ .]", line)[-1] in outcome.stdout, "the report names what was imported"


def test_every_rule_is_broken_once():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    rules = {line.split('"')[1] for line in text.splitlines() if line.startswith('id = "')}
    assert rules == {contract for contract, _, _ in VIOLATIONS}
