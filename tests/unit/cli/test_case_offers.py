"""`homeward case offer` and its neighbours, over real folders."""

import json
import shutil

import pytest
from tests.postgresql import copy_node
from tests.scenario import nodes as play

from homeward.cli import main
from homeward.node import home


@pytest.fixture(scope="module", name="opened")
def fixture_opened(tmp_path_factory):
    """Make three nodes with one opened case, once."""
    folder = tmp_path_factory.mktemp("offers")
    world = play.begin(folder)
    world.do("AE", play.cases.open_case, play.terms())
    world.carry()
    home.close_node()
    yield world
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="ask")
def fixture_ask(opened, tmp_path, capsys):
    """Give a function that runs `homeward case` at a party's node and returns what it says."""
    folders = {}
    for party, node in opened.nodes.items():
        folders[party] = tmp_path / party
        copy_node(node, folders[party])
    home.close_node()

    def ask(party, *words, code=0):
        command = ["case", *words, "--home", str(folders[party])]
        assert main(command) == code
        home.close_node()
        said = capsys.readouterr()
        return said.out if code == 0 else said.err

    def carry(sender, reader):
        file = tmp_path / "carried.hwb"
        for act in (
            ["bundle", "export", "--to", reader, "-o", str(file), "--home", str(folders[sender])],
            ["bundle", "import", str(file), "--home", str(folders[reader])],
        ):
            assert main(act) == 0
            home.close_node()
        capsys.readouterr()

    ask.carry = carry
    yield ask
    home.close_node()


def test_an_offer_goes_from_one_command_to_the_other_end_and_comes_back_as_a_draft(ask, tmp_path):
    said = ask("UA", "offer", "first", "--to", "RU", "--set", "number.count=6", "--note", "a word")
    assert "It binds nobody and stands in no ledger" in said
    number = said.split()[1]
    ask.carry("UA", "AE")
    ask.carry("AE", "RU")
    listed = json.loads(ask("RU", "offers", "first", "--json"))
    (offer,) = listed["offers"]
    assert (offer["state"], offer["note"], listed["refused"]) == ("offered", "a word", 0)
    assert ask("RU", "offers", "first").startswith(f"{number}  UA to RU  offered until ")
    assert "Nobody is bound by it." in ask("RU", "offer-accept", "first", number)
    out = tmp_path / "draft.toml"
    assert "accepted" in ask("RU", "offer-terms", "first", number, "-o", str(out))
    assert "count = 6" in out.read_text()
    ask("RU", "offer-accept", "first", number, code=4)


def test_an_offer_of_a_file_is_withdrawn_again(ask, tmp_path):
    terms = tmp_path / "terms.toml"
    terms.write_text(play.terms("later"))
    number = ask("UA", "offer", "talks", "--to", "AE", "--terms", str(terms)).split()[1]
    assert f"Withdrew offer {number} to AE." in ask("UA", "offer-withdraw", "talks", number)
    assert "withdrawn" in ask("UA", "offers", "talks")
    assert ask("UA", "offers", "others") == "No offers in others.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--to", "RU"],
        ["--to", "RU", "--set", "number=6"],
        ["--to", "RU", "--set", "number.count=6", "--terms", "x.toml"],
        ["--to", "RU", "--set", "number.other=6"],
    ],
)
def test_an_offer_that_cannot_be_read_is_refused_with_what_to_type(ask, words):
    ask("UA", "offer", "first", *words, code=2)
