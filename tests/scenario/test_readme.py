"""The README says nothing that was not run: its example, its attempts to cheat, its screen."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=120, cwd=ROOT, check=False
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme") / "demo"
    played = run("-m", "homeward", "demo", "--people", "1000", "--dir", str(folder), "--no-serve")
    assert played.returncode == 0, played.stderr
    return folder, played.stdout


def test_the_example_plays_the_whole_flow():
    played = run("examples/one_exchange.py")
    assert played.returncode == 0, played.stderr
    assert "60 / 60 home, 0 missing" in played.stdout
    assert "closed" in played.stdout


@pytest.mark.parametrize(
    ("attempt", "code", "words"),
    [("veto", 6, "In clause veto"), ("flip", 8, "entry "), ("fork", 8, "RU had seen")],
)
def test_an_attempt_to_cheat_is_refused(demo, attempt, code, words):
    folder, _ = demo
    text = (ROOT / "README.md").read_text("utf-8")
    line = next(row for row in text.splitlines() if f"break_it.py {attempt} " in row)
    assert line.endswith(f"exit {code}")
    tried = run("examples/break_it.py", attempt, str(folder))
    assert tried.returncode == code, tried.stdout + tried.stderr
    assert words in tried.stdout


def test_an_attempt_leaves_the_demo_as_it_was(demo):
    folder, _ = demo
    verified = run("-m", "homeward", "ledger", "verify", str(folder / "ledger"))
    assert verified.returncode == 0, verified.stderr


def test_the_screen_of_the_demo_has_the_lines_that_the_readme_shows(demo):
    _, shown = demo
    text = (ROOT / "README.md").read_text("utf-8")
    block = text.split("ends on this screen:")[1].split("```")[1]
    labels = {
        re.split(r"  +", line.strip())[0] for line in block.splitlines() if line.startswith("  ")
    }
    assert len(labels) > 8
    missing = [label for label in labels if label not in shown]
    assert missing == []
    assert "SIMULATION: the people are invented." in shown


def test_every_command_that_the_readme_names_exists():
    text = (ROOT / "README.md").read_text("utf-8")
    known = run("-m", "homeward", "--help").stdout
    named = set(
        re.findall(r"homeward (init|import|card|case|bundle|plan|check|ledger|status|demo)\b", text)
    )
    assert named
    assert all(f"  {name} " in known for name in named)
