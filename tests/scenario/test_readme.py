"""The README says nothing that was not run.

Its attempts to cheat and its screen are those of the how-to and of the tutorial, whose every
command block `tests/golden/test_pages.py` types and compares.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from homeward.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_example_plays_the_whole_flow():
    played = subprocess.run(
        [sys.executable, "examples/one_exchange.py"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    assert "60 / 60 home, 0 missing" in played.stdout
    assert "closed" in played.stdout


@pytest.mark.parametrize("attempt", ["veto", "flip", "fork"])
def test_an_attempt_to_cheat_ends_as_the_page_that_is_run_shows(attempt):
    page = (ROOT / "docs/how-to/break-it.md").read_text("utf-8")
    line = next(row for row in README.splitlines() if f"break_it.py {attempt} " in row)
    said = re.search(r"exit (\d)$", line)
    assert said is not None
    assert f"$ python examples/break_it.py {attempt} demo  # exit {said[1]}\n" in page


def test_the_screen_is_that_of_the_tutorial_which_is_run():
    tutorial = (ROOT / "docs/tutorial/first-exchange.md").read_text("utf-8")
    block = README.split("ends on this screen:")[1].split("```")[1]
    lines = [line for line in block.splitlines() if line.startswith("  ")]
    labels = {re.split(r"  +", line.strip())[0] for line in lines}
    assert len(labels) > 8
    assert [label for label in labels if label not in tutorial] == []


def test_every_command_that_the_readme_names_exists():
    named = set(re.findall(r"`(?:\.venv/bin/)?homeward ([a-z]+)\b", README))
    assert len(named) > 4
    assert named <= set(COMMANDS)
