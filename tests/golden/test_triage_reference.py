"""The page of classes and flags says what the tables of the code say."""

from homeward.matching.triage import CLASSES, FLAGS, WHERE_THEY_SEEK

HEAD = """# Triage of a list

What `homeward triage` says of each line of a list from the other side. Drawn from the tables in
`homeward.matching.triage`; both lists are closed. How it is done:
[Look through a list of the other side](../how-to/triage.md).

## Classes

A line has one class: the first that fits, in this order.

| class | means | what to do |
| --- | --- | --- |
"""
SEEK = """
Where the list names people for whom the other side looks (`--held` without `--wanted`), there is
something else to do:

| class | what to do |
| --- | --- |
"""
MARKS = """
## Flags

A line has any number of them. In the workbook and on the pages they are called marks.

| flag | means |
| --- | --- |
"""
JSON = """
## JSON

`--json` prints `{"lines": [...], "counts": {...}, "flags": {...}}`: the number of lines of each
class and with each flag, and for each line

| field | holds |
| --- | --- |
| `ref` | the reference on their list; `row-7` for a row without one |
| `class` | one of the classes |
| `flags` | some of the flags, in the order above |
| `match` | our reference of the person; of a duplicate, that of the other line; or null |
| `probability` | that both are one person, from 0 to 1; null without a match |
| `reasons` | sentences; a number behind one is its weight in bits, for (+) or against (-) |
"""


def markdown():
    rows = [f"| `{name}` | {says} | {act} |" for name, (says, act) in CLASSES.items()]
    sought = [f"| `{name}` | {act} |" for name, act in WHERE_THEY_SEEK.items()]
    flags = [f"| `{name}` | {says} |" for name, says in FLAGS.items()]
    parts = zip((HEAD, SEEK, MARKS), (rows, sought, flags), strict=True)
    return "".join(head + "\n".join(lines) + "\n" for head, lines in parts) + JSON


def test_the_reference_page_is_the_tables_of_the_code(golden):
    golden("docs/reference/triage.md", markdown())
