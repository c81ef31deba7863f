"""What tutorials and how-tos show was typed, and the commands said what the pages say.

Rules of the pages:
- In a block `console` a line after `$` is typed; what follows is what it says.
- `# exit N` behind a command is its exit code, otherwise 0. `…` stands for any lines.
- A block after "Save as `NAME`:" is a file. Hashes, sizes and seconds differ between runs.
"""

import contextlib
import functools
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homeward.cli import main
from homeward.node import home

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "tutorial/first-exchange.md",
    "how-to/own-lists.md",
    "how-to/a-side-on-paper.md",
    "how-to/match-two-lists.md",
    "how-to/triage.md",
    "how-to/history.md",
    "how-to/reconcile-statements.md",
    "how-to/talks.md",
    "how-to/desk.md",
    "how-to/pages.md",
    "how-to/review-who-is-who.md",
    "how-to/verify-a-ledger.md",
    "how-to/backup.md",
    "how-to/erase.md",
    "how-to/keys.md",
    "how-to/postgresql.md",
    "how-to/join-over-https.md",
    "how-to/break-it.md",
]
DEMO = "homeward demo --people 600 --dir demo"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
ANY_LINES = re.compile(r"^…\n", re.MULTILINE)
FILE = re.compile(r"Save as `([\w.-]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
# Kept short: what may differ between two runs that are both right.
VARYING = (
    (r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", "FINGERPRINT"),
    (r"\b(?=[a-f]*\d)[0-9a-f]{8,64}\b", "HASH"),
    (r"(?:[a-z]{5}-){16}[a-z]{5}", "WORDS"),
    (r"[\d,]+ bytes", "SIZE"),
    (r"in \d+ s\.", "SECONDS"),
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Play the demo of the tutorial once; give its folder and its screen."""
    folder = tmp_path_factory.mktemp("pages")
    played = subprocess.run(
        [sys.executable, "-m", *DEMO.split()],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
        cwd=folder,
    )
    return folder / "demo", played.stdout.lstrip("\n")


@pytest.fixture(autouse=True)
def _one_key_derivation_a_node(monkeypatch):
    monkeypatch.setattr(home, "unlock_node", functools.cache(home.unlock_node))
    yield
    home.close_node()


def type_in(command, screen):
    """Type one line; return its exit code and all that it shows."""
    if command == DEMO:
        return 0, screen
    words = shlex.split(command, comments=True)
    if words[0] != "homeward":
        shell = command.replace("python examples", f"{sys.executable} {ROOT}/examples")
        run = subprocess.run(
            shell, shell=True, text=True, timeout=60, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return run.returncode, run.stdout.replace(os.getcwd(), "…")  # noqa: PTH109 - as it prints
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(words[1:])
    return code, out.buffer.getvalue().decode()


def typed(block, screen):
    """Type a block again; return it with what the commands say now."""
    lines = []
    commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    # A program of the examples shows the commands that it runs.
    for command in commands[:1] if commands[0].startswith("python ") else commands:
        code, said = type_in(command, screen)
        expected = re.search(r"# exit (\d+)$", command)
        assert code == int(expected[1] if expected else 0), (command, said)
        lines += [f"$ {command}", *said.splitlines()]
    return "\n".join(lines) + "\n"


def settled(text):
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text)
    return text


def agrees(shown, said):
    parts = [re.escape(part) for part in ANY_LINES.split(settled(shown))]
    return re.fullmatch("(?:.*\n)*".join(parts), settled(said)) is not None


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_the_commands_say(name, demo, tmp_path, monkeypatch, request):
    page = ROOT / "docs" / name
    text = page.read_text("utf-8")
    folder, screen = demo
    shutil.copytree(folder, tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    if name == "how-to/postgresql.md":
        server = request.getfixturevalue("server")
        monkeypatch.setenv("PGHOST", str(server.folder))
        monkeypatch.setenv("PGUSER", server.user)
    for file, content in FILE.findall(text):
        Path(file).write_text(content, encoding="utf-8")
    blocks = [(shown, typed(shown, screen)) for shown in BLOCK.findall(text)]
    assert blocks
    if request.config.getoption("--write-golden"):
        for shown, said in blocks:
            if not ANY_LINES.search(shown):
                text = text.replace(f"```console\n{shown}", f"```console\n{said}", 1)
        page.write_text(text, encoding="utf-8")
        return
    for shown, said in blocks:
        assert agrees(shown, said), f"{name} differs; run `make golden` and read why:\n{said}"


def test_the_screen_of_the_demo_fits_a_terminal(demo):
    assert max(map(len, demo[1].splitlines())) <= 100


def test_every_page_that_teaches_is_typed():
    pages = [
        path.relative_to(ROOT / "docs").as_posix()
        for folder in ("tutorial", "how-to")
        for path in (ROOT / "docs" / folder).glob("*.md")
    ]
    assert sorted(pages) == sorted(PAGES)
