"""Wrappers that tools write before, between and behind the blocks of a page: frames, separators, comments, model tags.

Each form is a rule with an example. In the example the wrapper is the whole text before the last line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from .working import Edit, Working


@dataclass(frozen=True)
class Wrapper:
    """A form of markup that is taken out whole: its name, its pattern and an example."""

    name: str
    pattern: str
    example: str


#: Labels of models' regions, each with the kind that it means in a newspaper.
REGIONS = {
    "caption": "caption",
    "figure_caption": "caption",
    "image_caption": "caption",
    "table_caption": "table caption",
    "footnote": "note",
    "header": "header",
    "page_header": "header",
    "footer": "footer",
    "page_footer": "footer",
    "page_number": "footer",
    "image": "picture",
    "picture": "picture",
    "figure": "picture",
    "title": "title",
    "section_header": "title",
    "sub_title": "title",
    "doc_title": "title",
    "paragraph_title": "title",
}

WRAPPERS = (
    # olmOCR writes its facts about a page in YAML at the head.
    Wrapper(
        "head of data",
        r"\A\s*+---[ \t]*+\n"
        r"(?:[A-Za-z][\w.-]{0,40}:[^\n]{0,400}\n(?:[ \t]++[^\n]{0,400}\n|-[ \t][^\n]{0,400}\n){0,20}){1,60}"
        r"---[ \t]*+(?=\n|\Z)",
        "---\nprimary_language: zh\nis_table: False\n---\n",
    ),
    # A language model's answer is often one block of code.
    Wrapper("fence", r"(?m:^[ \t]*+(?:`{3,}|~{3,})[ \t]*+[A-Za-z0-9+-]{0,20}[ \t]*+$)", "```markdown\n"),
    Wrapper("page separator", r"(?m:^[ \t]*+\{[0-9]{1,5}\}-{5,}[ \t]*+$)", "{0}------------------------\n"),
    Wrapper(
        "page separator",
        r"(?mi:^[ \t]*+<?-{2,}[ \t]*+(?:page[ \t]*+(?:split|break|[0-9]{1,4})|第[ \t]*[0-9]{1,4}[ \t]*页)"
        r"[ \t]*+-{2,}>?[ \t]*+$)",
        "<--- Page Split --->\n",
    ),
    Wrapper("comment", r"<!--(?:(?!<!--).){0,4000}?-->", "<!-- page 3 -->\n"),
    # DeepSeek-OCR prints on standard output how it cut the picture.
    Wrapper(
        "standard output",
        r"(?m:^[ \t]*+(?:(?:BASE|PATCHES):[ \t]*+torch\.Size\([^)\n]{0,60}\)|NO PATCHES|=+[ \t]*save results:?[ \t]*=*)"
        r"[ \t]*+$)",
        "BASE:  torch.Size([1, 256, 1280])\n",
    ),
    Wrapper("rule of signs", r"(?m:^[ \t]*+={5,}[ \t]*+$)", "=====================\n"),
    # For grounding, DeepSeek-OCR and Qwen name a region and give its box.
    Wrapper(
        "region",
        r"<\|ref\|>(?P<region>[^<|\n]{0,40})<\|/ref\|>[ \t]*+(?:<\|det\|>[^<|\n]{0,400}<\|/det\|>)?",
        "<|ref|>title<|/ref|><|det|>[[52, 40, 610, 88]]<|/det|>\n",
    ),
    Wrapper(
        "box",
        r"<\|(?P<box>det|box_start|bbox)\|>[\d\s,.()\[\]]{0,200}(?:<\|/?(?:det|box_end|bbox)\|>)",
        "<|box_start|>(52,40),(610,88)<|box_end|>\n",
    ),
    Wrapper("box of a tag", r"<(?P<tag>bbox|loc|box)>[\d\s,.()\[\]]{0,200}</(?P=tag)>", "<bbox>52,40,610,88</bbox>\n"),
    Wrapper("place of a tag", r"<loc_[0-9]{1,5}>", "<loc_118><loc_910>\n"),
    # Tokens of models, which should never have been printed.
    Wrapper("token", r"<[|｜]/?[\w▁]{1,40}[|｜]>", "<｜end▁of▁sentence｜>\n"),
)

#: A language model's remark on the way that a story takes over the page.
WAY = Wrapper(
    "remark on the way",
    r"(?m:^[ \t]*+[\[［](?:[上下]?[续转接])(?:[上下左右前后]{0,2}[栏页段])?[\]］][ \t]*+$)",
    "[续右栏]\n",
)

#: A language model's answer around the page's text. The text outside the one block of code is the model's own.
_ANSWER = re.compile(
    r"\A(?P<before>.{0,600}?)^```[\w+-]{0,20}[ \t]*\n(?P<page>.*)^```[ \t]*$(?P<after>.{0,600})\Z",
    re.DOTALL | re.MULTILINE,
)

#: The longest remark around an answer, in characters.
REMARK_LENGTH = 200

#: Pictures, on a line of their own or within one. An address with Chinese in it is a file's name.
PICTURE = Wrapper(
    "picture",
    r"!\[[^\]\n]{0,2000}\](?:\((?:[^()\n]|\([^()\n]{0,200}\)){0,4000}+\)|\[[^\]\n]{0,200}\])(?:\{[^{}\n]{0,200}\})?",
    "![](images/3fa09c1be77d4a51.jpg)\n",
)
#: A remark by a language model or a digital edition in the place of a picture. Papers print other brackets:
#: （插图：方若谷）.
REMARK = Wrapper(
    "remark on a picture",
    r"(?mi:^[ \t\u3000]*+[\[［](?:图片|图像|照片|插图|配图|image|picture|photo|figure)"
    r"(?:[：:][^\]］\n]{0,300}|[ \t]?[0-9]{0,3})[\]］][ \t]*+$"
    r"|^[ \t]*+[\[［][^\]］\n：:]{0,8}图[^\]］\n：:]{0,3}[：:][^\]］\n]{0,300}[\]］][ \t]*+$)",
    "[图片：医生在村口为老人测血压]\n",
)

_ANY = re.compile(
    "|".join(
        [*(f"(?:{each.pattern})" for each in [*WRAPPERS, WAY]), f"(?P<picture>{PICTURE.pattern}|{REMARK.pattern})"]
    ),
    re.DOTALL,
)
#: The beginning of each of these forms, or a part of its first line.
_BEGINS = re.compile(
    r"<[|｜!-]|!\[|<(?:loc|b)|^[ \t]*+(?:---|```|~~~|\{|<-|--|BASE|PATCHES|NO P|==|\u3000*[\[［])",
    re.IGNORECASE | re.MULTILINE,
)


def _is_answer(match: re.Match[str]) -> bool:
    """Tell a page within an answer from a page with a block of code: an answer puts a sentence or two around a page."""
    outside = match["before"].strip(), match["after"].strip()
    remarks = all(len(text) <= REMARK_LENGTH and text.count("\n") < 3 and not text.startswith("#") for text in outside)
    return remarks and "```" not in match["page"] and len(match["page"]) > 3 * sum(map(len, outside))


def take_wrappers(working: Working) -> None:
    """Take out the wrappers around the blocks. Note the places of pictures, and the regions that a model names."""
    if not _BEGINS.search(working.text):
        return
    answer = _ANSWER.match(working.text)
    if answer and _is_answer(answer):
        working.apply([Edit(*answer.span("before")), Edit(*answer.span("after"))])
    edits: list[Edit] = []
    regions: list[tuple[int, str]] = []
    for match in _ANY.finditer(working.text):
        if match["picture"]:
            working.say(match.end(), match.end(), "picture")
        elif match["region"] is not None:
            regions.append((match.end(), match["region"].strip().lower()))
        edits.append(Edit(*match.span()))
    for (start, label), (end, _) in pairwise([*regions, (len(working.text), "")]):
        kind = REGIONS.get(label)
        if kind == "picture":
            working.say(start, start, "picture")
        elif kind:
            working.say(start, end, "region", kind)
    working.apply(edits)
