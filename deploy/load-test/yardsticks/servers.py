"""The two servers, and what can be read of a process from outside."""

import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
TICK = os.sysconf("SC_CLK_TCK")
SHARED_BUFFERS = "256MB"

Bench = namedtuple("Bench", "tps cpu transactions")


def find(program):
    places = [os.path.join(ROOT, ".lifeline/tools/bin"), "/usr/lib/postgresql/15/bin"]
    found = shutil.which(program, path=os.pathsep.join(places + [os.environ["PATH"]]))
    if not found:
        sys.exit(f"compare: no {program} found: run deploy/test-tools first")
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def tree(pid):
    pids = [pid]
    for child in children(pid):
        pids += tree(child)
    return pids


def cpu_seconds(pid):
    """Of the process, its living descendants, and the children that it has waited for."""
    ticks = 0
    for p in tree(pid):
        try:
            with open(f"/proc/{p}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        if p == pid:
            ticks += int(fields[13]) + int(fields[14])
    return ticks / TICK


def pss_kb(pid):
    total = 0
    for p in tree(pid):
        try:
            with open(f"/proc/{p}/smaps_rollup") as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
        except OSError:
            pass
    return total


class Server:
    name = ""

    def __init__(self, directory, name=None):
        self.port = free_port()
        self.name = name or self.name
        self.directory = os.path.join(directory, self.name)
        self.log = open(os.path.join(directory, self.name + ".log"), "ab")
        self.process = None
        self.java_options = ""
        self.extra = {}  # settings of one measurement, which go before the common ones

    def settings(self):
        return {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "shared_buffers": SHARED_BUFFERS,
            "fsync": "on",
            "full_page_writes": "on",
            "max_wal_size": "4GB",
            "max_connections": "2100",
            "autovacuum_naptime": "10s",
            **self.extra,
        }

    def start(self):
        options = f"{os.environ.get('LIFELINE_JAVA_OPTS', '')} {self.java_options}"
        self.process = subprocess.Popen(
            self.command(),
            stdout=self.log,
            stderr=self.log,
            preexec_fn=self.become,
            env={**os.environ, "LIFELINE_JAVA_OPTS": options.strip()},
        )
        self.await_ready()

    def become(self):
        os.setpgid(0, 0)

    def await_ready(self):
        began = time.monotonic()
        while time.monotonic() < began + 90:
            if self.process.poll() is not None:
                sys.exit(f"compare: {self.name} has ended, see {self.log.name}")
            try:
                Client(self.port).query("SELECT 1").close()
                return
            except (OSError, RuntimeError):
                # Each refusal costs the server a connection, and PostgreSQL a process.
                time.sleep(0.005 if time.monotonic() < began + 1 else 0.05)
        sys.exit(f"compare: {self.name} is not ready, see {self.log.name}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def restart(self, **extra):
        """With these settings besides the common ones; without any: with those alone."""
        self.stop()
        self.extra = extra
        self.start()

    def kill(self):
        """kill -9 of all that belongs to the server, its postmaster first."""
        for pid in tree(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def pgbench(self, *options, port=None):
        result = subprocess.run(
            [find("pgbench"), "-h", "127.0.0.1", "-p", str(port or self.port), "-U", "postgres", *options, "postgres"],
            capture_output=True,
            text=True,
            timeout=600,
        )
        if result.returncode != 0:
            sys.exit(f"compare: pgbench on {self.name}: {result.stderr[-2000:]}")
        return result.stdout

    def bench(self, *options):
        """Transactions a second, CPU microseconds of the server for each, and how many there were."""
        before = cpu_seconds(self.process.pid)
        out = self.pgbench(*options)
        cpu = cpu_seconds(self.process.pid) - before
        done = int(re.search(r"transactions actually processed: (\d+)", out).group(1))
        tps = float(re.search(r"^tps = ([\d.]+)", out, re.M).group(1))
        return Bench(tps, cpu * 1e6 / max(done, 1), done)


class PostgreSQL(Server):
    name = "PostgreSQL"

    def __init__(self, directory):
        super().__init__(directory)
        self.user = "postgres" if os.geteuid() == 0 else None
        os.makedirs(self.directory)
        if self.user:
            shutil.chown(self.directory, self.user)
        self.run(find("initdb"), "-D", self.directory, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8")

    def run(self, *command):
        subprocess.run(command, check=True, stdout=self.log, stderr=self.log, preexec_fn=self.become)

    def crash_backend(self, pid):
        os.kill(pid, signal.SIGKILL)

    def become(self):
        super().become()
        if self.user:
            import pwd

            entry = pwd.getpwnam(self.user)
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)

    def command(self):
        command = [find("postgres"), "-D", self.directory]
        for name, value in self.settings().items():
            command += ["-c", f"{name}={value}"]
        return command


class Lifeline(Server):
    name = "Lifeline"

    def crash_backend(self, pid):
        client = Client(self.port)
        try:
            client.query(f"SELECT lifeline_crash_backend({pid})")
        except (OSError, RuntimeError):
            pass  # the crash takes this connection with it
        client.close()

    def command(self):
        command = [os.path.join(ROOT, "deploy/lifeline"), "run", "-D", self.directory, "-c", "lifeline.dashboard_port=0"]
        for name, value in self.settings().items():
            command += ["-c", f"{name}={value}"]
        return command


class Client:
    """Just enough of the protocol to hold a connection open, to send a query and to load rows."""

    def __init__(self, port, timeout=120):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
        self.socket.sendall(struct.pack("!I", len(body) + 4) + body)
        self.until_ready()

    def exactly(self, n):
        data = b""
        while len(data) < n:
            part = self.socket.recv(n - len(data))
            if not part:
                raise OSError("connection closed")
            data += part
        return data

    def message(self):
        kind, length = struct.unpack("!cI", self.exactly(5))
        body = self.exactly(length - 4)
        if kind == b"E":
            raise RuntimeError(body)
        return kind, body

    def until_ready(self):
        rows = []
        while True:
            kind, body = self.message()
            if kind == b"D":
                rows.append(fields(body))
            if kind == b"Z":
                return rows

    def send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!I", len(body) + 4) + body)

    def rows(self, sql):
        """The rows of a query, each a list of texts and None."""
        self.send(b"Q", sql.encode() + b"\0")
        return self.until_ready()

    def query(self, sql):
        self.rows(sql)
        return self

    def copy_in(self, sql, data):
        """Loads the data, which need not be cut at the ends of rows."""
        self.send(b"Q", sql.encode() + b"\0")
        while self.message()[0] != b"G":
            pass
        chunk = 1 << 16
        for at in range(0, len(data), chunk):
            self.send(b"d", data[at : at + chunk])
        self.send(b"c", b"")
        self.until_ready()

    def close(self):
        self.socket.close()


def fields(body):
    values, at = [], 2
    for _ in range(struct.unpack_from("!H", body)[0]):
        (length,) = struct.unpack_from("!i", body, at)
        at += 4
        values.append(None if length < 0 else body[at : at + length].decode())
        at += max(length, 0)
    return values
