"""Ways to damage an index as disks, backups and people do. Each has a name and damages the index in a folder."""

import random
import shutil

#: The files of each segment, and the file that lists the segments.
KINDS = ("*.term", "*.idx", "*.pos", "*.fast", "*.fieldnorm", "*.store", "meta.json")


def _cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path):
    path.write_bytes(b"")


def _random(path):
    """Change every eighth byte, beginning with the first. The size stays the same."""
    chance = random.Random(path.suffix)
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), 8):
        data[place] ^= chance.randrange(1, 256)
    path.write_bytes(data)


def _one_byte(path):
    """Change one byte in the middle. Nothing else about the file shows the damage."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


WAYS = {"cut": _cut, "emptied": _empty, "random": _random, "one byte": _one_byte, "gone": lambda path: path.unlink()}


def _each(pattern, way):
    def damage(folder):
        paths = list(folder.glob(pattern))
        assert paths, pattern
        for path in paths:
            way(path)

    return damage


#: The damages to the files of an index, by name.
TO_FILES = {f"{pattern} {name}": _each(pattern, way) for pattern in KINDS for name, way in WAYS.items()}


def _pointer(folder):
    """Return the pointer that names a folder."""
    [pointer] = folder.parent.glob("current-*")
    return pointer


#: The damages to the files and folders around them, by name.
TO_THE_REST = {
    **{f"state.json {name}": _each("state.json", WAYS[name]) for name in ("cut", "emptied", "random", "gone")},
    **{f".managed.json {name}": _each(".managed.json", WAYS[name]) for name in ("cut", "emptied", "random")},
    "the folder gone": shutil.rmtree,
    "all files gone": lambda folder: [path.unlink() for path in folder.iterdir() if path.name != "state.json"],
    "current garbage": lambda folder: _pointer(folder).write_bytes(b"\xff\xfe\x00"),
    "current empty": lambda folder: _pointer(folder).write_bytes(b""),
    "current elsewhere": lambda folder: _pointer(folder).write_text("0" * 32),
    "current out of bounds": lambda folder: _pointer(folder).write_text("../search"),
    "current gone": lambda folder: _pointer(folder).unlink(),
}
