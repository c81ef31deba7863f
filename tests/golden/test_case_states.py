from homeward.negotiation.reference import table_markdown


def test_the_reference_page_is_the_table_of_the_code(golden):
    golden("docs/reference/case-states.md", table_markdown())
