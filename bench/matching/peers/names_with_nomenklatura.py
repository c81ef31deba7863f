"""Score pairs of full names with nomenklatura's logic-v2: adds the column `score`.

python names_with_nomenklatura.py PAIRS.csv OUT.csv

Runs in an environment of its own, see `peers.py`.
"""

import csv
import sys
from pathlib import Path

from followthemoney import model
from nomenklatura.matching import LogicV2, ScoringConfig


def person(number, name):
    # Fresh ids: what it keeps of a name, it keeps by the id.
    return model.get_proxy({"id": f"p{number}", "schema": "Person", "properties": {"name": [name]}})


def main():
    source, out = sys.argv[1:]
    config = ScoringConfig.defaults()
    with Path(source).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*rows[0], "score"))
        for number, row in enumerate(rows):
            one, other = person(2 * number, row["a"]), person(2 * number + 1, row["b"])
            score = LogicV2.compare(one, other, config).score
            writer.writerow((*row.values(), score))


if __name__ == "__main__":
    main()
