"""The doors of the desk: each address, what is posted to it, and who may pass. `tests/desk/test_roles.py` tries them.

The rights are those of 校对, 编辑, 管理员 and of staff without a role, in this order: + allowed, - refused by 403, 0
not found. People outside the staff are led to the log-in at each address of the desk.
"""

from typing import NamedTuple

#: The answers to a request that is allowed: a page without a write, a redirect without a write, a redirect after a
#: write, and a redirect that names the batch of a write.
SHOWN, LED, STORED, BATCH = "shown", "led", "stored", "batch"


class Door(NamedTuple):
    """An address, the name of what is posted ("" for GET), the answer where it is allowed, and the rights."""

    address: str
    posted: str
    answer: str
    rights: str


#: {models: rights to look at lists, histories and rows, to add, to change, and to delete}
RIGHTS = {
    "article":                         ("+++-", "-++-", "-++-", "-++-"),
    "issue":                           ("+++-", "-++-", "-++-", "----"),
    "page":                            ("+++-", "----", "-++-", "----"),
    "contributor":                     ("+++-", "-++-", "-++-", "--+-"),
    "column synonym":                  ("+++-", "-++-", "-++-", "----"),
    "topic region regionalias publicationschedule": ("+++-", "--+-", "--+-", "----"),
    "searchwithouthit":                ("+++-", "----", "----", "--+-"),
    "byline articleregion articletopic pagecredit columnalias contributoralias": ("+++-", "----", "----", "----"),
    "proposal sourcetext importrun importitem redirect scan archive vanishedarticle": ("+++-", "----", "----", "----"),
    "user group":                      ("--+-", "--+-", "--+-", "--+-"),
}  # fmt: skip

#: The doors besides the pages that Django's admin has for each model. Ids and forms have the names that the test gives
#: them.
OTHERS = (
    Door("/admin/",                                  "",                   SHOWN,  "++++"),
    Door("/admin/login/",                            "",                   LED,    "++++"),
    Door("/admin/password_change/",                  "",                   SHOWN,  "++++"),
    Door("/admin/password_change/",                  "own_password",       STORED, "++++"),
    Door("/admin/password_change/done/",             "",                   SHOWN,  "++++"),
    Door("/admin/jsi18n/",                           "",                   SHOWN,  "++++"),
    Door("/admin/r/{type}/{article}/",               "",                   LED,    "++++"),
    Door("/admin/nowhere/",                          "",                   SHOWN,  "0000"),
    Door("/admin/articles/",                         "",                   SHOWN,  "+++0"),
    Door("/admin/auth/",                             "",                   SHOWN,  "00+0"),
    Door("/admin/autocomplete/?{pages}",             "",                   SHOWN,  "+++-"),
    Door("/admin/autocomplete/?{users}",             "",                   SHOWN,  "--+-"),
    Door("/admin/auth/user/{user}/password/",        "",                   SHOWN,  "--+-"),
    Door("/admin/auth/user/{user}/password/",        "password",           STORED, "--+-"),

    Door("/admin/desk/queue/no-byline/",             "",                   SHOWN,  "+++-"),
    Door("/admin/desk/queue/no-byline/",             "take",               BATCH,  "+++-"),
    Door("/admin/desk/queue/no-byline/",             "shown",              BATCH,  "+++-"),
    Door("/admin/desk/queue/proposal/",              "",                   SHOWN,  "+++-"),
    Door("/admin/desk/queue/proposal/",              "take_proposal",      BATCH,  "-++-"),
    Door("/admin/desk/queue/conflict/",              "",                   SHOWN,  "+++-"),
    Door("/admin/desk/queue/conflict/",              "take_conflict",      BATCH,  "----"),
    Door("/admin/desk/queue/no-byline/next/",        "",                   LED,    "+++-"),
    Door("/admin/desk/queue/no-byline/next/",        "nothing",            STORED, "+++-"),  # a claim

    Door("/admin/desk/doubts/{doubt}/",              "",                   SHOWN,  "+++-"),
    Door("/admin/desk/doubts/{doubt}/",              "skip",               STORED, "+++-"),  # a claim of the next one
    Door("/admin/desk/doubts/{doubt}/",              "fine",               BATCH,  "+++-"),
    Door("/admin/desk/doubts/{doubt}/",              "reviewed",           BATCH,  "+++-"),
    Door("/admin/desk/doubts/{doubt}/",              "next_signed",        BATCH,  "-++-"),
    Door("/admin/desk/doubts/{proposal_doubt}/",     "",                   SHOWN,  "+++-"),
    Door("/admin/desk/doubts/{proposal_doubt}/",     "fine",               BATCH,  "-++-"),
    Door("/admin/desk/doubts/{conflict_doubt}/",     "fine",               BATCH,  "----"),
    Door("/admin/desk/doubts/{page_doubt}/",         "",                   SHOWN,  "+++-"),
    Door("/admin/desk/doubts/{page_doubt}/",         "skip",               LED,    "+++-"),
    Door("/admin/desk/doubts/{page_doubt}/",         "fine",               BATCH,  "+++-"),
    Door("/admin/desk/doubts/{page_doubt}/",         "next_number",        BATCH,  "-++-"),

    # No page of the test has a scan.
    Door("/admin/articles/article/{article}/scan/",  "",                   SHOWN,  "000-"),
    Door("/admin/desk/pages/{page}/scan/",           "",                   SHOWN,  "000-"),

    Door("/admin/desk/pages/{page}/",                "",                   SHOWN,  "+++-"),
    Door("/admin/desk/pages/{page}/",                "order",              BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "merge",              BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "ask_split",          SHOWN,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "split",              BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "join",               BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "move",               BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "leftover",           BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "page_fields",        BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "withdraw_page",      BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "withdraw_article",   BATCH,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "ask_withdraw",       SHOWN,  "-++-"),
    Door("/admin/desk/pages/{page}/",                "restore_article",    BATCH,  "-++-"),

    Door("/admin/desk/sources/{conflict_text}/decide/", "",                SHOWN,  "+++-"),
    Door("/admin/desk/sources/{conflict_text}/decide/", "ask_decision",    SHOWN,  "-++-"),
    Door("/admin/desk/sources/{conflict_text}/decide/", "keep",            BATCH,  "-++-"),
    Door("/admin/desk/sources/{conflict_text}/decide/", "replace",         BATCH,  "-++-"),
    Door("/admin/desk/sources/{conflict_text}/decide/", "replace_structure", BATCH, "-++-"),
    Door("/admin/desk/sources/{conflict_text}/decide/", "elsewhere",       BATCH,  "-++-"),

    Door("/admin/desk/issues/{issue}/",              "",                   SHOWN,  "+++-"),
    Door("/admin/desk/issues/{issue}/",              "number",             BATCH,  "-++-"),
    Door("/admin/desk/issues/{issue}/",              "withdraw_issue",     BATCH,  "-++-"),
    Door("/admin/desk/issues/{issue}/",              "no_reason",          SHOWN,  "-++-"),

    Door("/admin/desk/batches/",                     "",                   SHOWN,  "+++-"),
    Door("/admin/desk/batches/{of_topic}/",          "",                   SHOWN,  "+++-"),
    Door("/admin/desk/batches/{of_review}/undo/",    "",                   SHOWN,  "+++-"),
    Door("/admin/desk/batches/{of_review}/undo/",    "undo",               BATCH,  "+++-"),
    Door("/admin/desk/batches/{of_headline}/undo/",  "",                   SHOWN,  "-++-"),
    Door("/admin/desk/batches/{of_headline}/undo/",  "undo",               BATCH,  "-++-"),
    Door("/admin/desk/batches/{of_topic}/undo/",     "",                   SHOWN,  "--+-"),
    Door("/admin/desk/batches/{of_topic}/undo/",     "undo",               BATCH,  "--+-"),

    Door("/admin/articles/article/{signed}/change/", "review",             BATCH,  "+++-"),
    Door("/admin/articles/article/{signed}/change/", "op",                 SHOWN,  "+++-"),
    Door("/admin/articles/article/{signed}/change/", "headline",           BATCH,  "-++-"),
    Door("/admin/articles/article/{signed}/change/", "withdrawn",          BATCH,  "-++-"),
    Door("/admin/articles/article/{signed}/change/", "byline",             BATCH,  "-++-"),
    Door("/admin/articles/article/{signed}/change/", "region",             BATCH,  "-++-"),
    Door("/admin/articles/article/{signed}/change/", "topic",              BATCH,  "-++-"),
    Door("/admin/articles/article/{article}/change/", "dismiss",           BATCH,  "+++-"),
    Door("/admin/articles/article/{held}/change/",   "dismiss_proposal",   BATCH,  "-++-"),
    Door("/admin/articles/article/{held}/change/",   "take_value",         BATCH,  "-++-"),
    Door("/admin/articles/article/{held}/change/",   "refuse_value",       BATCH,  "-++-"),
    Door("/admin/articles/article/{held}/change/",   "release",            BATCH,  "-++-"),

    Door("/admin/articles/article/",                 "mark_reviewed",      BATCH,  "+++-"),
    Door("/admin/articles/article/",                 "withdraw",           BATCH,  "-++-"),
    Door("/admin/articles/article/",                 "restore",            BATCH,  "-++-"),
    Door("/admin/articles/article/",                 "delete_selected_article",    BATCH,  "-++-"),
    Door("/admin/articles/contributor/",             "delete_selected_contributor",    BATCH,  "--+-"),
    Door("/admin/articles/searchwithouthit/",        "delete_selected_searchwithouthit",    STORED, "--+-"),
    Door("/admin/articles/topic/",                   "delete_selected_topic",    BATCH,  "----"),
    Door("/admin/articles/redirect/",                "delete_selected_redirect",    STORED, "----"),
    Door("/admin/articles/sourcetext/",              "adopt_texts",        BATCH,  "-++-"),
    Door("/admin/articles/sourcetext/",              "adopt_texts_and_structure", BATCH, "-++-"),
    Door("/admin/articles/sourcetext/",              "set_aside",          BATCH,  "-++-"),
    Door("/admin/auth/user/",                        "delete_selected_user",    STORED, "--+-"),
    Door("/admin/auth/group/",                       "delete_selected_group",    STORED, "--+-"),
)  # fmt: skip


def doors_of_model(base, name, rights):
    """Return the doors that Django's admin has for a model at the address `base`. `name` is that of the id of a row."""
    look, add, change, delete = rights
    written = BATCH if "/articles/" in base and "searchwithouthit" not in base else STORED
    doors = [
        Door(f"{base}", "", SHOWN, look),
        Door(f"{base}add/", "", SHOWN, add),
        Door(f"{base}add/", f"new_{name}", written, add),
        Door(f"{base}{{{name}}}/", "", LED, "++++"),
        Door(f"{base}{{{name}}}/change/", "", SHOWN, look),
        Door(f"{base}{{{name}}}/history/", "", SHOWN, look),
        Door(f"{base}{{{name}}}/delete/", "", SHOWN, delete),
        Door(f"{base}{{{name}}}/delete/", "sure", written, delete),
    ]
    if name != "article":  # its fields have doors of their own
        doors.append(Door(f"{base}{{{name}}}/change/", f"changed_{name}", written, change))
    return doors


DOORS = (
    *OTHERS,
    *(
        door
        for names, rights in RIGHTS.items()
        for name in names.split()
        for door in doors_of_model(
            f"/admin/{'auth' if name in ('user', 'group') else 'articles'}/{name}/", name, rights
        )
    ),
    Door("/admin/logout/", "nothing", SHOWN, "++++"),
)
