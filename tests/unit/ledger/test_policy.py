import itertools

import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.cosignature import WitnessSigner, cosign_text, join_note
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.policy import has_quorum, make_policy, open_under, read_policy, write_policy

ORIGIN = "example.org/log"
LOG_KEY = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
SIGNERS = {
    name: WitnessSigner(f"{name}.example", SigningKey(bytes([n]) * 32))
    for n, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"))
}
NOTE = sign_checkpoint(Log(ORIGIN, [b"one"]).checkpoint(), LOG_KEY)
KEYS = "\n".join(f"witness {name} {each.verifier.vkey}" for name, each in SIGNERS.items())
TWO_LEVELS = f"""
# the example of the specification
log {LOG_KEY.verifier.vkey}
{KEYS}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
 group X-and-Y\tall X-witnesses Y-witnesses

quorum X-and-Y
"""


def by(*names):
    return {SIGNERS[name].verifier.vkey for name in names}


def cosigned(*names):
    text = NOTE.split("\n\n")[0] + "\n"
    return join_note(NOTE, [cosign_text(text, SIGNERS[name], 1) for name in names])


def test_two_levels_of_groups_ask_for_two_of_three_and_one_of_three():
    policy = read_policy(TWO_LEVELS)
    for count in range(7):
        for names in itertools.combinations(SIGNERS, count):
            of_x, of_y = (sum(name[0] == side for name in names) for side in "XY")
            assert has_quorum(policy, by(*names)) == (of_x >= 2 and of_y >= 1)


def test_a_policy_is_read_as_it_is_written():
    policy = read_policy(TWO_LEVELS)
    assert read_policy(write_policy(policy)) == policy
    none = read_policy(f"log {LOG_KEY.verifier.vkey}\nquorum none\n")
    assert read_policy(write_policy(none)) == none


def test_a_checkpoint_counts_if_enough_have_cosigned():
    policy = read_policy(TWO_LEVELS)
    assert open_under(cosigned("X1", "X3", "Y2"), policy).checkpoint.size == 1
    with pytest.raises(TamperError) as raised:
        open_under(cosigned("X1", "X2", "X3"), policy)
    assert raised.value.code == "ledger.quorum"
    assert raised.value.facts == {"count": 3, "witnesses": 6}


def test_a_single_witness_or_none_may_be_asked_for():
    one = read_policy(f"{KEYS}\nquorum Y1")
    assert has_quorum(one, by("Y1"))
    assert not has_quorum(one, by("X1", "X2", "X3", "Y2"))
    assert has_quorum(read_policy("quorum none"), ())


@pytest.mark.parametrize("need", range(5))
def test_a_made_policy_asks_for_as_many_as_it_says(need):
    witnesses = [each.verifier for each in list(SIGNERS.values())[:4]]
    policy = make_policy(LOG_KEY.verifier, witnesses, need)
    assert read_policy(write_policy(policy)) == policy
    for count in range(5):
        assert has_quorum(policy, {each.vkey for each in witnesses[:count]}) == (count >= need)


def test_more_than_there_are_cannot_be_asked_for():
    with pytest.raises(InputError):
        make_policy(LOG_KEY.verifier, [SIGNERS["X1"].verifier], 2)


def test_a_log_that_the_policy_does_not_name_is_refused():
    policy = read_policy(TWO_LEVELS)
    other = NoteSigner(ORIGIN, SigningKey(bytes(32)))
    forged = sign_checkpoint(Log(ORIGIN, [b"one"]).checkpoint(), other)
    with pytest.raises(TamperError):
        open_under(forged, policy)
    with pytest.raises(TamperError):
        open_under(forged, policy, other.verifier)
    nameless = read_policy("quorum none")
    assert open_under(forged, nameless, other.verifier).checkpoint.size == 1
    with pytest.raises(TamperError):
        open_under(forged, nameless)


X1 = f"witness X1 {SIGNERS['X1'].verifier.vkey}\n"
X2 = f"witness X2 {SIGNERS['X2'].verifier.vkey}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        (X1, 0),
        (f"{X1}quorum X2", 2),
        (f"{X1}quorum X1\nquorum X1", 3),
        (f"quorum X1\n{X1}", 1),
        (f"{X1}{X1}quorum none", 2),
        (f"{X1}witness again {SIGNERS['X1'].verifier.vkey}\nquorum none", 2),
        (X1.replace("X1 ", "none ") + "quorum none", 1),
        (f"witness X1 {LOG_KEY.verifier.vkey}\nquorum none", 1),
        (f"log {SIGNERS['X1'].verifier.vkey}\nquorum none", 1),
        (f"log {LOG_KEY.verifier.vkey}\nlog {LOG_KEY.verifier.vkey}\nquorum none", 2),
        (f"{X1}group g all\nquorum g", 2),
        (f"{X1}group g 2 X1\nquorum g", 2),
        (f"{X1}group g 0 X1\nquorum g", 2),
        (f"{X1}group g 01 X1\nquorum g", 2),
        (f"{X1}group g all X1 X1\nquorum g", 2),
        (f"{X1}group g all g\nquorum g", 2),
        (f"{X1}group g all none\nquorum g", 2),
        (f"{X1}group X1 all X1\nquorum X1", 2),
        (f"{X1}{X2}group g all X1\ngroup h all X1 X2\nquorum h", 4),
        ("quorum none\nwish", 2),
    ],
)
def test_a_policy_of_another_form_is_refused_by_its_line(text, line):
    with pytest.raises(InputError) as raised:
        read_policy(text)
    assert raised.value.facts == {"line": line}


@pytest.mark.parametrize("text", ["quorum none\x00", "#" * 70_000, "\n" * 600])
def test_what_is_no_text_of_lines_is_refused(text):
    with pytest.raises(InputError):
        read_policy(text)
