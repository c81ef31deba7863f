import io
import json
import os
import subprocess
import sys

import pytest

from homeward import cli
from homeward.cli import COMMANDS, main
from homeward.foundation.errors import KINDS


def run(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "homeward", *words],
        capture_output=True,
        check=False,
        timeout=60,
        **options,
    )


class Command:
    """Stands in for a command's module."""

    def __init__(self, error=None):
        self.error = error

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def run(self, args):
        if self.error is not None:
            raise self.error
        return 0


@pytest.fixture
def command(monkeypatch):
    def install(error):
        monkeypatch.setitem(sys.modules, "tests_command", Command(error))
        monkeypatch.setattr(cli, "COMMANDS", {"try": ("tests_command", "try something")})

    return install


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_is_one_line_and_the_exit_code_of_its_kind(kind, command, capsys):
    command(kind("a.code", "Expected one thing, found another.", hint="Do this."))
    assert main(["try"]) == kind.exit_code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "homeward: Expected one thing, found another. Do this.\n"


@pytest.mark.parametrize("kind", KINDS)
def test_with_json_a_failure_is_also_a_document(kind, command, capsys):
    command(kind("a.code", "Expected one thing, found another.", facts={"entry": 3}))
    assert main(["try", "--json"]) == kind.exit_code
    assert json.loads(capsys.readouterr().out) == {
        "kind": kind.__name__,
        "code": "a.code",
        "message": "Expected one thing, found another.",
        "hint": "",
        "facts": {"entry": 3},
    }


def test_an_interrupted_command_says_nothing(command, capsys):
    command(KeyboardInterrupt())
    assert main(["try"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_bug_is_shown_whole(command, capsys):
    command(ZeroDivisionError())
    assert main(["try"]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Traceback")
    assert err.endswith("ZeroDivisionError\n")


def test_a_reader_who_leaves_is_no_failure():
    read, write = os.pipe()
    os.close(read)
    # Unbuffered, argparse would notice first, and say nothing.
    buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "homeward", "--help"],
            stdout=closed,
            stderr=subprocess.PIPE,
            env=buffered,
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, (_, about) in COMMANDS.items():
        assert f"  {name}" in out
        assert about in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: homeward {name}")


@pytest.mark.parametrize("words", [[], ["plna"], ["plan"], ["plan", "--frob"], ["ledger"]])
def test_a_wrong_line_is_an_input_error(words, capsys):
    assert main([*words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["code"] == "cli.usage"
    assert err.count("\n") == 1


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "homeward 0.1.0\n"


def test_help_imports_nothing_heavy():
    program = (
        "import sys; from homeward.cli import main; main(['--help']);"
        "print({'django', 'highspy', 'numpy', 'tqdm', 'cryptography'} & set(sys.modules),"
        " file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b"set()\n"


WITH_COLUMNS = ("plan", "check", "case")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_starts_without_what_it_does_not_need(name):
    program = (
        f"import sys; from homeward.cli import main; main([{name!r}, '--help']);"
        "print(*{'django', 'highspy', 'numpy', 'tqdm'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60
    )
    assert set(done.stderr.split()) <= ({b"numpy"} if name in WITH_COLUMNS else set())


def test_the_module_runs_as_the_command_and_passes_the_exit_code_on():
    done = run("check", "no-terms.toml", "no-plan.json", "--held", "UA=no.csv", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "cli.no_file"
    assert done.stderr.startswith(b"homeward: Expected the plan in no-plan.json")


def test_progress_outside_a_terminal_is_one_line_now_and_then(monkeypatch):
    from homeward.cli import progress

    clock = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.progress("Reading", 0, "rows") as report:
        for done in (1_000, 2_000, 3_000, 6_000):
            report(done, 12_000)
    assert sys.stderr.getvalue() == (
        "Reading: 2,000 of 12,000 rows, about 30 s left\n"
        "Reading: 6,000 of 12,000 rows, about 12 s left\n"
    )


def test_quiet_progress_says_nothing(monkeypatch, capsys):
    from homeward.cli import progress

    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with progress.progress("Reading", 0, "rows", quiet=True) as report:
        report(1, 2)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_a_bar(monkeypatch):
    from homeward.cli import progress

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.progress("Reading", 10, "rows") as report:
        report(4, 10)
        report(10, 10)
    assert "Reading:" in sys.stderr.getvalue()
