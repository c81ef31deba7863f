"""Link two lists with splink: Jaro-Winkler on the written names, in ASCII by anyascii.

python link_with_splink.py WANTED.csv HELD.csv PAIRS.csv

Runs in an environment of its own, see `peers.py`. The model is trained on the lists
themselves, as its manual shows: u by random pairs, m by expectation and maximisation.
"""

import csv
import sys
from pathlib import Path

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from anyascii import anyascii
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAMES = ("family_name", "given_name", "father_name")
LEVELS = (0.95, 0.88, 0.8)


def records(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        born = row["birth_date"]
        yield {
            "unique_id": row["ref"],
            **{name: anyascii(row[name]).lower() or None for name in NAMES},
            "born": born if len(born) == 10 else None,
            "swapped": f"{born[:4]}-{born[8:]}-{born[5:7]}" if len(born) == 10 else None,
            "year": born[:4] or None,
        }


def birth():
    return cl.CustomComparison(
        output_column_name="born",
        comparison_levels=[
            cll.NullLevel("year"),
            cll.ExactMatchLevel("born"),
            cll.CustomLevel("born_l = swapped_r", "swapped"),
            cll.LevenshteinLevel("born", 1),
            cll.CustomLevel("year_l = year_r", "year"),
            cll.CustomLevel("abs(year_l::int - year_r::int) = 1", "next year"),
            cll.ElseLevel(),
        ],
    )


def main():
    wanted, held, out = sys.argv[1:]
    db = DuckDBAPI()
    lists = [
        db.register(list(records(path)), dataset_display_name=name)
        for name, path in (("a", wanted), ("b", held))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("family_name", LEVELS).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("given_name", LEVELS).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("father_name", LEVELS),
            birth(),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("born", "substr(given_name, 1, 1)"),
            block_on("born", "substr(family_name, 1, 1)"),
            block_on("family_name", "given_name", "year"),
            block_on("family_name", "given_name", "father_name"),
            block_on("substr(family_name, 1, 4)", "substr(given_name, 1, 2)", "year"),
        ],
    )
    linker = Linker(lists, settings, log_level=50)
    train = linker.training
    sure = [block_on("born", "family_name"), block_on("family_name", "given_name", "father_name")]
    train.estimate_probability_two_random_records_match(sure, recall=0.5)
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("born"), block_on("family_name", "given_name")):
        train.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=-10)
    rows = found.as_record_list()
    rows.sort(key=lambda row: -row["match_weight"])
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("wanted_ref", "held_ref", "probability", "weight"))
        for row in rows:
            writer.writerow(
                (
                    row["unique_id_l"],
                    row["unique_id_r"],
                    row["match_probability"],
                    row["match_weight"],
                )
            )


if __name__ == "__main__":
    main()
