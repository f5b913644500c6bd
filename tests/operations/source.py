"""Where the hosts fetch the program: a repository with this checkout as it is, a release after it, and packages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from healthnews import installing

ROOT = Path(__file__).resolve().parent.parent.parent

#: The folder of the repository on a host, and the address by which the document knows it.
PLACE, ADDRESS = "srv/healthnews.git", "https://git.example.cn/healthnews.git"

#: The migration of the next release: a table and a column more, of which the release before knows nothing.
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "{last}")]
    operations = [
        migrations.CreateModel("OfTheNextRelease", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("article", "of_the_next_release", models.TextField(null=True)),
        migrations.AddField("page", "of_the_next_release", models.IntegerField(db_default=1)),
    ]
"""


def publish(root: Path) -> None:
    """Put the repository on a host, and let the address of the document lead to it."""
    place = root / PLACE
    place.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists() and not name.startswith("tests/pages/"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    _git(place, "init", "--quiet", "--initial-branch=main")
    _commit(place, "The release")
    shutil.copytree(fetch_wheels(), root / "srv/wheels")
    (root / "etc/gitconfig").write_text(f'[url "/{PLACE}"]\n\tinsteadOf = {ADDRESS}\n[safe]\n\tdirectory = *\n')


def fetch_wheels() -> Path:
    """Fetch the packages that a release needs into this checkout's cache, and return their folder.

    What the launcher has once fetched comes from its own cache.
    """
    folder = ROOT / "var" / "cache" / "wheels"
    stamp = folder / "fetched"
    locks = [installing.BUILD_LOCK, installing.LOCKS["serve"]]
    wanted = "".join(lock.read_text("utf-8") for lock in locks)
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
        pip += ["--require-hashes", "--cache-dir", ROOT / "var" / "cache" / "pip", "--dest", folder]
        pip += [each for lock in locks for each in ("--requirement", lock)]
        subprocess.run(pip, check=True, env=installing.user_environment())
        stamp.write_text(wanted, "utf-8")
    return folder


def publish_next(root: Path) -> None:
    """Publish a release with another number, more tables and columns, and other words in its index."""
    place = root / PLACE
    project = (place / "pyproject.toml").read_text("utf-8")
    (place / "pyproject.toml").write_text(re.sub(r"(?m)^version = .*", 'version = "99.0.0"', project), "utf-8")
    last = max(path.stem for path in (place / "articles/migrations").glob("0*.py"))
    number = f"{int(last[:4]) + 1:04}_of_the_next_release.py"
    (place / "articles/migrations" / number).write_text(MIGRATION.format(last=last))
    with (place / "fixtures/words.txt").open("a", encoding="utf-8") as file:
        file.write("一个新词\n")
    _commit(place, "The next release")


def _commit(place: Path, subject: str) -> None:
    _git(place, "add", "--all")
    _git(place, "-c", "user.name=a", "-c", "user.email=a@example.cn", "commit", "--quiet", "--message", subject)


def _git(place: Path, *command: str) -> None:
    subprocess.run(["git", "-C", place, *command], check=True)
