"""By which rule each person goes or stays, and what is told of one."""

from homeward.planning.standing import RULES, rules_of, standing_of

CLAUSES = """
[[clause]]
id = "number"
kind = "give"
flows = ["RU -> UA"]
count = 1
where = "women"
[[clause]]
id = "not-these"
kind = "veto"
persons = ["RU:4"]
[[objective]]
max = "count(wounded)"
"""


def pool_of(planned, person, **options):
    rows = [
        person("1", "UA", sex="F", health="serious"),
        person("2", "UA", sex="F"),
        person("3", "UA", sex="M"),
        person("4", "UA", sex="F"),
        person("5", "UA", sex="F", consent="no"),
        person("6", "UA", sex="F", alive="no"),
        person("7", "UA", sex="F", fit_to_travel="no"),
        person("8", "XX", sex="F"),
        person("9", "UA", sex="unknown"),
    ]
    agreement, pool, plan = planned(CLAUSES, rows, [], **options)
    return agreement, pool, {move["ref"]: move["basis"] for move in plan["moves"]}


def test_everybody_has_the_first_rule_that_holds(planned, person):
    agreement, pool, moves = pool_of(planned, person)
    found = [RULES[i] for i in rules_of(agreement, pool, moves, holders=("RU", "UA"))]
    assert dict(zip(pool.refs, found, strict=True)) == {
        "1": "agreed",
        "2": "over_count",
        "3": "no_clause",
        "4": "vetoed",
        "5": "will",
        "6": "dead",
        "7": "unfit",
        "8": "no_party",
        "9": "unknown_value",
    }


def test_whoever_is_owed_goes_by_article_109(planned, person):
    agreement, pool, moves = pool_of(planned, person, article_109="outside")
    rules = rules_of(agreement, pool, moves, holders=("RU", "UA"))
    assert RULES[rules[0]] == "article_109"
    assert [RULES[rule] for rule in rules].count("agreed") == 1


def test_one_person_is_told_by_categories_and_clauses_without_a_score(planned, person):
    agreement, pool, moves = pool_of(planned, person)
    first = standing_of(agreement, pool, moves, 0, holders=("RU", "UA"))
    assert (first.rule, first.clauses) == ("agreed", ("number",))
    assert (first.categories["wounded"], first.categories["women"]) == ("yes", "yes")
    last = standing_of(agreement, pool, moves, 8, holders=("RU", "UA"))
    assert (last.rule, last.clauses, last.categories["women"]) == ("unknown_value", (), "unknown")
    assert standing_of(agreement, pool, moves, 3, holders=("RU", "UA")).clauses == (
        "number",
        "not-these",
    )
    assert standing_of(agreement, pool, moves, 4, holders=("RU", "UA")).clauses == (
        "number",
        "consent",
    )
