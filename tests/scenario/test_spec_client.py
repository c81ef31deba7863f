"""Whoever writes a client from the specifications alone verifies what a node exports."""

import ast
import io
import zipfile
from pathlib import Path

import pytest
from tests.scenario import nodes as play
from tests.scenario import spec_client

from homeward.node import book, home
from homeward.node.actions import ledger


@pytest.fixture(scope="module", name="exported")
def fixture_exported(tmp_path_factory):
    """Export the ledger of an exchange up to its final lists, and hand out its members' keys."""
    folder = tmp_path_factory.mktemp("specs")
    world = play.begin(folder / "live")
    play.play_to_final_lists(world)
    node = world.at("AE")
    members = book.read_book(node).members
    keys = {
        party: {mark: key.public for mark, key in member.keys.items()}
        for party, member in members.items()
    }
    with zipfile.ZipFile(io.BytesIO(ledger.zip_ledger(node))) as packed:
        packed.extractall(folder / "ledger")
    types = [envelope.type for envelope in book.read_book(node).envelopes]
    home.close_node()
    (vkey,) = folder.rglob("vkey")
    return vkey.parent, keys, types


def test_a_client_that_imports_nothing_of_ours_reads_the_whole_ledger(exported):
    folder, keys, types = exported
    tree = ast.parse(Path(spec_client.__file__).read_text("utf-8"))
    named = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    named += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in named if name.startswith("homeward")]
    payloads = spec_client.read_ledger(folder, keys)
    assert [payload["type"] for payload in payloads] == types


def test_the_client_refuses_what_was_changed(exported, tmp_path):
    folder, keys, _ = exported
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(paths) >= 4
    for path in paths:
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 7)):
            changed = bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
            path.write_bytes(changed)
            with pytest.raises(
                (spec_client.RefusedError, ValueError, KeyError, IndexError, OSError)
            ):
                spec_client.read_ledger(folder, keys)
            path.write_bytes(data)
