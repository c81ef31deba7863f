"""The pages of a demo: what is said before anything is played."""

import argparse
import socket
import sys

import pytest

from homeward.cli import demo, demo_pages, main
from homeward.foundation.errors import InputError

pytest.importorskip("granian", reason="needs the extra web")


def free_ports():
    """Return a port that is free with the two after it."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        try:
            demo_pages.require_free_ports(port)
        except InputError:
            continue
        return port
    return pytest.fail("no three ports are free")


def test_a_taken_port_is_said_before_anything_is_played(tmp_path, capsys):
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 2))
        taken.listen()
        code = main(["demo", "--dir", str(tmp_path / "demo"), "--port", str(port)])
    assert code == InputError.exit_code
    assert str(port + 2) in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize(
    ("words", "is_terminal", "port"),
    [
        ([], False, None),
        ([], True, 8765),
        (["--port", "9000"], False, 9000),
        (["--port", "9000", "--no-serve"], True, None),
    ],
)
def test_without_a_terminal_nothing_is_served_unasked(words, is_terminal, port, monkeypatch):
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    assert demo._port_of(parser.parse_args(words)) == port


def test_the_account_of_a_visitor_is_read_from_the_screen_of_a_node():
    class Server:
        stdout = iter(
            [
                "  account           roles             password\n",
                "  officer           caseworker, reviewer  0123-4567-89ab\n",
                "  auditor           auditor           xxxx\n",
                "Open http://127.0.0.1:1/ in a browser; Ctrl+C ends it.\n",
            ]
        )

    assert demo_pages._account(Server, "bureau") == ("officer", "0123-4567-89ab")
