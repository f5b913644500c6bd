"""One form for the many ways to write a character: width, case, traditional or simplified.

Context-free: fold(a + b) == fold(a) + fold(b). That is why only OpenCC's single characters are used, never OpenCC on
strings: there 乾隆 stays and 乾 becomes 干, so a substring would fold otherwise than the text that holds it.
"""

import unicodedata
from functools import cache

import opencc

#: Unified ideographs, their first extension, and the compatibility block that old encodings fall into.
HAN_RANGES = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF))

#: Full-width forms of ASCII.
FULL_WIDTH = range(0xFF01, 0xFF5F)


@cache
def _table() -> dict[int, str]:
    """Return the character table: code point -> folded character, for all that change."""
    simplify = opencc.OpenCC("hk2s").convert  # hk2s knows 衞, which t2s leaves as it is
    # Character by character: str.lower() on a string looks around itself (a final Σ becomes ς).
    table = {code: lower for code in range(0x10000) if len(lower := chr(code).lower()) == 1 and lower != chr(code)}
    table.update((code, chr(code - 0xFEE0).lower()) for code in FULL_WIDTH)
    for first, last in HAN_RANGES:
        for code in range(first, last + 1):
            simple = simplify(unicodedata.normalize("NFC", chr(code)))
            if len(simple) == 1 and simple != chr(code):
                table[code] = simple
    return table


def fold(text: str) -> str:
    """Return `text` in the one form that texts and names are compared in; white space is left out.

    >>> fold("王　毅") == fold("王毅")
    True
    >>> fold("ＣＴ檢查")
    'ct检查'
    """
    return "".join(text.translate(_table()).split())
