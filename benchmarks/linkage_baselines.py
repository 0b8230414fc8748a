"""Splink and recordlinkage on the same pairs. Runs under .venv-bench. Usage: rivals.py splink|recordlinkage FOLDER

Reads `a.csv` and `b.csv` (one row a document number, everything normalised for it already) and writes `<name>.csv`:
left record, right record, probability. Configured as docs/linking.md says.
"""

import csv
import importlib
import logging
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:  # loaded only where it is measured
    from splink import SplinkDataFrame
    from splink.comparison_library import ComparisonCreator

COLUMNS = ["unique_id", "record", "number", "serial", "name", "code", "day", "unit", "kind", "content"]
BLOCKS = (("number",), ("unit", "serial"), ("code", "day"), ("name", "day"), ("unit", "kind", "day"))
FLOOR = 0.01  # of probability; the caller chooses the threshold


def read(folder: Path) -> list[pd.DataFrame]:
    """Both sides; empty cells are missing."""
    return [
        pd.read_csv(folder / f"{side}.csv", dtype=str, names=COLUMNS, keep_default_na=False).replace("", None)
        for side in "ab"
    ]


# ---------------------------------------------------------------- Splink


def splink(folder: Path) -> pd.DataFrame:
    """Two tables linked by Splink on DuckDB: u by random sampling, m by EM within a number, term frequencies.

    The number's own m comes of labelled pairs: left to EM, a batch of one party and day passes for one act.
    """
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    api = DuckDBAPI(connection)
    tables = []
    for side in "ab":
        types = ", ".join(f"'{c}': '{'DATE' if c == 'day' else 'VARCHAR'}'" for c in COLUMNS)
        connection.execute(
            f"CREATE TABLE side_{side} AS SELECT * FROM read_csv('{folder / side}.csv', header=false, nullstr='', "
            f"columns={{{types}}})"
        )
        tables.append(api.register(f"side_{side}", dataset_display_name=f"side_{side}"))
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in BLOCKS],
        additional_columns_to_retain=["record"],
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("number", "day"), block_on("code", "day", "content")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("number"), record_sample_proportion=1.0)
    labels = pd.read_csv(folder / "labels.csv", names=["unique_id_l", "unique_id_r"]).assign(
        source_dataset_l="side_a", source_dataset_r="side_b"
    )
    connection.register("labelled", labels)
    connection.execute("CREATE TABLE labels AS SELECT * FROM labelled")
    linker.training.estimate_m_from_pairwise_labels(api.register("labels"))
    predicted = linker.inference.predict(threshold_match_probability=FLOOR)
    return _pairs(predicted)


def _pairs(predicted: "SplinkDataFrame") -> pd.DataFrame:
    frame = predicted.as_pandas_dataframe()
    return frame.groupby(["record_l", "record_r"], as_index=False)["match_probability"].max()


def _comparisons() -> "list[ComparisonCreator]":
    import splink.comparison_level_library as levels
    import splink.comparison_library as library

    def days(apart: int) -> "levels.CustomLevel":
        return levels.CustomLevel(
            f"abs(date_diff('day', day_l, day_r)) <= {apart}", label_for_charts=f"within {apart} days"
        )

    number = library.CustomComparison(
        output_column_name="number",
        comparison_levels=[
            levels.NullLevel("number"),
            levels.ExactMatchLevel("number"),
            levels.And(levels.ExactMatchLevel("serial"), levels.JaroWinklerLevel("number", 0.9)),
            levels.ElseLevel(),  # a level of near numbers costs it a tenth of F1: consecutive numbers are near
        ],
    )
    day = library.CustomComparison(
        output_column_name="day",
        comparison_levels=[
            levels.NullLevel("day"),
            levels.ExactMatchLevel("day"),
            days(1),
            days(7),
            levels.ElseLevel(),
        ],
    )
    return [
        number,
        library.JaroWinklerAtThresholds("name", [0.95, 0.85]).configure(term_frequency_adjustments=True),
        library.ExactMatch("code"),
        day,
        library.ExactMatch("unit"),
        library.ExactMatch("kind"),
        library.JaroWinklerAtThresholds("content", [0.9]).configure(term_frequency_adjustments=True),
    ]


# ---------------------------------------------------------------- recordlinkage


def recordlinkage(folder: Path) -> pd.DataFrame:
    """The same blocks, string comparisons made binary at 0.9, an expectation-conditional-maximisation classifier."""
    import recordlinkage as toolkit

    left, right = (frame.set_index("unique_id") for frame in read(folder))
    index = toolkit.Index()
    for rule in BLOCKS:
        index.block(list(rule), list(rule))
    pairs = index.index(left, right)
    compare = toolkit.Compare(n_jobs=1)
    compare.exact("number", "number", label="number")
    compare.exact("serial", "serial", label="serial")
    compare.string("name", "name", method="jarowinkler", threshold=0.9, label="name")
    compare.exact("code", "code", label="code")
    compare.exact("day", "day", label="day")
    compare.string("content", "content", method="jarowinkler", threshold=0.9, label="content")
    vectors = compare.compute(pairs, left, right)
    model = toolkit.ECMClassifier(binarize=0.5)
    model.fit(vectors)
    chances = model.prob(vectors)
    frame = chances[chances >= FLOOR].rename("p").reset_index()
    frame.columns = ["a", "b", "p"]
    frame["l"], frame["r"] = left["record"].reindex(frame["a"]).values, right["record"].reindex(frame["b"]).values
    return frame.groupby(["l", "r"], as_index=False)["p"].max()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    name, folder = sys.argv[1], Path(sys.argv[2])
    importlib.import_module(name)
    began = time.perf_counter()
    result = {"splink": splink, "recordlinkage": recordlinkage}[name](folder)
    (folder / f"{name}.seconds").write_text(f"0 {time.perf_counter() - began}")
    with (folder / f"{name}.csv").open("w", newline="") as out:
        csv.writer(out).writerows(result.itertuples(index=False))
