"""Damages of an archive, each by statements that pass the archive's own code, and the check that finds it alone.

`{first}` and the like are ids: see `make_archive`. A statement for one database stands behind its name.
"""

from hashlib import sha256

#: A body whose one block names the key that its text gives anyway.
NEEDLESS = f'[{{"type": "paragraph", "text": "甲", "key": "{sha256("甲".encode()).hexdigest()[:8]}"}}]'

#: {what is damaged: (the check that finds it, statements)}
DAMAGES = {
    "a migration that was not applied": (
        "migrations",
        "DELETE FROM django_migrations WHERE app = 'articles' AND name = (SELECT MAX(name) FROM django_migrations"
        " WHERE app = 'articles')",
    ),
    "a migration of another program": (
        "migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('articles', '0999_later', CURRENT_TIMESTAMP)",
    ),
    "a value that the database should refuse": (
        "integrity",
        "sqlite: PRAGMA ignore_check_constraints = ON",
        "sqlite: UPDATE articles_page SET number = 1000 WHERE id = {hidden_page}",
        "sqlite: PRAGMA ignore_check_constraints = OFF",
        "postgresql: UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'article_by_review'::regclass",
    ),
    "a constraint that rows may break": (
        "integrity",
        "sqlite: PRAGMA ignore_check_constraints = ON",
        "sqlite: UPDATE articles_page SET number = 1000 WHERE id = {hidden_page}",
        "sqlite: PRAGMA ignore_check_constraints = OFF",
        "postgresql: ALTER TABLE articles_searchwithouthit ADD CONSTRAINT odd CHECK (times > 0) NOT VALID",
    ),
    "an index that is gone": ("constraints", "DROP INDEX article_by_review"),
    "a topic that is gone": (
        "foreign-keys",
        "UPDATE articles_articletopic SET topic_id = 99999 WHERE id = (SELECT max(id) FROM articles_articletopic)",
    ),
    "a contributor of a page that is gone": (
        "foreign-keys",
        "UPDATE articles_pagecredit SET contributor_id = 99999 WHERE id = (SELECT max(id) FROM articles_pagecredit)",
    ),
    "a kind of review that is none": ("choices", "UPDATE articles_article SET review = 'read' WHERE id = {last}"),
    "a body that is no list": ("forms", "UPDATE articles_article SET blocks = '{{}}' WHERE id = {last}"),
    "a block without a text": (
        "forms",
        """UPDATE articles_article SET blocks = '[{{"type": "paragraph"}}]' WHERE id = {last}""",
    ),
    "a field that is edited twice": (
        "forms",
        """UPDATE articles_contributor SET edited_fields = '["note", "note"]' WHERE id = {named}""",
    ),
    "an extent of three numbers": ("forms", "UPDATE articles_sourcetext SET extent = '[1, 2, 3]'"),
    "a malformed key of a block": (
        "block-keys",
        """UPDATE articles_article SET blocks = '[{{"type": "subhead", "text": "甲", "key": "k1"}}]'"""
        " WHERE id = {last}",
    ),
    "a key of two blocks": (
        "block-keys",
        """UPDATE articles_article SET blocks = '[{{"type": "paragraph", "text": "甲", "key": "0123abcd"}}, """
        """{{"type": "paragraph", "text": "乙", "key": "0123abcd"}}]' WHERE id = {last}""",
    ),
    "a key that the text gives": (
        "block-keys",
        f"UPDATE articles_article SET blocks = '{NEEDLESS.replace('{', '{{').replace('}', '}}')}' WHERE id = {{last}}",
    ),
    "text that stands nowhere": ("segments", "UPDATE articles_article SET segments = '[]' WHERE id = {last}"),
    "text that stands twice": (
        "segments",
        "UPDATE articles_article SET segments = (SELECT segments FROM articles_article WHERE id = {second})"
        " WHERE id = {half}",
    ),
    "a segment outside the text": (
        "segments",
        """UPDATE articles_article SET segments = '[[999990, 999999, "paragraph"]]' WHERE id = {last}""",
    ),
    "segments without a text": ("segments", "UPDATE articles_article SET source_id = NULL WHERE id = {last}"),
    "furniture that stands nowhere": ("segments", "UPDATE articles_page SET segments = '[]' WHERE id = {hidden_page}"),
    "other characters in a text": ("sources", "UPDATE articles_sourcetext SET text = replace(text, '牧民', '农民')"),
    "a box outside its text": ("sources", "UPDATE articles_sourcetext SET boxes = '[[0, 999999, 1, 2, 3, 4]]'"),
    "a text without a page": (
        "standings",
        "UPDATE articles_sourcetext SET page_id = NULL WHERE page_id = {other}",
    ),
    "a page that shows no text": (
        "standings",
        "UPDATE articles_sourcetext SET standing = 'superseded' WHERE page_id = {other}",
    ),
    "two articles in one place": ("positions", "UPDATE articles_article SET position = 0 WHERE id = {plain}"),
    "a gap in the order": ("positions", "UPDATE articles_article SET position = position + 9 WHERE id = {plain}"),
    "a continuation of a continuation": (
        "stories",
        "UPDATE articles_article SET continuation_of_id = {joined} WHERE id = {last}",
    ),
    "a head in another issue": (
        "stories",
        "UPDATE articles_article SET continuation_of_id = {plain} WHERE id = {last}",
    ),
    "a merge into nothing": ("stories", "UPDATE articles_article SET absorbed = true WHERE id = {last}"),
    "a jump to page 0": ("stories", "UPDATE articles_article SET continued_to = 0 WHERE id = {last}"),
    "two names in one place": (
        "sets",
        "INSERT INTO articles_byline (article_id, contributor_id, of, role, name_as_printed, position)"
        " SELECT article_id, contributor_id, of, role, name_as_printed, position FROM articles_byline"
        " WHERE id = (SELECT min(id) FROM articles_byline)",
    ),
    "a level that is not that of the code": ("reference", "UPDATE articles_region SET level = 3 WHERE code = '410000'"),
    "a region in another province": (
        "reference",
        "UPDATE articles_region SET parent_id = '630000' WHERE code = '410100'",
    ),
    "an alias that is a name": (
        "reference",
        "INSERT INTO articles_contributoralias (contributor_id, name)"
        " SELECT min(id), max(name) FROM articles_contributor",
    ),
    "years in the wrong order": (
        "reference",
        "UPDATE articles_synonym SET first_year = 2000, last_year = 1999"
        " WHERE id = (SELECT min(id) FROM articles_synonym)",
    ),
    "a count of no search": (
        "reference",
        "INSERT INTO articles_searchwithouthit (query, times, times_nearly, first_day, last_day)"
        " VALUES ('甲', 0, 0, '2024-01-01', '2024-01-01')",
    ),
    "a revision that was lost": ("revision", "UPDATE articles_archive SET revision = 1"),
    "an epoch that was lost": ("revision", "UPDATE articles_archive SET epoch = ''"),
    "the state that was lost": ("revision", "DELETE FROM articles_archive"),
    "a time that was lost": ("revision", "UPDATE articles_archive SET changed_at = NULL"),
    "a deletion at a later revision": ("revision", "UPDATE articles_vanishedarticle SET revision = 99999"),
    "a living article that counts as deleted": (
        "vanished",
        "INSERT INTO articles_vanishedarticle (article_id, revision) VALUES ({last}, 1)",
    ),
    "a deleted article that doesn't count": ("vanished", "DELETE FROM articles_vanishedarticle"),
    "a redirect to a redirect": (
        "redirects",
        "INSERT INTO articles_redirect (old_path, new_path) VALUES ('/articles/77777/', '/articles/{deleted}/')",
    ),
    "a redirect to nothing": (
        "redirects",
        "INSERT INTO articles_redirect (old_path, new_path) VALUES ('/articles/77777/', '/issues/1999-01-01/')",
    ),
    "a redirect from a living article": (
        "redirects",
        "INSERT INTO articles_redirect (old_path, new_path) VALUES ('/articles/{last}/', '/articles/{first}/')",
    ),
    "an edited field that is none": (
        "edited-fields",
        """UPDATE articles_article SET edited_fields = '["colour"]' WHERE id = {last}""",
    ),
    "a correction that protects no more": (
        "ledger",
        "UPDATE articles_article SET edited_fields = '[]' WHERE id = {first}",
    ),
    "a batch without corrections": (
        "ledger",
        "INSERT INTO articles_batch (kind, user_name, at, reason, state)"
        " VALUES ('form', '', CURRENT_TIMESTAMP, '', 'applied')",
    ),
    "a correction of no field": (
        "ledger",
        "UPDATE articles_correction SET field = 'colour' WHERE field = 'note'",
    ),
    "an undo of a later batch": (
        "ledger",
        "UPDATE articles_batch SET undoes_id = (SELECT max(id) FROM articles_batch) WHERE undoes_id IS NOT NULL",
    ),
    "an article shown against the ledger": (
        "withdrawals",
        "UPDATE articles_article SET withdrawn = false WHERE id = {withdrawn}",
    ),
    "a page hidden without a word": ("withdrawals", "UPDATE articles_page SET withdrawn = true WHERE id = {other}"),
    "a key of a doubt": (
        "doubts",
        "UPDATE articles_doubt SET digest = '0123456789abcdef' WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'no-byline')",
    ),
    "a doubt on another page than its article": (
        "doubts",
        "UPDATE articles_doubt SET page_id = {hidden_page} WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE article_id IS NOT NULL AND state <> 'open')",
    ),
    "a probability above one": (
        "doubts",
        "UPDATE articles_doubt SET probability = 2 WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'no-byline')",
    ),
    "a doubt about a text that names a byline": (
        "doubts",
        "UPDATE articles_doubt SET source_id = (SELECT max(id) FROM articles_sourcetext) WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'no-byline')",
    ),
    "an open doubt with the time of its end": (
        "doubts",
        "UPDATE articles_doubt SET at = CURRENT_TIMESTAMP WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'no-byline')",
    ),
    "a proposal for no field, with its doubt": (
        "proposals",
        "DELETE FROM articles_proposal WHERE article_id <> {first} OR field <> 'headline'",
        "UPDATE articles_proposal SET field = 'colour'",
        "DELETE FROM articles_doubt WHERE kind = 'proposal'",
        "INSERT INTO articles_doubt (page_id, article_id, kind, digest, detail, rule, state, raised)"
        " SELECT page_id, article_id, 'proposal', '{digest}', 'colour', 'colour', 'settled', true"
        " FROM articles_proposal",
    ),
    "a proposal on another page than its article": (
        "proposals",
        "UPDATE articles_proposal SET page_id = {hidden_page} WHERE article_id = {first}",
    ),
    "a doubt that is missing": (
        "derived-doubts",
        "DELETE FROM articles_doubt WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'leftover-text')",
    ),
    "a doubt without a reason": (
        "derived-doubts",
        "INSERT INTO articles_doubt (page_id, kind, digest, detail, rule, state, raised)"
        " VALUES ({other}, 'date-unknown', '', '', '', 'open', true)",
    ),
    "a doubt of the reader that is missing": (
        "reader-doubts",
        "DELETE FROM articles_doubt WHERE id ="
        " (SELECT max(id) FROM articles_doubt WHERE state = 'open' AND kind = 'no-byline')",
    ),
}
