"""The errors of the search engine as this project's own."""

from __future__ import annotations

from contextlib import ContextDecorator
from types import TracebackType

from articles.search.files import EngineFailure


class calling_engine(ContextDecorator):  # used as a function
    """A context manager and decorator for all calls of the engine. It turns the engine's errors into EngineFailure.

    With damaged files the engine may raise anything. A panic is not an Exception, and its class can't be imported.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, EngineFailure):
            return
        name = type(error).__name__
        if isinstance(error, Exception) or name == "PanicException":
            raise EngineFailure(f"检索引擎出错：{name}：{str(error)[:500]}") from error
