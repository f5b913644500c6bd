"""Limits of the reader: a text beyond them is refused with its figures, and a failure stops only its own page."""

import datetime
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from articles.ingest import bounds
from articles.ingest.bounds import read_within_bounds
from articles.ingest.readers import reader_from_files
from articles.ingest.sources import Refusal
from articles.reading import Clues
from tests.make import PAGE

PATH = Path("/来稿/1.txt")
FAULT = "青海湖畔"


def read(text, reference=None):
    reference = reference or reader_from_files().reference
    return read_within_bounds(text, PATH, reference=reference, clues=Clues(), today=datetime.date(2026, 1, 1))


def refusal_of(text, reference=None) -> str:
    with pytest.raises(Refusal) as refused:
        read(text, reference)
    return str(refused.value)


def test_a_text_of_too_many_lines_is_refused():
    told = refusal_of("健\n" * 10_001)
    assert told == "/来稿/1.txt：文本有 10001 行，超过 10000 行，不像一个版面，请检查或拆成每版一个文件。"


def test_a_text_of_too_many_items_is_refused():
    told = refusal_of(
        "".join(f"{n}号村来了新大夫\n\n本报讯（记者丁一凡）近日，{n}号村有了医生。\n\n" for n in range(1001))
    )
    assert told == "/来稿/1.txt：文本分出 1001 条内容，超过 1000 条，不像一个版面，请检查或拆成每版一个文件。"


def test_a_text_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_SECONDS", 0.0)
    figures = f"{len(PAGE)} 个字、{len(PAGE.splitlines())} 行，读了 0 秒还没有读完"
    assert refusal_of(PAGE) == f"/来稿/1.txt：{figures}，不像一个版面，请检查或拆成每版一个文件。"


@pytest.mark.parametrize("name", ["an error", "a panic of a library in Rust"])
def test_a_fault_of_the_reader_is_refused_with_its_place_and_logged(name, caplog):
    class PanicException(BaseException):
        """The exception that pyo3 raises for a panic."""

    PanicException.__module__ = "pyo3_runtime"
    error = IndexError if name == "an error" else PanicException

    def words(text):
        raise error(text)

    with caplog.at_level(logging.ERROR):
        told = refusal_of(PAGE, replace(reader_from_files().reference, words=words))
    assert told.startswith(f"/来稿/1.txt：读取器出错（{error.__name__}，test_bounds.py 第 ")
    assert told.endswith(" 行），该版未载入，请把此文件交给维护者。")
    assert "reading of /来稿/1.txt" in caplog.text and "Traceback" in caplog.text


def test_an_interrupt_is_no_fault_of_the_reader():
    def words(text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(PAGE, replace(reader_from_files().reference, words=words))


def test_an_ordinary_page_is_read():
    assert len(read(PAGE).items) == 3
