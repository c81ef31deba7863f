"""`homeward account` and `homeward serve`, as far as they go without a browser."""

import socket

import pytest
from tests.postgresql import copy_node

from homeward.cli import main
from homeward.node import home


def test_an_account_is_made_from_the_command_line(world, tmp_path, capsys):
    node = tmp_path / "ae"
    copy_node(world.nodes["AE"], node)
    strong, weak = tmp_path / "strong", tmp_path / "weak"
    strong.write_text("one that nobody tries\n")
    weak.write_text("short\n")
    add = ["account", "add", "anna", "--role", "mediator", "--home", str(node), "--password-file"]
    assert main([*add, str(weak)]) == 2
    assert main([*add, str(strong)]) == 0
    assert "anna (mediator)" in capsys.readouterr().out
    assert main([*add, str(strong)]) == 2, "the name is taken"

    home.open_node(node, home.simulation_passphrase(node))
    from django.contrib.auth.models import User

    try:
        assert User.objects.get().check_password("one that nobody tries")
    finally:
        home.close_node()


@pytest.mark.parametrize(
    "where", [("--host", "elsewhere"), ("--port", "99999"), ("--port", "taken")]
)
def test_serving_takes_an_address_of_this_machine_and_a_free_port(world, tmp_path, capsys, where):
    node = tmp_path / "ae"
    copy_node(world.nodes["AE"], node)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        option, value = where
        value = str(other.getsockname()[1]) if value == "taken" else value
        assert main(["serve", "--home", str(node), option, value]) == 2
    assert "such as 127.0.0.1" in capsys.readouterr().err
