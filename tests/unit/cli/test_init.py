"""`homeward init`: what the line does not say is asked on the terminal."""

import getpass
import sys

import pytest

from homeward.cli import main
from homeward.node import home

PASSPHRASE, PASSWORD = "five words nobody would join", "one that nobody tries"


@pytest.fixture(name="terminal")
def fixture_terminal(monkeypatch):
    """Give a function that sits at the terminal and types lines and secrets in order."""

    def sit(lines=(), secrets=()):
        typed, hidden = iter(lines), iter(secrets)
        monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
        monkeypatch.setattr("builtins.input", lambda _: next(typed))
        monkeypatch.setattr(getpass, "getpass", lambda _: next(hidden))

    yield sit
    home.close_node()


def test_without_arguments_each_question_is_asked_until_its_answer_fits(terminal, tmp_path, capsys):
    terminal(
        ["ukraine", "UA", "king", "bureau", "", "An invented bureau", "fr", "uk", "first.admin"],
        [PASSPHRASE, PASSPHRASE, PASSWORD, PASSWORD],
    )
    folder = tmp_path / "ua"
    assert main(["init", "--home", str(folder)]) == 0
    said = capsys.readouterr()
    assert "first.admin: sign in with it" in said.out
    assert "Expected one of en, uk, ru, ar as language" in said.err
    node = home.open_node(folder, PASSPHRASE)
    assert (node.party, node.about.role, node.about.name) == ("UA", "bureau", "An invented bureau")
    assert node.about.languages == ("uk",)

    from django.contrib.auth.models import User

    user = User.objects.get()
    assert (user.username, user.check_password(PASSWORD)) == ("first.admin", True)
    assert [group.name for group in user.groups.all()] == ["administrator"]


def test_with_arguments_nothing_but_the_passphrase_is_asked(terminal, tmp_path):
    terminal(secrets=[PASSPHRASE, PASSPHRASE])
    line = ["init", "--home", str(tmp_path / "ae"), "--party", "AE", "--role", "mediator"]
    assert main([*line, "--name", "An invented mediator", "--language", "ar"]) == 0
    assert home.open_node(tmp_path / "ae", PASSPHRASE).about.languages == ("ar",)


@pytest.mark.parametrize(
    ("options", "secrets"),
    [
        (["--language", "fr"], []),
        (["--account", "two words"], [PASSPHRASE, PASSPHRASE, PASSWORD, PASSWORD]),
        (["--account", "anna"], [PASSPHRASE, PASSPHRASE, "short", "short"]),
        (["--account", "anna"], [PASSPHRASE, PASSPHRASE, PASSWORD, "another one"]),
    ],
)
def test_an_unfit_answer_makes_nothing(terminal, tmp_path, options, secrets):
    terminal(secrets=secrets)
    line = ["init", "--home", str(tmp_path / "ua"), "--party", "UA", "--role", "bureau"]
    assert main([*line, "--name", "An invented bureau", *options]) == 2
    assert not (tmp_path / "ua").exists()


def test_without_a_terminal_it_says_what_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", type("Pipe", (), {"isatty": lambda self: False})())
    assert main(["init", "--home", str(tmp_path / "ua"), "--party", "UA"]) == 2
    assert "--role, --name" in capsys.readouterr().err
