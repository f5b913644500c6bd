"""Bytes to text: the encoding of a Chinese text, and the name of any other encoding that the text may have.

UTF-8, UTF-16 with its mark and GB 18030 are read. GB 18030 gives a meaning to nearly any bytes, so its result counts
only if it reads as Chinese. In a page, at least .64 of the ideographs are among the 500 most used, in a list of names
at least .4. In bytes of another encoding at most .13 are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from articles.text.cleaning import UNREADABLE, clean
from articles.text.fold import fold

#: Some 500 characters: the most used characters of modern Chinese, and some that are frequent in a paper on health.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法"
    "所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四"
    "日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代"
    "想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农"
    "指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共"
    "权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今"
    "集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约"
    "支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适"
    "属圆包火住调满县局照参红细引听该铁价严医疗卫健康病患药护诊疫防控乡村"
)

#: The least share of a text's ideographs that are in COMMON.
MIN_COMMON = 0.2

#: The share says nothing about fewer ideographs than this. They must all be in GB 2312, which has the characters of
#: daily use.
FEW = 10

#: The greatest share of private characters without a known meaning.
MAX_PRIVATE = 0.02

#: The greatest share of U+FFFD, after decoding, at which a text still counts as damaged UTF-8.
MAX_DAMAGE = 0.02

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


class Undecodable(Exception):
    """Bytes in an encoding that is not read. The message is a fact and a remedy in Chinese, without a full stop."""


def decode(raw: bytes) -> tuple[str, str]:
    """Return (text, name of the encoding) of a file.

    Raises Undecodable for any other encoding. The message names the likely one.
    """
    if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise Undecodable(_other("UTF-32", "UTF-32"))
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if raw.startswith(mark):
            return _whole(raw, encoding), encoding
    text = _decoded(raw, "utf-8")
    if text is not None:
        return text, "utf-8"
    text = _decoded(raw, "gb18030")
    if text is not None and "\0" not in text and reads_as_chinese(text):
        return text, "gb18030"
    raise Undecodable(_told(raw))


def _whole(raw: bytes, encoding: str) -> str:
    text = _decoded(raw, encoding)
    if text is None:
        name = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
        raise Undecodable(f"有 {name} 的字节序标记（BOM），内容却不是完整的 {name}，可能被截断或已损坏，请另存为 UTF-8")
    return text


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def has_han(text: str) -> bool:
    """Return whether there is an ideograph in `text`."""
    return _HAN.search(text) is not None


def reads_as_chinese(text: str, least: float = MIN_COMMON, private: float = MAX_PRIVATE) -> bool:
    """Return whether a text, simplified or traditional, reads as Chinese. A text decoded wrongly does not.

    `least` is the least share of common ideographs, `private` the greatest share of private characters.
    """
    han = _HAN.findall(text)
    if not han:
        return False
    unread = sum(end - start for start, end, label in clean(text).taken if label == UNREADABLE)
    if unread > len(text) * private:
        return False
    simple = fold("".join(han))
    if sum(character in COMMON for character in simple) >= least * len(han):
        return True
    return len(han) < FEW and all(character.encode("gb2312", "ignore") for character in simple)


def _says_enough(text: str) -> bool:
    return len(_HAN.findall(text)) >= FEW and reads_as_chinese(text)


def _share(mark: re.Pattern[str], least: float) -> Callable[[str], bool]:
    """Return a function that tells whether more than the share `least` of a text's solid characters matches `mark`."""
    return lambda text: len(mark.findall(text)) > least * len("".join(text.split()))


#: Encodings that are recognised but not read: Python's name, the name that people use, the name that iconv uses, and
#: the test for a text in this encoding.
_OTHERS: tuple[tuple[str, str, str, Callable[[str], bool]], ...] = (
    ("utf-16-le", "不带字节序标记（BOM）的 UTF-16", "UTF-16LE", _says_enough),
    ("utf-16-be", "不带字节序标记（BOM）的 UTF-16", "UTF-16BE", _says_enough),
    ("big5hkscs", "Big5（繁体中文）", "BIG5-HKSCS", _says_enough),
    ("cp950", "Big5（繁体中文）", "BIG5", _says_enough),
    ("cp932", "Shift-JIS（日文）", "SHIFT-JIS", _share(_KANA, 0.2)),
    ("euc_jp", "EUC-JP（日文）", "EUC-JP", _share(_KANA, 0.2)),
    ("cp949", "EUC-KR（韩文）", "CP949", _share(_HANGUL, 0.6)),
)


def _told(raw: bytes) -> str:
    """Return the likely encoding of bytes that are neither UTF-8 nor GB 18030, and the remedy, in Chinese."""
    damaged = raw.decode("utf-8", "replace")
    if damaged.count("\ufffd") <= max(1, len(damaged) * MAX_DAMAGE) and reads_as_chinese(damaged):
        at = len(damaged.partition("\ufffd")[0].encode())
        where = "末尾的字不完整，可能被截断" if at >= len(raw) - 3 else f"第 {at + 1} 字节处已损坏"
        return f"像是 UTF-8，而{where}，请重新导出"
    for encoding, name, iconv_name, is_like in _OTHERS:
        text = _decoded(raw, encoding)
        if text is not None and is_like(text):
            return _other(name, iconv_name)
    return "不是 UTF-8、带 BOM 的 UTF-16 或 GB18030 编码的中文文本，请另存为 UTF-8"


def _other(name: str, iconv_name: str) -> str:
    return f"编码像是 {name}，请另存为 UTF-8（或用 iconv -f {iconv_name} -t UTF-8 转换）"


def misreading(text: str) -> str | None:
    """Return, in Chinese, how a text was misread from another encoding, or None if it was not: 浣犲ソ was 你好.

    >>> misreading("本报讯（记者赵一苇）近日，青海省启动巡诊。".encode().decode("gb18030", "replace"))
    'UTF-8 被当作 GBK 读出后另存的乱码'
    """
    for wrong, right, told in (
        ("gb18030", "utf-8", "UTF-8 被当作 GBK "),
        ("cp1252", "utf-8", "UTF-8 被当作西文"),
        ("latin-1", "utf-8", "UTF-8 被当作西文"),
        ("latin-1", "gb18030", "GBK 被当作西文"),
        ("latin-1", "big5hkscs", "Big5 被当作西文"),
    ):
        try:
            original = text.encode(wrong, "ignore").decode(right, "ignore")
        except UnicodeError:
            continue
        if _says_enough(original):
            return f"{told}读出后另存的乱码"
    return None
