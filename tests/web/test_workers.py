"""Who works here: accounts and their one-time passwords, passkeys, parties, who looked."""

import csv
import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from tests.scenario import nodes as play
from tests.web.conftest import ACCOUNTS

from homeward.foundation.errors import InputError, RuleError
from homeward.node import access
from homeward.node.home import read_private
from homeward.node.models import AccessLog, Peer
from homeward.node.web import accounts

STRONG = "a password of its own"


def text_of(answer):
    return answer.content.decode("utf-8")


def number_of(name):
    return User.objects.get(username=name).pk


def secret_in(answer):
    return re.search(r'class="secret"><code dir="ltr">([a-z2-9-]+)</code>', text_of(answer))[1]


def sign_in(client, name, password):
    return client.post("/sign-in", {"login": name, "password": password})


def notes(act):
    return list(AccessLog.objects.filter(act=act).values_list("actor", "subject", "person_count"))


@pytest.fixture(name="colleague")
def fixture_colleague(officer):
    """Make an account on the page; give its name and its first password."""
    name = f"colleague{User.objects.count()}"
    answer = officer("administrator").post(
        "/accounts/new", {"name": name, "roles": ["caseworker", "reviewer"]}
    )
    return name, secret_in(answer)


def test_only_an_administrator_who_just_gave_the_password_adds_an_account(browser, officer):
    assert browser("auditor").get("/accounts").status_code == 404
    asked = browser("administrator").get("/accounts/new")
    assert asked["Location"].startswith("/account/confirm?")
    client = officer("administrator")
    answer = client.post("/accounts/new", {"name": "no name", "roles": []})
    assert answer.status_code == 422
    assert "Use letters, digits, dots and hyphens alone." in text_of(answer)
    assert "Choose at least one role." in text_of(answer)
    answer = client.post("/accounts/new", {"name": "OTHER", "roles": ["auditor"]})
    assert "There is an account with this name." in text_of(answer)


def test_a_one_time_password_opens_one_page_until_it_is_replaced(browser, colleague):
    name, password = colleague
    client = browser()
    assert sign_in(client, name, password).status_code == 302
    for address in ("/", "/ledger", "/account", "/account/passkeys"):
        assert client.get(address)["Location"] == "/account/password", address
    asked = text_of(client.get("/account/password"))
    assert "Choose your own password" in asked
    form = {"oldpassword": password, "password1": password, "password2": password}
    again = client.post("/account/password", form)
    assert "Choose another password than the present one." in text_of(again)
    client.post("/account/password", {**form, "password1": STRONG, "password2": STRONG})
    assert client.get("/ledger").status_code == 200
    fresh = browser()
    assert sign_in(fresh, name, STRONG)["Location"] == "/"
    assert fresh.get("/ledger").status_code == 200


def test_the_first_password_is_shown_once_and_kept_nowhere(officer, colleague):
    _, password = colleague
    client = officer("administrator")
    assert password not in text_of(client.get("/accounts"))
    assert not any(password in str(row) for row in AccessLog.objects.values_list())


def test_an_administrator_changes_roles_and_the_change_holds_at_once(browser, officer, colleague):
    name, _ = colleague
    client = browser()
    client.force_login(User.objects.get(username=name))
    assert client.get("/reads").status_code == 404
    address = f"/accounts/{number_of(name)}/roles"
    officer("administrator").post(address, {"roles": ["auditor"]})
    assert client.get("/reads").status_code == 200
    assert ("administrator", f"account:{name}", 0) in notes("account.roles")


def test_an_account_switched_off_is_signed_out_and_cannot_come_back(browser, officer, colleague):
    name, password = colleague
    client = browser()
    client.force_login(User.objects.get(username=name))
    admin, number = officer("administrator"), number_of(name)
    assert admin.post(f"/accounts/{number}/on").status_code == 404, "it is on"
    admin.post(f"/accounts/{number}/off")
    assert client.get("/")["Location"].startswith("/sign-in")
    told = client.get(sign_in(client, name, password)["Location"])
    assert "This account is switched off." in text_of(told)
    assert client.get("/")["Location"].startswith("/sign-in")
    admin.post(f"/accounts/{number}/on")
    assert sign_in(client, name, password).status_code == 302
    assert ("administrator", f"account:{name}", 0) in notes("account.off")


def test_a_new_password_ends_the_sessions_and_must_be_replaced(browser, officer, colleague):
    name, first = colleague
    client = browser()
    client.force_login(User.objects.get(username=name))
    second = secret_in(officer("administrator").post(f"/accounts/{number_of(name)}/password"))
    assert second != first
    assert client.get("/").status_code == 302
    sign_in(client, name, first)
    assert client.get("/")["Location"].startswith("/sign-in")
    sign_in(client, name, second)
    assert client.get("/")["Location"] == "/account/password"


def test_a_second_factor_is_removed_with_everything_that_belongs_to_it(officer, colleague):
    from allauth.mfa.models import Authenticator

    name, _ = colleague
    user, client = User.objects.get(username=name), officer("administrator")
    address = f"/accounts/{user.pk}/factor"
    assert client.get(address).status_code == 404, "there is none to remove"
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=user, type=kind, data={})
    assert client.get(address).status_code == 200
    client.post(address)
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("act", ["roles", "off", "password", "factor"])
def test_nobody_does_it_to_the_own_account(officer, node, act):
    own = number_of(ACCOUNTS["administrator"].name)
    client = officer("administrator")
    assert f"/accounts/{own}/" not in text_of(client.get("/accounts"))
    before = User.objects.filter(pk=own).values_list("password", "is_active").get()
    client.post(f"/accounts/{own}/{act}", {"roles": ["auditor"]})
    user = User.objects.get(pk=own)
    assert (user.password, user.is_active) == before
    assert [group.name for group in user.groups.all()] == ["administrator"]


def test_the_last_administrator_stays(node):
    own = number_of(ACCOUNTS["administrator"].name)
    by = {"actor": "somebody", "now": play.START}
    for act in (
        lambda: accounts.set_roles(node, own, ["auditor"], **by),
        lambda: accounts.switch_account(node, own, on=False, **by),
    ):
        with pytest.raises(RuleError) as caught:
            act()
        assert caught.value.code == "account.last"
    user = User.objects.get(pk=own)
    assert user.is_active
    assert user.groups.get().name == "administrator"


def test_an_account_that_does_not_exist_reads_as_one_that_is_not_yours(officer):
    client = officer("administrator")
    assert client.get("/accounts/999999/roles").status_code == 404
    assert client.get(f"/accounts/{number_of('other')}/crown").status_code == 404
    own = client.get(f"/accounts/{number_of('administrator')}/roles")
    assert own.status_code == 404, "another administrator changes one's roles"


def test_passkeys_are_offered_where_the_address_has_a_name(browser):
    named, numbered = browser(), browser("caseworker")
    assert "Sign in with a passkey" in text_of(named.get("/sign-in"))
    assert "Sign in with a passkey" not in text_of(named.get("/sign-in", SERVER_NAME="127.0.0.1"))
    assert "Add a passkey" in text_of(numbered.get("/account/passkeys"))
    text = text_of(numbered.get("/account/passkeys", SERVER_NAME="127.0.0.1"))
    assert "You cannot add a passkey at this address." in text
    assert "Add one on each device" not in text
    refused = numbered.get("/account/passkeys/new", SERVER_NAME="127.0.0.1")
    assert (refused.status_code, refused["Location"]) == (302, "/account/passkeys")
    assert named.get("/account/passkeys").status_code == 302


def test_the_pages_of_ones_account_ask_in_our_words(browser):
    client = browser("caseworker")
    signing = text_of(browser().get("/sign-in"))
    password = text_of(client.get("/account/password"))
    confirm = text_of(client.get("/account/confirm"))
    assert "placeholder" not in signing + password + confirm
    assert re.findall(r"<label for=\"id_\w+\">([^<]+)<", signing + password + confirm) == [
        *("Name of your account", "Password"),
        *("Present password", "New password", "New password again"),
        "Password",
    ]


def test_an_authenticators_secret_stands_in_groups(officer):
    page = text_of(officer("caseworker").get("/account/authenticator"))
    assert re.search(
        r'class="secret">Secret<br><code dir="ltr">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<', page
    )


def test_a_passkey_without_a_name_gets_the_next_number(officer):
    assert 'value="Passkey 1"' in text_of(officer("caseworker").get("/account/passkeys/new"))


def test_a_false_passkey_opens_nothing(browser):
    client = browser()
    options = client.get("/sign-in/passkey", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    client.post("/sign-in/passkey", {"credential": '{"id": "x", "response": {}}'})
    assert client.get("/").status_code == 302


NO_ANSWERS = [
    '{"id": "a\\u0000"}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"userHandle": "\\ud800"}}',
    '{"id": "YQ", "rawId": "é"}',
    '{"id": "x", "response": {}}',
    "[" * 60_000,
    '{"id": ' + "9" * 5_000 + "}",
    '{"id": "' + "a" * 70_000 + '"}',
    '["a"]',
]


@pytest.mark.parametrize("answer", NO_ANSWERS, ids=range(len(NO_ANSWERS)))
@pytest.mark.parametrize("address", ["/sign-in/passkey", "/account/passkeys/new"])
def test_what_no_passkey_answers_is_refused_as_bad_input(browser, officer, address, answer):
    client = browser() if address.startswith("/sign-in") else officer("caseworker")
    client.get(address, headers={"accept": "application/json"})
    assert client.post(address, {"credential": answer}).status_code == 422
    assert not Authenticator.objects.exists()


def test_a_second_factor_and_a_confirmation_refuse_what_no_passkey_answers():
    from homeward.node.web import passkeys

    for form in (passkeys.SecondFactorForm, passkeys.ConfirmForm):
        for answer in NO_ANSWERS:
            with pytest.raises(InputError):
                form({"credential": answer}, user=User(pk=1)).full_clean()


def card_of(world, party):
    return read_private(world.nodes[party].home / "card.json")


def upload(client, data):
    file = io.BytesIO(data)
    file.name = "card.json"
    return client.post("/parties", {"card": file})


def test_a_card_is_imported_compared_by_voice_and_then_confirmed(officer, world, node):
    Peer.objects.filter(party="RU").delete()
    client = officer("administrator")
    assert upload(client, card_of(world, "RU"))["Location"] == "/parties"
    text = text_of(client.get("/parties"))
    assert "/parties/RU/compare" in text
    asked = text_of(client.get("/parties/RU/compare"))
    assert "call" in asked.lower()
    refused = client.post("/parties/RU/compare", {})
    assert refused.status_code == 422
    assert not Peer.objects.get(party="RU").confirmed
    client.post("/parties/RU/compare", {"compared": "on"})
    assert Peer.objects.get(party="RU").confirmed
    assert client.get("/parties/RU/compare").status_code == 404, "it is done"
    assert ("administrator", "card:RU", 0) in notes("card.confirm")


def test_a_card_that_is_broken_our_own_or_another_of_the_same_party_is_refused(
    officer, world, node, tmp_path
):
    from homeward.demo.players import seeded
    from homeward.node import keystore

    client = officer("administrator")
    keys = keystore.create("mediator", seeded("another"))
    other = keystore.write_card(keys, party="AE", role="mediator", name="Other", simulation=True)
    real = keystore.write_card(keys, party="CH", role="mediator", name="Real", simulation=False)
    for data, said in (
        (card_of(world, "AE")[:-5], "not a whole card"),
        (node.card.data, "your own card"),
        (other.data, "You have another card of this party"),
        (real.data, "Nothing of it may pass for real"),
        (b"x" * 20_000, "too large"),
        (b"", "empty"),
    ):
        answer = upload(client, data)
        assert answer.status_code == 422
        assert said in text_of(answer), said
    assert not Peer.objects.filter(party="CH").exists()


def test_our_own_card_is_given_away_as_a_file_and_as_a_code(browser, node):
    from homeward.node.keystore import fingerprint

    client = browser("administrator")
    assert client.get("/parties/card").content == node.card.data
    text = text_of(client.get("/parties"))
    assert all(f"<code>{group}</code>" in text for group in fingerprint(node.card).split())
    assert 'src="data:image/svg' in text
    assert browser("negotiator").get("/parties/card").status_code == 404


@pytest.fixture(name="looked")
def fixture_looked(node):
    """Let two accounts look at one person."""
    ref = play.small_lists()["UA", "held"][0].ref
    for actor in ("officer", "negotiator"):
        reader = access.Reader(actor=actor, purpose="person_page", now=play.START)
        access.person(node, "held", ref, reader=reader)
    return ref


def test_who_looked_is_shown_by_account_and_by_reference(browser, looked):
    client = browser("auditor")
    text = text_of(client.get("/reads", {"ref": looked}))
    assert (
        text.count(f'People you hold <code dir="ltr">{looked}</code>')
        == AccessLog.objects.filter(subject=f"held:{looked}").count()
    )
    text = text_of(client.get("/reads", {"ref": looked, "account": "negotiator"}))
    assert "<bdi>officer</bdi>" not in text
    assert "read one person" in text
    none = text_of(client.get("/reads", {"ref": "no-such-reference"}))
    assert "Nobody looked, as far as this filter reaches." in none
    assert browser("caseworker").get("/reads").status_code == 404


def test_who_looked_never_shows_a_name(browser, looked):
    client = browser("auditor")
    shown = text_of(client.get("/reads")) + text_of(client.get("/reads/file"))
    assert not [name for name in play.secrets() if name in shown]


def test_who_looked_as_csv_has_every_line_and_no_formula(browser, node, looked):
    reader = access.Reader(actor="=cmd()", purpose="account", now=play.START)
    access.note(node, reader, act="account.add", subject="account:x", person_count=0)
    rows = list(csv.reader(io.StringIO(text_of(browser("auditor").get("/reads/file")))))
    assert rows[0] == ["at", "actor", "act", "subject", "person_count", "purpose"]
    assert len(rows) == 1 + AccessLog.objects.count()
    assert rows[1][:2] == ["2025-02-05T08:00:00Z", "'=cmd()"]


@pytest.mark.parametrize(
    ("act", "subject", "shown"),
    [
        ("people.read", "wanted", "People you want home"),
        ("person.read", "held:UA-1 wanted", 'People you hold <code dir="ltr">UA-1 wanted</code>'),
        ("disclosed.read", "answers 07da3b5", 'answers <code dir="ltr">07da3b5</code>'),
        ("disclosure.ask", "held:", 'Case <code dir="ltr">held</code>'),
        (
            *("disclosure.read", "first:ab12"),
            'Case <code dir="ltr">first</code> <code dir="ltr">ab12</code>',
        ),
        ("list.undone", "import:3", 'Import <code dir="ltr">3</code>'),
        ("card.drop", "<b> x", '<code dir="ltr">&lt;b&gt; x</code>'),
    ],
)
def test_who_looked_says_in_words_at_what(browser, node, act, subject, shown):
    reader = access.Reader(actor="worded", purpose="account", now=play.START)
    access.note(node, reader, act=act, subject=subject, person_count=0)
    latest = text_of(browser("auditor").get("/reads", {"account": "worded"})).split("<tr>")[2]
    assert f"</span>{shown}</td>" in latest


def test_who_looked_turns_its_pages(browser, node):
    reader = access.Reader(actor="many", purpose="account", now=play.START)
    for number in range(60):
        access.note(node, reader, act="account.add", subject=f"account:{number}", person_count=0)
    client = browser("auditor")
    first = text_of(client.get("/reads", {"account": "many"}))
    assert 'Account <code dir="ltr">59<' in first
    assert 'Account <code dir="ltr">9<' not in first
    second = text_of(client.get("/reads", {"account": "many", "page": "2"}))
    assert 'Account <code dir="ltr">9<' in second
    assert client.get("/reads", {"page": "x" * 40}).status_code == 200


def test_ones_own_account_shows_roles_and_leads_to_tokens(browser):
    text = text_of(browser("handover officer").get("/account"))
    assert "handover officer" in text
    assert "/account/tokens" in text


def test_every_act_of_this_node_has_words():
    from homeward.node.web.pages import reads

    noted = set(AccessLog.objects.values_list("act", flat=True))
    assert noted <= set(reads.ACTS)
