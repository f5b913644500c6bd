"""The rules that the markup of every page keeps."""

import datetime
import re

import html5lib

#: The forms of the attribute `datetime` that we write: a date, or a moment with at most three decimals of a second.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII)


def check_markup(text, where):
    """Check that a page is strict HTML with unique ids, one h1, its language, valid times and nothing inline.

    `where` names the page in a failure. Return the parsed tree.
    """
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), where
    assert len(list(tree.iter("h1"))) == 1, where
    assert tree.get("lang") == "zh-CN", where
    assert not list(tree.iter("style")), where
    for script in tree.iter("script"):  # each is our own file, or data, which no browser runs
        is_own = script.get("src", "").startswith("/static/") and not script.text
        assert is_own or script.get("type") == "application/ld+json", where
    assert not [element for element in tree.iter() if element.get("style")], where
    for time in tree.iter("time"):
        assert MOMENT.fullmatch(time.get("datetime", "")), (where, time.attrib)
        datetime.datetime.fromisoformat(time.get("datetime"))
    return tree
