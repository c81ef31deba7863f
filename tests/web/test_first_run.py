"""Before there is a node: the code of the terminal, the wizard, and the node it makes."""

import pytest
from django.test import Client

from homeward.node import home
from homeward.node.web import current, set_up, set_up_demo

CODE = "29a4-e79b-e741-1f4c-4d36"
OFFICE = {
    "party": "ua",
    "role": "bureau",
    "name": "An invented bureau",
    "language": "uk",
    "account": "first.admin",
}
PASSPHRASE, PASSWORD = "five words nobody would join", "one that nobody tries"
SECRETS = {
    "passphrase": PASSPHRASE,
    "passphrase_again": PASSPHRASE,
    "password": PASSWORD,
    "password_again": PASSWORD,
    "understood": "on",
}


def text_of(answer):
    return answer.content.decode("utf-8")


@pytest.fixture(name="begun")
def fixture_begun(tmp_path, monkeypatch):
    """Wait for a node in an empty folder; give the passphrases with which one was served."""
    from django.conf import settings

    home.close_node()
    begun = []
    for module, name in ((current, "_served"), (current, "_is_expected"), (set_up, "_waiting")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(settings, "LANGUAGE_CODE", "en")
    monkeypatch.setattr(current, "_served", None)
    set_up.wait(set_up.Waiting(home=tmp_path / "node", code=CODE, port=8765, begin=begun.append))
    yield begun
    home.close_node()


@pytest.fixture(name="stranger")
def fixture_stranger(begun):
    return Client(SERVER_NAME="localhost")


@pytest.fixture(name="founder")
def fixture_founder(stranger):
    answer = stranger.get("/first-run", {"code": CODE})
    assert answer["Location"] == "/first-run"
    return stranger


def test_every_address_leads_to_the_first_page(stranger):
    for address in ("/", "/ledger", "/people/held", "/accounts", "/no-such-page", "/api/v1/cases"):
        assert stranger.get(address)["Location"] == "/first-run", address
    assert stranger.get("/first-run").status_code == 200


def test_without_the_code_nothing_is_set_up(stranger, tmp_path, monkeypatch):
    monkeypatch.setattr(set_up_demo, "start", lambda *_, **__: pytest.fail("it was started"))
    assert stranger.post("/first-run", {"code": "29a4-e79b-e741-1f4c-4d37"}).status_code == 422
    assert "Set up my organisation" not in text_of(stranger.get("/first-run"))
    form = {**OFFICE, **SECRETS, "step": "make"}
    for address in ("/first-run/organisation", "/first-run/demo/start"):
        assert stranger.post(address, form)["Location"] == "/first-run"
    stranger.cookies["homeward_first_run"] = "yes:forged"
    assert stranger.post("/first-run/organisation", form)["Location"] == "/first-run"
    assert not (tmp_path / "node").exists()


def test_the_code_may_be_typed_as_it_was_read_aloud(stranger):
    typed = CODE.replace("-", " ").upper()
    assert stranger.post("/first-run", {"code": typed}).status_code == 302
    assert "Set up my organisation" in text_of(stranger.get("/first-run"))


def test_the_wizard_checks_each_answer_and_keeps_what_was_typed(founder, tmp_path):
    wrong = {**OFFICE, "party": "Ukraine!", "account": "two words"}
    answer = founder.post("/first-run/organisation", {**wrong, "step": "check"})
    assert answer.status_code == 422
    assert "Write a code such as UA" in text_of(answer)
    assert 'value="An invented bureau"' in text_of(answer)
    answer = founder.post("/first-run/organisation", {**OFFICE, "step": "check"})
    assert "Check your answers" in text_of(answer)
    assert ">UA<" in text_of(answer)
    assert "Українська" in text_of(answer)
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"passphrase_again": "another"}, "The two differ."),
        ({"password_again": "another"}, "The two differ."),
        ({"passphrase": "short", "passphrase_again": "short"}, "Take five or more words"),
        ({"password": "password1234", "password_again": "password1234"}, "too common"),
        ({"understood": ""}, "Read this sentence and tick it."),
    ],
)
def test_a_secret_that_is_unfit_makes_nothing_and_is_not_sent_back(
    founder, tmp_path, changes, said
):
    form = {**OFFICE, **SECRETS, **changes, "step": "make"}
    answer = founder.post("/first-run/organisation", form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert PASSPHRASE not in text_of(answer)
    assert PASSWORD not in text_of(answer)
    assert not (tmp_path / "node").exists()


def test_the_wizard_makes_the_node_and_the_same_process_serves_it(founder, begun, tmp_path):
    answer = founder.post("/first-run/organisation", {**OFFICE, **SECRETS, "step": "make"})
    assert answer["Location"] == "/first-run/ready"
    assert begun == [PASSPHRASE]
    assert set_up.waiting() is None
    node = current.current_node()
    assert (node.party, node.about.role, node.about.languages) == ("UA", "bureau", ("uk",))
    assert not node.about.simulation

    from homeward.node.keystore import fingerprint

    ready = text_of(founder.get("/first-run/ready"))
    assert all(group in ready for group in fingerprint(node.card).split())
    assert 'lang="uk"' in ready, "the node's language where the browser asks for none"
    assert founder.get("/first-run/card").content == node.card.data
    stranger = Client(SERVER_NAME="localhost")
    assert stranger.get("/first-run/card").status_code == 404
    assert stranger.get("/first-run")["Location"] == "/"
    stranger.post("/sign-in", {"login": "first.admin", "password": PASSWORD})
    assert stranger.get("/accounts").status_code == 200
    assert stranger.get("/people/held").status_code == 404, "an administrator sees no people"
    secrets = (PASSPHRASE, PASSWORD)
    files = [path.read_bytes() for path in (tmp_path / "node").rglob("*") if path.is_file()]
    assert not [one for one in secrets for data in files if one.encode() in data]
    home.close_node()
    home.open_node(tmp_path / "node", PASSPHRASE)


def test_the_node_is_made_once(founder, begun):
    form = {**OFFICE, **SECRETS, "step": "make"}
    founder.post("/first-run/organisation", form)
    made = current.current_node()
    again = founder.post("/first-run/organisation", {**form, "party": "ru"})
    assert again["Location"] == "/first-run"
    assert current.current_node() is made
    assert len(begun) == 1


def test_a_ledger_is_verified_without_a_node_or_a_code(stranger):
    answer = stranger.get("/verify")
    assert answer.status_code == 200


def test_a_refused_form_has_its_page_before_there_is_a_node(begun):
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = client.post("/first-run", {"code": CODE})
    assert answer.status_code == 403
    assert "Homeward" in text_of(answer)


class Playing:
    def __init__(self, look):
        self.look = lambda: look


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ({"done_count": 7, "total_count": 30, "step": "plan"}, "7 / 30"),
        ({"addresses": (("UA", "http://ua.localhost:8766/"),)}, "http://ua.localhost:8766/"),
        ({"has_failed": True}, "could not be played"),
    ],
)
def test_the_made_up_exchange_is_followed_to_its_addresses(founder, monkeypatch, look, said):
    known = {"done_count": 0, "total_count": 0, "step": "", "addresses": (), "has_failed": False}
    found = set_up_demo.Look(**{**known, **look})
    assert founder.get("/first-run/demo")["Location"] == "/first-run"
    monkeypatch.setattr(set_up_demo, "_running", Playing(found))
    assert said in text_of(founder.get("/first-run/demo"))
    assert said in text_of(founder.get("/first-run/demo/progress"))
