"""The reference of the tests: the tables of fixtures/ and jieba without its model."""

import csv
import json
import logging
import os
from functools import cache
from pathlib import Path

import jieba

from articles.reading import Model, Reference, TopicWords

ROOT = Path(__file__).resolve().parents[2]
jieba.setLogLevel(logging.WARNING)
jieba.dt.tmp_dir = os.environ.get("VAR_DIR")  # its cache goes where tests may write


@cache
def reference() -> Reference:
    """Build the reference once a test run."""
    with (ROOT / "fixtures/regions.csv").open(encoding="utf-8", newline="") as file:
        regions = [(r["code"], r["name"], r["short"], int(r["level"]), r["parent"]) for r in csv.DictReader(file)]
    with (ROOT / "fixtures/region_aliases.csv").open(encoding="utf-8", newline="") as file:
        aliases = [
            (r["old_name"], r["current_code"], int(r["last_year"]) if r["last_year"] else None, r["flag"])
            for r in csv.DictReader(file)
        ]
    topics = [
        TopicWords(t["slug"], t["name"], t["headline_boost"], t["words"])
        for t in json.loads((ROOT / "fixtures/topics.json").read_text("utf-8"))
    ]
    return Reference.from_rows(regions, aliases, topics, lambda text: jieba.lcut(text, HMM=False), labelling())


@cache
def labelling() -> Model:
    """Return the labelling's weights as shipped."""
    return Model.from_json(json.loads((ROOT / "fixtures/labelling.json").read_text("utf-8")))


@cache
def province_names() -> dict[str, str]:
    """Return the official names of the provinces by code."""
    with (ROOT / "fixtures/regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if row["level"] == "1"}
