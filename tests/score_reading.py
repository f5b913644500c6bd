#!/usr/bin/env python3
"""Score page readings against gold annotations.

    python manage.py read_pages PAGE.txt ... > readings.jsonl
    score_reading.py GOLD_DIR < readings.jsonl

GOLD_DIR holds STEM.json, with or without STEM.txt beside it.  Each line on
standard input is the JSON object that `read_pages` prints for one page.  Its
"source" is matched to the gold by file stem.  The script prints one table row
a page and the totals.  `--min NAME=VALUE` (repeatable) makes it exit with 1
if a total is below VALUE.  `--show` lists every miss.

Measures (all 0..1, higher is better)
  items      F1 of items found (an item is matched by its text)
  kind       share of matched items with the right kind
  headline   share of gold items whose headline is exactly right
  kicker     F1 of kickers        deck       F1 of decks
  bylines    F1 of (role, name)   credits    F1 of photo credit names
  subheads   F1 of subheads       body       share of items whose body text is exact
  paragraphs share of items with the right number of paragraphs
  jumps      F1 of continued_to / continued_from
  provinces  F1 of subject provinces
  topics     share of gold items whose first predicted topic is among the gold's topics
  folio      share of printed date / issue number / page number / editors read right
  kept       share of the source's characters that appear in the reading
"""

import argparse
import json
import sys
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


@lru_cache(maxsize=4096)  # each item of a page is compared with each
def squeeze(text):
    """Return the text for comparison: without white space, in NFKC and with plain quotes."""
    return "".join(unicodedata.normalize("NFKC", text or "").translate(QUOTES).split())


def grams(text, n=3):
    text = squeeze(text)
    return Counter(text[i : i + n] for i in range(max(0, len(text) - n + 1)))


def item_text(item):
    body = item.get("paragraphs")
    parts = [item.get("kicker"), item.get("headline"), item.get("deck")]
    parts += body if isinstance(body, list) else [item.get("first"), item.get("last")]
    return " ".join(p for p in parts if p)


def likeness(gold, found):
    """Return how surely `found` is the item that `gold` describes, 0..2."""
    body = squeeze("".join(found.get("paragraphs") or []))
    score = 0.0
    head, other = squeeze(gold.get("headline")), squeeze(found.get("headline"))
    if head and other:
        a, b = grams(head, 2), grams(other, 2)
        score += sum((a & b).values()) * 2 / max(1, sum(a.values()) + sum(b.values()))
    for end in ("first", "last"):
        if gold.get(end) and squeeze(gold[end]) in body:
            score += 0.5
    return score


def match(golds, founds):
    pairs = sorted(
        ((likeness(g, f), i, j) for i, g in enumerate(golds) for j, f in enumerate(founds)),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    used_g, used_f, out = set(), set(), []
    for score, i, j in pairs:
        if score >= 0.5 and i not in used_g and j not in used_f:
            used_g.add(i), used_f.add(j), out.append((i, j))
    return out


class Tally:
    """The counts of one measure: true positives, gold values and found values."""

    def __init__(self):
        self.hit = self.gold = self.found = 0

    def sets(self, gold, found):
        gold, found = Counter(gold), Counter(found)
        self.hit += sum((gold & found).values())
        self.gold += sum(gold.values())
        self.found += sum(found.values())

    def one(self, right):
        self.hit += bool(right)
        self.gold += 1
        self.found += 1

    @property
    def f1(self):
        total = self.gold + self.found
        return 2 * self.hit / total if total else 1.0


MEASURES = (
    "items kind headline kicker deck bylines credits subheads body paragraphs jumps provinces topics folio kept"
).split()


def people(rows):
    return [(squeeze(r.get("role")).removeprefix("本报"), squeeze(r.get("name"))) for r in rows or []]


def score_page(gold, found, source_text, tallies, say):
    golds, founds = gold["items"], found.get("items") or []
    pairs = match(golds, founds)
    tallies["items"].hit += len(pairs)
    tallies["items"].gold += len(golds)
    tallies["items"].found += len(founds)
    by_gold = dict(pairs)
    for i, g in enumerate(golds):
        name = g.get("headline") or g.get("first") or "?"
        if i not in by_gold:
            say(f"item not found: {name}")
        f = founds[by_gold[i]] if i in by_gold else {}
        if f:
            tallies["kind"].one(g["kind"] == f.get("kind"))
            if g["kind"] != f.get("kind"):
                say(f"kind of {name}: {f.get('kind')} for {g['kind']}")
        right = squeeze(g.get("headline")) == squeeze(f.get("headline")) and bool(f)
        tallies["headline"].one(right)
        if not right and f:
            say(f"headline: {f.get('headline')!r} for {g.get('headline')!r}")
        for key in ("kicker", "deck"):
            a, b = [squeeze(g[key])] if g.get(key) else [], [squeeze(f[key])] if f.get(key) else []
            tallies[key].sets(a, b)
            if a != b:
                say(f"{key} of {name}: {b} for {a}")
        for key in ("bylines", "credits"):
            a, b = people(g.get(key)), people(f.get(key))
            if key == "credits":
                a, b = [n for _, n in a], [n for _, n in b]
            tallies[key].sets(a, b)
            if sorted(a) != sorted(b):
                say(f"{key} of {name}: {b} for {a}")
        a, b = [squeeze(s) for s in g.get("subheads") or []], [squeeze(s) for s in f.get("subheads") or []]
        tallies["subheads"].sets(a, b)
        if a != b:
            say(f"subheads of {name}: {b} for {a}")
        text = "".join("".join(f.get("paragraphs") or []).split())
        body = squeeze(text)
        if g.get("chars"):
            exact = (
                len(text) == g["chars"] and body.startswith(squeeze(g["first"])) and body.endswith(squeeze(g["last"]))
            )
            tallies["body"].one(exact)
            if not exact and f:
                say(f"body of {name}: {len(text)} chars for {g['chars']}; {body[:12]}…{body[-12:]}")
        if g.get("paragraphs") is not None:
            n = len(f.get("paragraphs") or [])
            tallies["paragraphs"].one(bool(f) and n == g["paragraphs"])
            if f and n != g["paragraphs"]:
                say(f"paragraphs of {name}: {n} for {g['paragraphs']}")
        a = [(k, g[k]) for k in ("continued_to", "continued_from") if g.get(k)]
        b = [(k, f[k]) for k in ("continued_to", "continued_from") if f.get(k)]
        tallies["jumps"].sets(a, b)
        if a != b:
            say(f"jumps of {name}: {b} for {a}")
        a, b = g.get("provinces") or [], f.get("provinces") or []
        tallies["provinces"].sets(a, b)
        if sorted(a) != sorted(b):
            say(f"provinces of {name}: {b} for {a}")
        if g.get("topics"):
            first = (f.get("topics") or [None])[0]
            tallies["topics"].one(first in g["topics"])
            if first not in g["topics"] and f:
                say(f"topic of {name}: {first} not in {g['topics']}")
    for j, f in enumerate(founds):
        if j not in {y: x for x, y in pairs}:
            say(f"not an item: {f.get('headline') or item_text(f)[:20]}")
    for key in ("date", "issue_number", "page_number"):
        if gold.get(key) is not None:
            tallies["folio"].one(gold[key] == found.get(key))
            if gold[key] != found.get(key):
                say(f"{key}: {found.get(key)} for {gold[key]}")
    for person in people(gold.get("editors")):
        right = person[1] in [n for _, n in people(found.get("editors"))]
        tallies["folio"].one(right)
        if not right:
            say(f"editor not read: {person}")
    if source_text is not None:
        want = Counter(squeeze(source_text).replace("#", "").replace("□", ""))
        have = Counter(squeeze(json.dumps(found, ensure_ascii=False)))
        tallies["kept"].hit += sum((want & have).values())
        tallies["kept"].gold += sum(want.values())
        tallies["kept"].found += sum(want.values())
        lost = want - have
        if lost:
            say(f"characters lost: {sum(lost.values())}: {''.join(lost)[:40]}")


def write(line):
    sys.stdout.write(line + "\n")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--pages", type=Path, help="folder of the page texts, where they do not lie beside the gold")
    args.add_argument("--min", action="append", default=[], metavar="NAME=VALUE")
    args.add_argument("--show", action="store_true")
    args = args.parse_args()
    readings = {}
    for line in sys.stdin:
        if line.strip():
            reading = json.loads(line)
            readings[Path(reading["source"]).stem] = reading
    total = {m: Tally() for m in MEASURES}
    write(f"{'page':24}" + "".join(f"{m:>11}" for m in MEASURES))
    for path in sorted(args.gold.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        page = {m: Tally() for m in MEASURES}
        text_path = (args.pages or args.gold) / f"{path.stem}.txt"
        text = text_path.read_text("utf-8") if text_path.exists() else None
        misses = []
        score_page(gold, readings.get(path.stem, {}), text, page, misses.append)
        for m in MEASURES:
            for part in ("hit", "gold", "found"):
                setattr(total[m], part, getattr(total[m], part) + getattr(page[m], part))
        write(f"{path.stem[:23]:24}" + "".join(f"{page[m].f1:11.3f}" for m in MEASURES))
        if args.show:
            for miss in misses:
                write("    " + miss)
    write(f"{'all':24}" + "".join(f"{total[m].f1:11.3f}" for m in MEASURES))
    short = []
    for rule in args.min:
        name, value = rule.split("=")
        if total[name].f1 < float(value):
            short.append(f"{name} {total[name].f1:.3f} < {value}")
    if short:
        write("below: " + ", ".join(short))
        sys.exit(1)


if __name__ == "__main__":
    main()
