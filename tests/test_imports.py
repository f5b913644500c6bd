"""Imports between the rooms run one way: pure <- models <- index, sync, ingest <- desk <- screens and commands."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

TEXT = {"articles.text"}
PURE_SEARCH = TEXT | {
    f"articles.search.{name}"
    for name in (
        "cover",
        "files",
        "name_table",
        "pinyin",
        "query",
        "query_terms",
        "query_tree",
        "roles",
        "nearness",
        "excerpt",
    )
}
# A pure module imports only the standard library and the modules listed here for it.
PURE = {
    "articles.citing": {"articles.citing"},
    "articles.reading": TEXT | {"articles.reading"},
    "articles.training": TEXT | {"articles.reading", "articles.training", "pycrfsuite"},
    "articles.search.cover": PURE_SEARCH,
    "articles.search.files": PURE_SEARCH,
    "articles.search.name_table": PURE_SEARCH,
    "articles.search.pinyin": PURE_SEARCH | {"pypinyin"},
    "articles.text": TEXT | {"opencc", "rjieba"},
    "articles.search.query": PURE_SEARCH,
    "articles.search.query_terms": PURE_SEARCH,
    "articles.search.query_tree": PURE_SEARCH,
    "articles.search.roles": PURE_SEARCH,
    "articles.search.nearness": PURE_SEARCH,
    "articles.search.excerpt": PURE_SEARCH,
    "articles.ingest.matching": TEXT,
    "articles.digest": set(),
}
# The index needs neither models nor settings, because a worker imports it before Django is set up.
INDEX = {
    "articles.search.engine": PURE_SEARCH,
    "articles.search.engine_queries": PURE_SEARCH | {"articles.search.engine", "articles.search.index_rows", "tantivy"},
    "articles.search.index": PURE_SEARCH
    | {f"articles.search.{name}" for name in ("engine", "engine_queries", "index_rows", "schema")}
    | {"tantivy"},
    "articles.search.schema": {"articles.search.index_rows", "tantivy"},
    "articles.search.index_rows": PURE_SEARCH,
}
SCREENS = {f"articles.{room}" for room in ("forms", "web", "views", "admin", "management", "templatetags")}
KEEPING = {"articles.backup", "articles.verify"}
# Any other room may import everything except the rooms above it.
FORBIDDEN = {
    # A migration is not to follow code that changes: it has a copy of the rules that it needs.
    "articles.migrations": SCREENS
    | KEEPING
    | {"articles.desk", "articles.ingest", "articles.search", "articles.reading"},
    "articles.models": SCREENS | KEEPING | {"articles.desk", "articles.ingest", "articles.search"},
    "articles.search": SCREENS | KEEPING | {"articles.desk"},
    "articles.ingest": SCREENS | KEEPING | {"articles.desk"},
    "articles.desk": SCREENS | KEEPING,
    "articles.verify": SCREENS | {"articles.backup"},
    "articles.scans": SCREENS | KEEPING | {"articles.desk", "articles.ingest", "articles.search", "articles.reading"},
    "articles.backup": SCREENS | {"articles.desk", "articles.ingest", "articles.search", "articles.reading"},
}


def violations(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return each import of `module` that its room forbids, as "line: name"."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*start, *([node.module] if node.module else [])])
            # Both "from articles import views" and "from articles.views import home" name a module.
            names = [f"{origin}.{alias.name}" for alias in node.names]
        else:
            continue
        found += [f"{node.lineno}: {name}" for name in names if not _may_import(module, name)]
    return found


def _may_import(module: str, name: str) -> bool:
    for room, allowed in (PURE | INDEX).items():
        if _lies_in(module, {room}):
            return name.split(".")[0] in sys.stdlib_module_names or _lies_in(name, allowed)
    if _lies_in(name, {"tantivy", "articles.training", "pycrfsuite"}):
        return False  # only the index builds tantivy's objects; the training of the reader is no part of the server
    return not any(_lies_in(module, {room}) and _lies_in(name, above) for room, above in FORBIDDEN.items())


def _lies_in(name: str, rooms: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{room}.") for room in rooms)


def test_imports_run_one_way():
    found = {}
    for path in sorted(ROOT.glob("articles/**/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        wrong = violations(module, path.read_text("utf-8"), is_package=is_package)
        if wrong:
            found[str(path.relative_to(ROOT))] = wrong
    assert found == {}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("articles.reading.marks", "import re\nfrom .model import Item\nfrom articles.reading import folio", []),
        ("articles.reading.marks", "from django.utils import timezone", ["1: django.utils.timezone"]),
        ("articles.reading.marks", "def late():\n    import opencc", ["2: opencc"]),
        ("articles.reading.marks", "from ..models import Page", ["1: articles.models.Page"]),
        ("articles.reading.marks", "from articles.text.fold import fold", []),
        ("articles.text.fold", "from articles.reading import marks", ["1: articles.reading.marks"]),
        ("articles.reading.labelling", "from articles.training import trainer", ["1: articles.training.trainer"]),
        ("articles.views.pages", "import pycrfsuite", ["1: pycrfsuite"]),
        ("articles.training.trainer", "import pycrfsuite\nfrom articles.models import Page",
         ["2: articles.models.Page"]),
        ("articles.reading.marks", "from articles.search import excerpt", ["1: articles.search.excerpt"]),
        ("articles.citing.gbt", "import re\nfrom articles.citing.cited import Cited\nfrom articles.models import Page",
         ["3: articles.models.Page"]),
        ("articles.text.fold", "import opencc\nimport jieba", ["2: jieba"]),
        ("articles.search.query", "from articles.text.tokens import words\nfrom . import query_tree, index",
         ["2: articles.search.index"]),
        ("articles.ingest.matching", "from articles.text.fold import fold\nfrom . import importer",
         ["2: articles.ingest.importer"]),
        ("articles.models.page", "from articles import views, reading", ["1: articles.views"]),
        ("articles.models.page", "from articles.ingest.matching import pair", ["1: articles.ingest.matching.pair"]),
        ("articles.models.page", "import articles.search.sync", ["1: articles.search.sync"]),
        ("articles.models.page", "from articles.text.fold import fold\nfrom articles.search import find, current",
         ["2: articles.search.find", "2: articles.search.current"]),
        ("articles.ingest.importer", "from articles.desk.writing import writing", ["1: articles.desk.writing.writing"]),
        ("articles.desk.check", "from articles.verify import findings", ["1: articles.verify.findings"]),
        ("articles.verify.run", "from articles.desk import check\nfrom articles.views import home",
         ["2: articles.views.home"]),
        ("articles.desk.queue", "from articles.ingest import doubts\nfrom articles.admin import base",
         ["2: articles.admin.base"]),
        ("articles.migrations.0018_doubt_rows", "from articles.ingest.doubts import difference",
         ["1: articles.ingest.doubts.difference"]),
        ("articles.search.index", "import tantivy\nfrom django.conf import settings", ["2: django.conf.settings"]),
        ("articles.search.find", "import tantivy", ["1: tantivy"]),
        ("articles.ingest.importer", "from articles.models import Page\nfrom articles import forms",
         ["2: articles.forms"]),
        ("articles.search.sync", "from articles.admin.article import ArticleAdmin",
         ["1: articles.admin.article.ArticleAdmin"]),
        ("articles.views.search", "from articles.search import index\nfrom articles.forms import SearchForm", []),
    ],
)  # fmt: skip
def test_a_violation_is_found(module, source, expected):
    assert violations(module, source) == expected
