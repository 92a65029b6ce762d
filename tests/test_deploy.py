"""The files under deploy/: systemd and nginx accept them, and the scripts do what docs/operations.md says of them."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

DEPLOY: Path = settings.BASE / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")


def run(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, **more)


# --- systemd ------------------------------------------------------------------------------------------


@needs_systemd
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/srv/songjiao/app", str(settings.BASE)))
    shutil.copy(DEPLOY / "songjiao.target", tmp_path)
    good = run("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))
    assert (len(UNITS), good.stdout + good.stderr) == (4, "")

    bad = tmp_path / "songjiao-web.service"
    bad.write_text(bad.read_text().replace("ProtectSystem=strict", "ProtectSistem=strict"))
    assert "ProtectSistem" in run("systemd-analyze", "verify", bad).stderr


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_what_a_unit_may_do_is_little(unit: Path, tmp_path: Path) -> None:
    command = ("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager")
    told = run(*command, unit)
    assert told.returncode == 0, told.stdout
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n")
    assert run(*command, bare).returncode != 0


def test_every_queue_has_its_worker_and_there_is_one_beat() -> None:
    commands = "\n".join(line for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart="))
    assert set(re.findall(r"--queues (\w+)", commands)) == {"documents", "clock"}
    assert (commands.count(" beat "), "--beat" in commands) == (1, False)


# --- Settings and scripts --------------------------------------------------------------------------------


def test_every_variable_of_the_example_is_documented() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "songjiao.env.example").read_text(), re.MULTILINE))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (settings.BASE / "docs/settings.md").read_text(), re.MULTILINE))
    assert named - documented == {"GUNICORN_BIND"}
    assert {"SONGJIAO_DATA", "SONGJIAO_FILES", "DATABASE_URL"} <= named


def test_installing_twice_leaves_settings_alone(tmp_path: Path) -> None:
    environ = os.environ | {"DESTDIR": str(tmp_path)}
    assert run(DEPLOY / "install", env=environ).returncode == 0
    file = tmp_path / "etc/songjiao.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var/lib/songjiao").stat().st_mode) == 0o700
    file.write_text("SONGJIAO_DATA='/elsewhere'\n")
    file.chmod(0o644)
    unit = tmp_path / "etc/systemd/system/songjiao-web.service"
    unit.write_text("old")
    assert run(DEPLOY / "install", env=environ).returncode == 0
    assert file.read_text() == "SONGJIAO_DATA='/elsewhere'\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert unit.read_text() == (DEPLOY / unit.name).read_text()


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which deploy/'s scripts find an installation, with a systemctl that only notes what it is told."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "backups").mkdir()
    control = tmp_path / "bin/systemctl"
    control.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/told\n')
    control.chmod(0o755)
    values = {"SONGJIAO_DATA": tmp_path / "data", "SONGJIAO_BACKUPS": tmp_path / "backups", "SONGJIAO_HOSTS": "a.example.org,127.0.0.1"}
    values |= {"SONGJIAO_FILES": "", "SONGJIAO_MAIL": "smtp://me:p%2F%40$x@mail.example.org?from=a@example.org&tls=no"}
    file = tmp_path / "env"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    file.chmod(0o600)
    keep = {name: value for name, value in os.environ.items() if not re.match(r"SONGJIAO_|DATABASE_URL|REDIS_URL|DJANGO_", name)}
    return keep | {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "SONGJIAO_ENV": str(file), "SONGJIAO_APP": str(tmp_path / "app")}


def test_commands_run_with_the_services_settings(installed: dict[str, str], tmp_path: Path) -> None:
    code = "from django.conf import settings; print(settings.MAIL_SERVER['password'], settings.ALLOWED_HOSTS, settings.DATA)"
    done = run(DEPLOY / "manage", "shell", "--no-imports", "-c", code, env=installed, cwd="/")
    assert done.stdout.strip() == f"p/@$x ['a.example.org', '127.0.0.1'] {tmp_path / 'data'}", done.stderr


class Releases:
    """Two releases that share this one's code, and what the scripts told systemd."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("old", "new"):
            (directory / name).mkdir()
            for path in (*settings.BASE.iterdir(),):
                if path.name not in (".git", "deploy", "data", "scripts"):
                    (directory / name / path.name).symlink_to(path)
            shutil.copytree(DEPLOY, directory / name / "deploy")
            (directory / name / "scripts").mkdir()
            (directory / name / "scripts/setup").write_text(f"#!/bin/sh\necho setup {name} >>{directory}/told\n")
            (directory / name / "scripts/setup").chmod(0o755)
        (directory / "app").symlink_to(directory / "old")

    def told(self) -> list[str]:
        file = self.directory / "told"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def running(self) -> str:
        return (self.directory / "app").resolve().name


def test_an_upgrade(installed: dict[str, str], tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    assert run(releases.directory / "old/deploy/manage", "migrate", "--verbosity", "0", env=installed).returncode == 0

    shutil.move(tmp_path / "backups", tmp_path / "unplugged")
    failed = run(tmp_path / "new/deploy/upgrade", env=installed)
    assert (failed.returncode, releases.running) == (1, "old"), failed.stderr
    assert "备份没有做成" in failed.stderr
    assert releases.told() == ["setup new", "stop songjiao.target", "start songjiao.target"]
    shutil.move(tmp_path / "unplugged", tmp_path / "backups")

    (tmp_path / "told").unlink()
    done = run(tmp_path / "new/deploy/upgrade", env=installed)
    assert (done.returncode, releases.running) == (0, "new"), done.stderr
    assert releases.told() == ["setup new", "stop songjiao.target", "start songjiao.target"]
    assert len([*(tmp_path / "backups").glob("2*/manifest.json")]) == 1
    assert run(tmp_path / "new/deploy/upgrade", env=installed).returncode == 2


def test_an_upgrade_that_cannot_change_the_database_starts_neither(installed: dict[str, str], tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    assert run(tmp_path / "old/deploy/manage", "migrate", "--verbosity", "0", env=installed).returncode == 0
    (tmp_path / "new/manage.py").unlink()
    refusing = "import runpy, sys\nif 'migrate' in sys.argv:\n    sys.exit('no')\nrunpy.run_path('{}', run_name='__main__')\n"
    (tmp_path / "new/manage.py").write_text(refusing.format(settings.BASE / "manage.py"))
    failed = run(tmp_path / "new/deploy/upgrade", env=installed)
    assert (failed.returncode, releases.running) == (1, "old")
    assert releases.told() == ["setup new", "stop songjiao.target"]
    [command] = re.findall(r"退回：\S+/manage (restore \S+ --set-aside)", failed.stderr)
    back = run(tmp_path / "old/deploy/manage", *command.split(), env=installed)
    assert back.returncode == 0, back.stdout + back.stderr


# --- nginx ----------------------------------------------------------------------------------------------


class Upstream(BaseHTTPRequestHandler):
    """Says what reached it; `begun` is set as soon as a request's head does."""

    begun = threading.Event()
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        type(self).begun.set()
        length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        told = "|".join([str(length), *(self.headers.get(f"X-Forwarded-{name}", "") for name in ("For", "Proto")), self.headers["Host"]])
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told.encode())

    do_GET = do_POST  # noqa: N815 — http.server's name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return None


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """nginx with our site before an upstream: the ports of http and https."""
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as one:
            ports.append(one.getsockname()[1])
    certificate = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=songjiao.example.org")
    assert run(*certificate, "-keyout", tmp_path / "key", "-out", tmp_path / "pem").returncode == 0
    site = (DEPLOY / "nginx.conf").read_text()
    changes = {"/etc/ssl/songjiao.pem": f"{tmp_path}/pem", "/etc/ssl/private/songjiao.key": f"{tmp_path}/key"}
    changes |= {"listen 80;": f"listen 127.0.0.1:{ports[0]};", "listen 443 ssl": f"listen 127.0.0.1:{ports[1]} ssl"}
    changes |= {"server 127.0.0.1:8000": f"server 127.0.0.1:{upstream.server_port}"}
    for old, new in changes.items():
        assert old in site
        site = site.replace(old, new)
    paths = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    head = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; {'user root;' if os.getuid() == 0 else ''} events {{}}"
    (tmp_path / "conf").write_text(f"{head} http {{ access_log off; {paths}\n{site} }}")
    checked = run("nginx", "-t", "-e", tmp_path / "error.log", "-c", tmp_path / "conf")
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(["nginx", "-e", f"{tmp_path}/error.log", "-c", f"{tmp_path}/conf", "-g", "daemon off;"])
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", ports[1])):
            break
        time.sleep(0.05)
    yield ports[0], ports[1]
    process.terminate()
    process.wait()
    upstream.shutdown()


def asked(port: int, method: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, str]:
    line = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context(), timeout=20)  # noqa: S323
    told = {"Host": "songjiao.example.org"} | (headers or {})
    with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
        line.request(method, "/visits/", body, told)
    answer = line.getresponse()
    return answer.status, answer.read().decode()


@needs_nginx
def test_the_site(proxy: tuple[int, int]) -> None:
    plain, tls = proxy
    line = http.client.HTTPConnection("127.0.0.1", plain, timeout=20)
    line.request("GET", "/visits/?month=2026-10", headers={"Host": "evil.example.org"})
    moved = line.getresponse()
    assert (moved.status, moved.headers["Location"]) == (301, "https://songjiao.example.org/visits/?month=2026-10")

    lies = {"X-Forwarded-For": "10.9.9.9, 1.2.3.4", "X-Forwarded-Proto": "http"}
    assert asked(tls, "GET", headers=lies) == (200, "0|127.0.0.1|https|songjiao.example.org")
    assert asked(tls, "POST", b"x" * 24_000_000) == (200, "24000000|127.0.0.1|https|songjiao.example.org")
    assert asked(tls, "POST", b"x" * 27_000_000)[0] == 413


@needs_nginx
def test_half_a_body_never_reaches_the_product(proxy: tuple[int, int]) -> None:
    Upstream.begun.clear()
    context = ssl._create_unverified_context()  # noqa: S323
    with context.wrap_socket(socket.create_connection(("127.0.0.1", proxy[1])), server_hostname="songjiao.example.org") as line:
        line.sendall(b"POST /visits/ HTTP/1.1\r\nHost: songjiao.example.org\r\nContent-Length: 500000\r\n\r\n" + b"x" * 100_000)
        assert not Upstream.begun.wait(1.5)
        line.sendall(b"x" * 400_000)
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
    assert Upstream.begun.is_set()
