import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PersonId, parse_flow, parse_party, parse_person


@pytest.mark.parametrize("text", ["UA", "YE-HOUTHI", "XA", "CO-FARC2"])
def test_a_party_is_its_code(text):
    assert parse_party(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "U",
        "UKR",
        "ua",
        "UA ",
        "UA\n",
        "YE-",
        "YE-H",
        "YE_HOUTHI",
        "YE-" + "A" * 25,
        "ЮА",
        None,
        7,
    ],
)
def test_another_code_is_no_party(text):
    with pytest.raises(InputError) as caught:
        parse_party(text)
    assert caught.value.code == "ids.party"


def test_a_party_that_is_refused_is_quoted_in_part():
    with pytest.raises(InputError) as caught:
        parse_party("Z" * 5000)
    assert len(str(caught.value)) < 250


def test_a_flow_reads_and_writes_alike():
    flow = parse_flow("RU->UA")
    assert flow == Flow("RU", "UA")
    assert str(flow) == "RU -> UA"
    assert parse_flow(str(flow)) == flow


@pytest.mark.parametrize(
    "text", ["", "RU", "RU UA", "RU -> ", "-> UA", "RU -> UA -> RU", "RU - > UA"]
)
def test_another_form_is_no_flow(text):
    with pytest.raises(InputError):
        parse_flow(text)


def test_nobody_goes_home_from_home():
    with pytest.raises(InputError, match="two different parties"):
        parse_flow("UA -> UA")


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("RU:RU-00017", PersonId("RU", "RU-00017")),
        ("YE-HOUTHI:a:b", PersonId("YE-HOUTHI", "a:b")),
    ],
)
def test_a_person_is_named_by_holder_and_reference(text, person):
    assert parse_person(text) == person
    assert str(person) == text


@pytest.mark.parametrize("text", ["", "RU", "RU:", ":17", "ru:17", "RU:" + "1" * 129])
def test_another_form_is_no_person_and_is_not_repeated(text):
    with pytest.raises(InputError) as caught:
        parse_person(text)
    assert text not in str(caught.value) or len(text) < 4


def test_people_and_flows_sort_by_their_text():
    people = [PersonId("UA", "1"), PersonId("RU", "2"), PersonId("RU", "1")]
    assert [str(p) for p in sorted(people)] == ["RU:1", "RU:2", "UA:1"]
