"""Hosts for the commands of OPERATIONS.md: Debian under its own systemd, in namespaces and overlays of a root.

A host has mounts, processes, network and names of its own. What it writes lies in a temporary folder and goes with it.
The machine below must be Linux, and this process must be root with the right to mount.
"""

import os
import pty
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

#: The environment of a person who has just logged in as root.
ROOTS = {
    "HOME": "/root",
    "USER": "root",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    # The packages of Python are there, checked against the locks as ever (tests/operations/source.py).
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "/srv/wheels",
}

#: The variables that tell how this machine fetches Debian's packages.
FETCHING = ("http_proxy", "https_proxy", "no_proxy")

#: The commands that need the network of this machine; a host's own network leads nowhere.
FETCHES = ("apt-get ",)

#: Gives a program namespaces of its own, which end with it.
APART = "unshare -m -n -p -f -u -i -C --kill-child"

#: Makes what systemd expects of a container (systemd.io/CONTAINER_INTERFACE), and becomes it.
BOOT = """
set -e
cd "$ROOT"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/shm dev/pts
for each in null zero full random urandom tty; do touch dev/$each; mount --bind /dev/$each dev/$each; done
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
hostname "$NAME"
exec env -i container=tests PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --log-level=warning
"""

#: Makes the certificate and the cluster that Debian's PostgreSQL makes when it is installed.
MAKE_CLUSTER = """
command -v pg_createcluster || exit 0
[ -e /etc/ssl/certs/ssl-cert-snakeoil.pem ] || make-ssl-cert generate-default-snakeoil
for each in /usr/lib/postgresql/*/bin/initdb; do
    pg_createcluster --start "$(basename "${each%/bin/initdb}")" main
done
"""

#: Seconds that a host may take to start.
PATIENCE = 60


class Failed(Exception):
    """A command that ended with an error, with all that it said."""


class Host:
    """A running host. `root` is the folder that is its /, as this process sees it."""

    def __init__(self, folder: Path, name: str, address: str, root: Path) -> None:
        self.folder, self.name, self.address, self.root = folder, name, address, root
        self._boot = self._group = None
        self.init = 0

    def start(self) -> None:
        """Start systemd and wait until it has started what Debian starts. Raises Failed if it does not come up."""
        group = _group_of_this_process(self.folder) / f"healthnews-{os.getpid()}-{self.name}"
        (group / "terminal").mkdir(parents=True)
        self._group = group
        into = f"echo $$ > '{group}/cgroup.procs'; exec setpriv --pdeathsig KILL {APART} sh -c \"$BOOT\""
        environment = os.environ | {"BOOT": BOOT, "ROOT": str(self.root), "NAME": self.name}
        said = (self.folder / f"{self.name}.said").open("wb")
        self._boot = subprocess.Popen(
            ["sh", "-c", into], env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._boot.poll() is None:
            self.init = self.init or _child(self._boot.pid)
            if self.init and self._ask("systemctl", "is-system-running").strip() in (b"running", b"degraded"):
                self.run("ip link set lo up")
                return
            time.sleep(0.1)
        raise Failed(f"{self.name} did not start: " + (self.folder / f"{self.name}.said").read_text("utf-8", "replace"))

    def stop(self) -> None:
        """Cut the power."""
        if not self._boot:
            return
        if self._boot.poll() is None:
            if self.init:
                with suppress(ProcessLookupError):
                    os.kill(self.init, signal.SIGKILL)
            else:
                self._boot.kill()
            self._boot.wait()
        for _ in range(100):  # the kernel takes a moment to empty the groups
            folders = sorted((path for path in self._group.rglob("*") if path.is_dir()), reverse=True)
            with suppress(OSError):
                for path in (*folders, self._group):
                    path.rmdir()
                return
            time.sleep(0.05)

    def seconds_at_work(self) -> float:
        """Return the processor time that all processes of the host have taken."""
        said = (self._group / "cpu.stat").read_text("ascii") if self._group else "0 0"
        return int(said.split()[1]) / 1e6

    def command(self, *command: str, network: bool = True) -> list[str]:
        """Return a command for this machine that runs `command` on the host."""
        terminal = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self._group / "terminal" / "cgroup.procs")]
        into = [*terminal, "nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "-C", "-r", "-w"] + ["-n"] * network
        fetching = {name: os.environ[name] for name in FETCHING if name in os.environ}
        environment = [f"{name}={value}" for name, value in (fetching | ROOTS).items()]
        return [*into, "env", "-i", "-C", "/", *environment, *command]

    def run(self, commands: str, typed: str = "") -> str:
        """Run shell commands as root and return what they say. Raises Failed at the first that fails.

        `typed` has the lines that a person types, each at a prompt that ends with a colon.
        """
        network = not any(each in commands for each in FETCHES)
        shell = self.command("bash", "-euo", "pipefail", "-c", commands, network=network)
        if typed:
            code, said = _type(shell, typed.splitlines())
        else:
            done = subprocess.run(shell, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            code, said = done.returncode, done.stdout.decode("utf-8", "replace")
        if code:
            raise Failed(f"{self.name}$ {commands}{said}\nexit code {code}")
        return said

    def _ask(self, *command: str) -> bytes:
        return subprocess.run(self.command(*command), capture_output=True, stdin=subprocess.DEVNULL).stdout


def connect(one: Host, other: Host) -> None:
    """Join the networks of two hosts by a cable."""
    cable = ["ip", "link", "add", "eth0", "netns", str(one.init), "type", "veth", "peer", "name", "eth0"]
    subprocess.run([*cable, "netns", str(other.init)], check=True)
    for host in (one, other):
        host.run(f"ip address add {host.address}/24 dev eth0 && ip link set eth0 up")


def lay(folder: Path, name: str, lower: Path, upper: Path | None = None) -> Path:
    """Lay an overlay over the root `lower`, which stays as it is, and return the folder of the new root.

    With `upper`, the root has also what another overlay has written.
    """
    own = folder / name
    (own / "work").mkdir(parents=True)
    (own / "root").mkdir()
    if upper:
        subprocess.run(["cp", "-a", upper, own / "upper"], check=True)
    else:
        (own / "upper").mkdir()
    options = f"lowerdir={lower},upperdir={own}/upper,workdir={own}/work"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, own / "root"], check=True)
    return own / "root"


def make_fresh(root: Path, names: dict[str, str]) -> None:
    """Make the root of a used machine that of a new one, as far as the archive would see a difference.

    `names` are host names with their addresses.
    """
    for used in (
        "etc/postgresql",
        "var/lib/postgresql",
        "opt/healthnews",
        "srv",
        "var/log/nginx",
        "var/log/postgresql",
    ):
        for path in (root / used).glob("*"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)  # of containers, in which no service starts
    for name in ("opt", "srv", "root"):
        (root / name).mkdir(exist_ok=True)
    resolver = Path("/etc/resolv.conf").read_bytes()
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_bytes(resolver)
    (root / "etc/fstab").write_text("")
    (root / "etc/machine-id").write_text("")
    lines = [f"{address} {name}" for name, address in names.items()]
    (root / "etc/hosts").write_text("\n".join(["127.0.0.1 localhost", *lines]) + "\n")


def make_cluster(host: Host) -> None:
    """Make the cluster that Debian's PostgreSQL makes when it is installed, if it was installed before."""
    host.run(MAKE_CLUSTER)


def _type(command: list[str], lines: list[str]) -> tuple[int, str]:
    """Run a command at a terminal, and type a line at each prompt. Return the exit code and all that was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    said, seen = b"", 0
    with suppress(OSError):  # Linux says so when the terminal's last user has gone
        while part := os.read(terminal, 4096):
            said += part
            if lines and said[seen:].rstrip(b" ").endswith((b":", "：".encode())):
                seen = len(said)
                os.write(terminal, lines.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode("utf-8", "replace")


def _group_of_this_process(folder: Path) -> Path:
    """Return the folder of this process's control group."""
    mounted = folder / "groups"
    if not mounted.exists():
        mounted.mkdir()
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", mounted], check=True)
    own = next(line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
    return mounted / own.lstrip("/")


def _child(pid: int) -> int:
    """Return the first process that `unshare`, which `pid` has become, has started, or 0."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    return 0
