"""An exported ledger says who has cosigned it, and nobody whom the log does not name."""

import pytest
from tests.scenario.nodes import BUREAUS

from homeward.foundation.errors import TamperError
from homeward.handover.cosigning import witnessed_by
from homeward.ledger.tiles import verify_tree
from homeward.node import book


def test_an_export_says_who_witnessed_it_and_a_stranger_does_not(at_stage):
    nodes = at_stage("accepted")
    nodes.carry()
    files = book.export_ledger(nodes.at("AE"))
    log, state = book.log_of(nodes.at("AE")), book.read_book(nodes.at("AE"))
    reading = verify_tree(files.get, log, None, files)
    members = state.members.values()
    assert sorted(witnessed_by(reading.note, log, members)) == sorted(BUREAUS)
    few = [member for member in members if member.party != "RU"]
    with pytest.raises(TamperError, match="stranger"):
        witnessed_by(reading.note, log, few)
    # The bytes of a witness's line are as little free as any other.
    changed = reading.note.replace("— homeward/ru ", "— homeward/rv ")
    with pytest.raises(TamperError):
        witnessed_by(changed, log, members)
