"""The reader's display: text size, day or night, keys, suggestions.

One cookie holds it, without a session or JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

COOKIE = "display"

#: Seconds for which a browser keeps the cookie: a year.
KEPT = 365 * 24 * 3600

#: The choices by name. The first value of each is the default.
CHOICES = {
    "size": {"normal": "标准", "large": "大", "larger": "特大"},
    "theme": {"auto": "随系统", "day": "日间", "night": "夜间"},
    "keys": {"on": "开", "off": "关"},
    "hints": {"hints": "开", "plain": "关"},  # a word in the cookie belongs to one choice alone
}


@dataclass(frozen=True)
class Display:
    """One value for each of CHOICES."""

    size: str = "normal"
    theme: str = "auto"
    keys: str = "on"
    hints: str = "hints"

    @classmethod
    def of(cls, cookies: Mapping[str, str]) -> Display:
        """Return the display in the cookie. Unknown words are ignored, and missing words mean the default."""
        return _of_cookie(cookies.get(COOKIE, "")[:100])

    @cached_property
    def cookie(self) -> str:
        """The value of the cookie. Each display has exactly one."""
        return "-".join(getattr(self, field.name) for field in fields(self))

    @property
    def classes(self) -> str:
        """The CSS classes of the root element."""
        return f"size-{self.size} theme-{self.theme}"


@lru_cache(256)  # each page asks twice, and nearly all readers have one of a dozen cookies
def _of_cookie(cookie: str) -> Display:
    words = cookie.split("-")
    said = {name: next((word for word in words if word in choices), None) for name, choices in CHOICES.items()}
    return Display(**{name: value for name, value in said.items() if value})
