"""One exchange is played once; a test copies the nodes as they stood at a stage."""

import shutil

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import HomewardError
from homeward.node import home


@pytest.fixture(autouse=True)
def _no_failure_tells_of_a_person(monkeypatch, caplog):
    """Whatever fails in a scenario: no name, birth date or number of a listed person in it."""
    said, begin = [], HomewardError.__init__

    def init(self, code, message, *, hint="", facts=None):
        said.append(f"{code} {message} {hint} {facts}")
        begin(self, code, message, hint=hint, facts=facts)

    monkeypatch.setattr(HomewardError, "__init__", init)
    yield
    text = "\n".join((*said, caplog.text))
    assert [secret for secret in play.secrets() if secret in text] == []


@pytest.fixture(autouse=True)
def _no_node_stays_open():
    yield
    home.close_node()


@pytest.fixture(scope="session", name="played")
def fixture_played(tmp_path_factory):
    """Play a whole exchange once, and keep the three nodes as they stood at each stage."""
    folder = tmp_path_factory.mktemp("played")
    saved = {}

    def save(stage):
        saved[stage] = world.copy(_new(folder / stage))

    world = play.begin(_new(folder / "now"))
    save("ready")
    play.play_to_final_lists(world, saved=save)
    play.play_to_accepted(world, saved=save)
    play.hand_over(world, saved=save)
    home.close_node()
    yield saved
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at_stage")
def fixture_at_stage(played, tmp_path):
    """Give a function from a stage to three nodes of one's own that stand there."""

    def copy(stage, name="nodes"):
        return played[stage].copy(_new(tmp_path / name))

    return copy


def _new(folder):
    folder.mkdir()
    return folder
