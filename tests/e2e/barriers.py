"""What keeps a person out of a page, as axe finds it in a browser."""

from pathlib import Path

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def barriers(page):
    """Return each rule of WCAG 2.0 to 2.2 (A, AA) that an open page breaks, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
