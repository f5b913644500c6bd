"""The titles of articles without a printed headline: the first words of their text."""

import re

#: The most characters of a text in the title of an article without a printed headline.
TITLE_LENGTH = 24

#: The most characters of a caption in the title of a picture: see `first_words`.
CAPTION_LENGTH = 60

_STOP, _COMMA = re.compile("[。！？；!?;]"), re.compile(r"[，：、]|[,:](?!\d)")


def title_of(text: str, *, is_caption: bool) -> str:
    """Return the title of an article without a headline, by the first paragraph of its body, or by a caption."""
    if is_caption and text:
        return first_words(text, CAPTION_LENGTH)
    if len(text) > TITLE_LENGTH:
        text = text[:TITLE_LENGTH].rstrip("，、；：。") + "……"
    return text or "（无题）"


def first_words(text: str, length: int) -> str:
    """Return the first sentence of a caption, without its stop, if it has at most `length` characters.

    A longer sentence is cut at its last comma within `length`, or at `length` if there is no comma. It ends with "……".

    >>> first_words("8月2日，医生为老人测血压。骆听潮摄", 60)
    '8月2日，医生为老人测血压'
    >>> first_words("医生为老人测血压，护士登记，家属在旁等候", 12)
    '医生为老人测血压……'
    """
    stop = _STOP.search(text, 1, length + 1)
    if stop:
        return text[: stop.start()]
    if len(text) <= length:
        return text
    commas = [match.start() for match in _COMMA.finditer(text, 1, length)]
    return text[: commas[-1] if commas else length] + "……"
