from homeward.foundation.dates import parse_date
from homeward.matching.duplicates import duplicates
from homeward.records.model import PersonRecord


def person(ref, family, given="", birth="1998-03-14", **more):
    return PersonRecord(
        ref=ref,
        family_name=family,
        given_name=given,
        birth_date=parse_date(birth) if birth else None,
        **more,
    )


def test_one_name_in_two_scripts_and_orders_with_one_birth_date_is_a_pair():
    people = [person("1", "Орленко", "Іван"), person("2", "Ivan", "Orlenko"), person("3", "Reed")]
    assert duplicates(people) == [("1", "2")]


def test_each_is_paired_with_the_first_of_those_alike():
    assert duplicates([person(ref, "Reed") for ref in "123"]) == [("1", "2"), ("1", "3")]


def test_another_birth_date_or_none_makes_no_pair():
    assert duplicates([person("1", "Reed"), person("2", "Reed", birth="1998")]) == []
    assert duplicates([person("1", "Reed", birth=""), person("2", "Reed", birth="")]) == []


def test_without_a_name_nobody_is_alike_but_a_whole_name_counts():
    assert duplicates([person("1", ""), person("2", "")]) == []
    whole = person("2", "", name_as_written="Leo Reed")
    assert duplicates([person("1", "Reed", "Leo"), whole]) == [("1", "2")]
