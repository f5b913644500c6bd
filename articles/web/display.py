"""How a reader wants the pages: text size, day or night, keys. Kept in one cookie, without a session or JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

COOKIE = "display"

#: Seconds for which a browser keeps the choice: a year.
KEPT = 365 * 24 * 3600

#: What can be chosen, by the name of the choice; the first value of each is what a reader has who has chosen nothing.
CHOICES = {
    "size": {"normal": "标准", "large": "大", "larger": "特大"},
    "theme": {"auto": "随系统", "day": "日间", "night": "夜间"},
    "keys": {"on": "开", "off": "关"},
}


@dataclass(frozen=True)
class Display:
    """A choice of each of CHOICES."""

    size: str = "normal"
    theme: str = "auto"
    keys: str = "on"

    @classmethod
    def of(cls, cookies: Mapping[str, str]) -> Display:
        """Return what the cookie says; each word in it that is no choice leaves the usual one."""
        words = cookies.get(COOKIE, "")[:100].split("-")
        said = {name: next((word for word in words if word in choices), None) for name, choices in CHOICES.items()}
        return cls(**{name: value for name, value in said.items() if value})

    @property
    def cookie(self) -> str:
        """The cookie's value; one choice of all has one value."""
        return "-".join(getattr(self, field.name) for field in fields(self))

    @property
    def classes(self) -> str:
        """The classes of the root element."""
        return f"size-{self.size} theme-{self.theme}"
