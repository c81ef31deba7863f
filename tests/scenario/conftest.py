"""One exchange is played once; a test copies the nodes as they stood at a stage."""

import shutil

import pytest

from homeward.node import home
from tests.scenario import nodes as play


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
    world.close()
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
