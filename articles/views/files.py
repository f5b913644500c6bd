"""A story as a file: for reference managers, for programs, to be read as text."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse

from articles.citing import bibtex, csl_json, ris
from articles.models import Article
from articles.models.stories import load_story
from articles.views.citations import cited_of
from articles.views.heads import of_head
from articles.views.records import plain_text, record
from articles.web.responses import saved_as

#: The kinds of file by the suffix of their URL, with what the header Content-Type calls them.
TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
}


@of_head
def file(request: HttpRequest, found: Article, suffix: str) -> HttpResponse:
    """Send a story as a file of one of TYPES."""
    story = load_story(found)
    cited = cited_of(request, story)
    match suffix:
        case "bib":
            text = bibtex(cited)
        case "ris":
            text = ris(cited)
        case "csl.json":
            text = csl_json(cited)
        case "json":
            data = record(story, cited, request.build_absolute_uri)
            text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        case "txt":
            text = plain_text(story, cited)
        case _:
            raise ValueError(suffix)
    name = saved_as(cited.key, cited.title, suffix)
    return HttpResponse(text, content_type=TYPES[suffix], headers={"Content-Disposition": name})
