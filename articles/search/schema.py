"""The fields of the index, and the tokenizers that cut what a row holds for them (articles/search/index_rows.py)."""

from __future__ import annotations

import tantivy

from articles.search.index_rows import ECHO, FACETS, FIELDS, HEADLINE_INITIALS, KNOWN


def schema() -> tantivy.Schema:
    """Return the fields of a story. Integers are signed: tantivy-py deletes nothing by a term of an unsigned field."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("digest", fast=True)
    for name in ("oldest", "newest", "day", *FACETS):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_text_field("section", tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*FIELDS, ECHO):
        builder.add_text_field(f"{name}_grams", tokenizer_name="spaced", index_option="position")
        builder.add_text_field(f"{name}_chars", tokenizer_name="characters", index_option="basic")
    for name in KNOWN:
        builder.add_text_field(f"{name}_known", tokenizer_name="spaced", index_option="basic")
    for name in ("headline", "rest"):
        builder.add_text_field(f"{name}_words", tokenizer_name="spaced", index_option="freq")
    builder.add_text_field(HEADLINE_INITIALS, tokenizer_name="spaced", index_option="basic")
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Give an index the tokenizers of its fields. The index keeps their names alone."""
    for name, tokenizer in (
        ("spaced", tantivy.Tokenizer.whitespace()),
        ("characters", tantivy.Tokenizer.ngram(1, 1)),
    ):
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tokenizer).build())
