"""Killing a work at moments within it, and what is asked afterwards. Django must be set up before the import."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from tests.faults import victim, works
from tests.faults.arena import Arena
from tests.faults.works import Held, Work

#: Moments that are drawn anew, one after another, while the work ends before it is killed.
DRAWS = 12

#: Seconds that a process may take.
PATIENCE = 120


@dataclass
class Run:
    """What a process that worked has told."""

    seconds: float = 0
    steps: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failed: str = ""
    has_ended: bool = False

    @property
    def is_killed(self) -> bool:
        """Whether the process died within its work."""
        return bool(self.steps) and not self.has_ended and not self.failed


class Killer:
    """Kills the works of an arena and looks at what they leave."""

    def __init__(self, arena: Arena, chance: random.Random) -> None:
        self.arena = arena
        self.chance = chance
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.faults.ready", "tests.faults.works"])

    def forked(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the result of a function in a process of its own. Raises RuntimeError with its traceback."""
        ours, theirs = self.processes.Pipe(duplex=False)
        process = self.processes.Process(target=_answer, args=(theirs, work, arguments))
        process.start()
        theirs.close()
        try:
            is_well, result = ours.recv()
        except EOFError:
            is_well, result = False, "the process died"
        process.join(PATIENCE)
        self.arena.settle()
        if not is_well:
            raise RuntimeError(result)
        return result

    def run(self, work: Work, *, kill_at: int = 0, kill_after: float | None = None) -> Run:
        """Do a work in a process of its own, and kill it at a step or after a time, in seconds from its beginning."""
        ours, theirs = self.processes.Pipe(duplex=False)
        log = self.arena.folder / "work.log"
        process = self.processes.Process(target=victim.run, args=(work.do, theirs, kill_at, log))
        process.start()
        theirs.close()
        told = Run()
        begun = deadline = time.monotonic() + PATIENCE
        is_killed = False
        while True:
            if not ours.poll(max(0.0, deadline - time.monotonic())):
                if is_killed or kill_after is None or not told.steps:
                    raise RuntimeError(f"the work does not end: {told.steps[-1:]}, see {log}")
                os.kill(process.pid, signal.SIGKILL)
                is_killed, deadline = True, time.monotonic() + PATIENCE
                continue
            try:
                word, said = ours.recv()
            except EOFError:
                break
            if word == "step":
                if not told.steps:
                    begun = time.monotonic()
                    deadline = begun + (PATIENCE if kill_after is None else kill_after)
                told.steps.append(said)
            elif word == "done":
                told.done.append(said)
            elif word == "end":
                told.has_ended = True
            else:
                told.failed = said
            if kill_after is not None and not is_killed and time.monotonic() >= deadline:
                os.kill(process.pid, signal.SIGKILL)
                is_killed, deadline = True, time.monotonic() + PATIENCE
        told.seconds = time.monotonic() - begun
        process.join(PATIENCE)
        self.arena.settle()
        if told.failed:
            raise RuntimeError(told.failed)
        if told.is_killed and process.exitcode != -signal.SIGKILL:
            raise RuntimeError(f"the work died by itself, with {process.exitcode}: see {log}")
        return told

    def kill_often(self, work: Work, kills: int) -> Iterator[tuple[str, list[str]]]:
        """Kill a work `kills` times. Yield each time a line that tells where, and what was wrong afterwards."""
        name = f"{self.arena.name} {type(work).__name__.lower()}"
        self.arena.bring(work.state)
        before = self.forked(works.Held.now) if work.state == "archive" else None
        unkilled = self.run(work)
        whole = self.forked(works.Held.now)
        if wrong := self.forked(works.wrong_at_the_end, work, before, whole):
            yield f"{name}: an unkilled run", wrong
        for number in range(kills):
            killed = self._kill(work, unkilled, by_step=number % 2 == 0)
            yield f"{name} {number + 1}/{kills}: {_told(killed, unkilled)}", self._wrong(work, before, whole, killed)

    def _kill(self, work: Work, unkilled: Run, *, by_step: bool) -> Run:
        for _ in range(DRAWS):
            self.arena.bring(work.state)
            if by_step:
                killed = self.run(work, kill_at=self.chance.randint(1, len(unkilled.steps)))
            else:
                killed = self.run(work, kill_after=self.chance.uniform(0, unkilled.seconds))
            if killed.is_killed:
                return killed
        raise RuntimeError(f"{type(work).__name__} ended before each of {DRAWS} kills")

    def _wrong(self, work: Work, before: Held | None, whole: Held, killed: Run) -> list[str]:
        wrong: list[str] = []
        wrong += self.forked(works.wrong_after_kill, work, before, whole, killed.done)
        try:
            self.forked(works.start_again, work)
        except RuntimeError as error:
            return [*wrong, f"the second start failed: {str(error).strip().splitlines()[-1]}"]
        wrong += self.forked(works.wrong_at_the_end, work, before, whole)
        return wrong


def _told(killed: Run, unkilled: Run) -> str:
    return (
        f"killed after {killed.seconds:.3f} of {unkilled.seconds:.3f} s, at step {len(killed.steps)} of "
        f"{len(unkilled.steps)} ({killed.steps[-1]}), {len(killed.done)} of {len(unkilled.done)} parts acknowledged"
    )


def _answer(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        pipe.send((True, work(*arguments)))
    except BaseException:  # noqa: BLE001 - whatever it is, the runner shows it
        pipe.send((False, traceback.format_exc()))
    pipe.close()
