"""What OPERATIONS.md promises: what is true on the hosts after the commands below a heading."""

import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from tests.operations import clients, source

PASSWORD = "a long enough password"

CERTIFICATE = "/etc/healthnews/tls/fullchain.pem"
SITE = "https://archive.example.cn"

#: Asks the site as a browser does.
CURL = f"curl --silent --show-error --cacert {CERTIFICATE}"

#: A page that the first host loads while the second one reads.
PAGE = "健康报\n2024年12月5日　第2版　综合新闻\n\n# {headline}\n\n本报讯 （记者甲乙丙）12月4日，县医院的新楼启用了。\n"

SAMPLE = "让好医生在县里扎下根"


def journal_of(host):
    """Return the last lines of the archive's units and of nginx, for a person who looks for a cause."""
    return host.run(
        "journalctl --no-pager --lines=40 --unit='healthnews*' --unit=nginx --unit='postgresql*' || true; "
        "tail -n 5 /var/lib/healthnews/archive.log /var/log/healthnews/error.log 2>&1 || true"
    )


def asked(host, path, options=""):
    """Return the page at a path of the site, asked over TLS on the host itself."""
    return host.run(f"{CURL} --fail {options} --get '{SITE}{path}'")


def finds(host, text):
    """Return how many stories the search of a host finds."""
    page = asked(host, "/search/", f"--data-urlencode 'q=“{text}”'")
    total = re.search(r"共 </span>([\d,]+)", page)
    return int(total[1].replace(",", "")) if total else 0


def wait_until(what, seconds=30):
    """Wait until `what` returns something true. Raises AssertionError if that takes too long."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, what
        time.sleep(0.2)
    return found


def release_of(host, unit="healthnews.service"):
    """Return the folder of the release that a unit runs."""
    return host.run(f"readlink /proc/$(systemctl show --property=MainPID --value {unit})/cwd").strip()


def load_page(host, headline, day):
    """Import a page on a host."""
    path = host.root / f"srv/pages/2024-12-{day:02}_02.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PAGE.format(headline=headline).replace("12月5日", f"12月{day}日"), "utf-8")
    host.run(f"healthnews import_pages /srv/pages/{path.name}")


def digests(text):
    """Return the digests that `verify` has told, in order."""
    return re.findall(r"\b[0-9a-f]{64}\b", text)


@contextmanager
def asking(host, address, number, pause):
    """Let clients ask the site on a host while the `with` lasts. Each request must be answered."""
    program = Path(clients.__file__).read_text("utf-8")
    command = ["python3", "-c", program, address, str(number), str(pause)]
    command += [CERTIFICATE] if address.startswith("https:") else []
    with subprocess.Popen(host.command(*command), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        time.sleep(1)
        yield
        told = json.loads(process.communicate()[0])
    assert told["answers"] > 10 and told["failures"] == [], told
    say(f"{told['answers']} requests answered, the slowest in {told['longest']:.1f} s")


def say(text):
    print(f"        {text}", flush=True)


def after_units(story, said):
    units = "/etc/systemd/system/healthnews*"
    complaints = story.writing.run(f"systemd-analyze verify {units} 2>&1")
    assert complaints == "", complaints
    for name in ("healthnews", "healthnews-follower", "healthnews-backup"):
        exposure = story.writing.run(f"systemd-analyze security --no-pager {name}.service | tail -n 1")
        level = float(re.search(r": ([\d.]+) ", exposure)[1])
        say(f"{name}.service: exposure {level} of 10")
        assert level < 3, exposure


def after_server(story, said):
    host = story.writing
    active = host.run("systemctl is-active healthnews.socket healthnews.service healthnews-follower.service").split()
    assert active == ["active"] * 3
    for unit in ("healthnews.service", "healthnews-follower.service"):
        pid = host.run(f"systemctl show --property=MainPID --value {unit}").strip()
        assert host.run(f"stat -c %U /proc/{pid}").strip() == "healthnews"
    assert host.run("stat -c '%a %G' /etc/healthnews/environment /var/lib/healthnews").splitlines() == [
        "640 healthnews",
        "750 healthnews",
    ]
    with asking(host, "http://127.0.0.1:8000", 8, 0):
        restart(host)
        host.run("systemctl reload healthnews.service")
        time.sleep(3)  # the new workers take over
    # A server that is killed comes back by itself.
    host.run("systemctl kill --signal=KILL healthnews.service")
    wait_until(lambda: host.run("systemctl is-active healthnews.service || true").strip() == "active")


def after_nginx(story, said):
    host = story.writing
    assert "健康报" in asked(host, "/")
    assert finds(host, SAMPLE) == 1 and finds(host, "没有这样的话") == 0
    moved = host.run(f"{CURL} --head http://archive.example.cn/topics/?a=b").lower()
    assert " 301 " in moved and f"location: {SITE}/topics/?a=b" in moved
    head = asked(host, "/topics/", "--dump-header - --output /dev/null").lower()
    assert "strict-transport-security" in head and "x-accel-expires" not in head and "cache-control: private" in head
    assert host.run(f"{CURL} --output /dev/null --write-out '%{{http_code}}' {SITE}/metrics") == "403"
    assert host.run(f"{CURL} --output /dev/null --write-out '%{{http_code}}' '{SITE}/?q={'a' * 7000}'") == "200"
    after_nginx_kept_a_page(host)
    logs = host.run("cat /var/log/healthnews/*.log /var/lib/healthnews/archive.log")
    assert "GET /search/" in logs and "q=" not in logs
    ids = re.findall(r'"request": "([0-9a-f]{32})"', logs)
    assert ids and f" {ids[-1]} " in logs, "nginx and the archive call a request by one id"
    after_log_in(host)
    with asking(host, SITE, 8, 0.45):
        restart(host)


def restart(host):
    """Restart the server of a host, and wait until it answers."""
    host.run("systemctl restart healthnews.service; curl --silent --show-error --fail http://127.0.0.1:8000/healthz")


def after_nginx_kept_a_page(host):
    """nginx keeps a page for a second, for each display apart, and never for who has a session."""

    def passed_on(times, options=""):
        """Return how many of so many requests at once reach the archive."""
        before = answered(host)
        host.run(f"{CURL} --output /dev/null {options} '{SITE}/topics/?[1-{times}]'".replace("?[", "#["))
        return wait_until_still(host) - before

    assert passed_on(20) <= 2
    assert passed_on(20, "--cookie display=night") <= 2
    assert passed_on(20, "--cookie sessionid=of-an-editor") == 20
    assert passed_on(20, "--cookie 'a=b; sessionid=of-an-editor'") == 20


def answered(host):
    """Return how many requests for the topics the archive has answered."""
    return host.run("cat /var/lib/healthnews/archive.log").count('"path": "/topics/"')


def wait_until_still(host):
    time.sleep(0.3)  # the line of a request is written after its answer
    return answered(host)


def after_log_in(host):
    """The account that was made can log in at the desk, over TLS."""
    page = host.run(f"{CURL} --fail --cookie-jar /tmp/jar {SITE}/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = f"--data-urlencode username=editor --data-urlencode 'password={PASSWORD}' --data csrfmiddlewaretoken={token}"
    jar = "--cookie /tmp/jar --cookie-jar /tmp/jar"
    host.run(f"{CURL} --fail {jar} --referer {SITE}/admin/login/ {form} {SITE}/admin/login/")
    assert "待办" in host.run(f"{CURL} --fail --cookie /tmp/jar {SITE}/admin/")


def after_backups(story, said):
    host = story.writing
    files = host.run("stat -c '%a %U %n' /var/backups/healthnews/*").splitlines()
    assert len(files) == 1 and files[0].startswith("600 healthnews "), files
    told = digests(said)
    assert len(told) == 6 and told[:3] == told[3:], said
    assert "healthnews-backup.timer" in host.run("systemctl list-timers healthnews-backup.timer")
    # A second run removes what is older than KEEP_DAYS, and nothing else.
    old = "/var/backups/healthnews/archive-2020-01-01-000000.zip"
    host.run(f"touch --date='40 days ago' {old} /var/backups/healthnews/notes.txt; systemctl start healthnews-backup")
    left = host.run("ls /var/backups/healthnews").split()
    assert len(left) == 3 and "notes.txt" in left and "archive-2020-01-01-000000.zip" not in left


def after_metrics(story, said):
    assert re.search(r"archive_backup_age_seconds \d", said) and "archive_follower_up 1.0" in said


def after_log(story, said):
    assert "archive.log" in said and "error:" not in said
    host = story.writing
    logs = "/var/log/healthnews/access.log", "/var/lib/healthnews/archive.log"
    host.run("logrotate --force /etc/logrotate.d/healthnews")
    time.sleep(0.5)  # nginx opens its new file when it has heard the signal
    asked(host, "/topics/?rotated")
    for log in logs:
        assert "/topics/" in wait_until(lambda log=log: host.run(f"cat {log}")), log
        assert "/issues/" in host.run(f"cat {log}.1"), log


def after_settings(story, said):
    assert "no issues" in said


def before_upgrade(story):
    source.publish_next(story.writing.root)


def after_upgrade(story, said):
    host = story.writing
    assert release_of(host).endswith("/0.4.0") and release_of(host, "healthnews-follower.service").endswith("/0.4.0")
    assert "ofthenextrelease" in host.run("runuser -u postgres -- psql archive --command '\\dt'")
    assert finds(host, SAMPLE) == 1
    load_page(host, "新版上线以后的第一篇", 6)
    wait_until(lambda: finds(host, "新版上线以后的第一篇") == 1)


def after_way_back(story, said):
    host = story.writing
    assert release_of(host).endswith("/0.3.0")
    assert finds(host, SAMPLE) == 1
    wait_until(lambda: finds(host, "新版上线以后的第一篇") == 1)
    load_page(host, "退回旧版以后的第一篇", 7)
    wait_until(lambda: finds(host, "退回旧版以后的第一篇") == 1)
    host.run("systemctl start healthnews-backup.service")
    switch = next(each for each in story.blocks if "ln -sfn 0.4.0 /opt/healthnews/current" in each.commands)
    host.run(switch.commands)
    assert release_of(host).endswith("/0.4.0")


def before_second_host(story):
    """The second host is the first as it was after the common headings, but with the releases of today."""
    releases = story.second.root / "opt/healthnews"
    shutil.rmtree(releases)
    subprocess.run(["cp", "-a", story.writing.root / "opt/healthnews", releases], check=True)


def after_second_host(story, said):
    host = story.second
    nginx = next(each for each in story.blocks if each.heading == "nginx" and not each.where)
    host.run(nginx.commands)
    assert finds(host, SAMPLE) == 1
    started = time.monotonic()
    load_page(story.writing, "主库写下备库也能读到", 8)
    wait_until(lambda: finds(host, "主库写下备库也能读到") == 1)
    say(f"the second host found a page {time.monotonic() - started:.1f} s after its import began")
    for command in ("migrate", "prepare", "import_pages /srv"):
        said = host.run(f"healthnews {command} 2>&1 && echo done || true")
        assert "done" not in said and "READ_ONLY" in said and "Traceback" not in said, said
    assert host.run(f"{CURL} --output /dev/null --write-out '%{{http_code}}' {SITE}/admin/") in ("403", "404", "503")


def before_loss(story):
    story.writing.stop()
    assert finds(story.second, "主库写下备库也能读到") == 1


def after_promotion(story, said):
    host = story.writing = story.second
    assert host.run("runuser -u postgres -- psql -At --command 'SELECT pg_is_in_recovery()'").strip() == "f"
    load_page(host, "升为主库以后的第一篇", 9)
    wait_until(lambda: finds(host, "升为主库以后的第一篇") == 1)
    host.run("systemctl start healthnews-backup.service")
    story.digests = digests(host.run("healthnews verify --digest"))


def after_restore(story, said):
    host = story.writing
    assert digests(said) == story.digests, (said, story.digests)
    assert finds(host, SAMPLE) == 1 and finds(host, "升为主库以后的第一篇") == 1


def after_erasure(story, said):
    host = story.writing
    assert "已删去文章 1" in said and "清理过了" in said, said
    code = host.run(f"{CURL} --output /dev/null --write-out '%{{http_code}}' {SITE}/articles/1/")
    assert code == "410", code


def after_upkeep(story, said):
    assert "登记了 0 个扫描件" in said and "全部相符" in said, said


#: By heading: what a story needs before its commands, and what is looked at after the last of them.
BEFORE = {
    "升级: upgrade": before_upgrade,
    "A second host for readers": before_second_host,
    "The first host is lost, a standby is there": before_loss,
}
AFTER = {
    "Settings and units": after_units,
    "The server": after_server,
    "nginx": after_nginx,
    "Backups": after_backups,
    "/metrics": after_metrics,
    "The log": after_log,
    "Settings and safety": after_settings,
    "升级: upgrade": after_upgrade,
    "The way back": after_way_back,
    "A second host for readers": after_second_host,
    "The first host is lost, a standby is there": after_promotion,
    "Everything is lost but a backup": after_restore,
    "Taking a text back": after_erasure,
    "Keeping it current": after_upkeep,
}
