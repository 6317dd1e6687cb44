"""What `lifeline observe` costs the server that it observes, how late it is, and what it keeps up with."""

import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from datetime import datetime, timezone

from yardsticks.events import JAVA
from yardsticks.report import add_columns
from yardsticks.servers import HERE, ROOT, TICK, Client, cpu_seconds

LINES = 200_000
LINES_TARGET = 20_000
LATE_TARGET_S = 1.0
SETTINGS = {
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_timezone": "UTC",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_checkpoints": "on",
    "log_lock_waits": "on",
    "log_temp_files": "0",
    "log_autovacuum_min_duration": "0",
    "log_min_duration_statement": "100",
}


def observer(report, args, lifeline, postgres):
    """Lines of a log made events and journaled, by one core; the peer is the target."""
    lib = os.path.join(os.path.dirname(HERE), "lib")
    if not os.path.isdir(lib):
        lib = os.path.join(ROOT, "deploy/target/lib")
    rounds = args.pairs + 2
    command = ["taskset", "-c", "0", "sh", "-c", JAVA, HERE, "-XX:+UseSerialGC", "-Xmx512m", "-cp", lib + "/*"]
    command += [os.path.join(HERE, "ObserverBench.java"), postgres.directory + "-logs", str(rounds), str(LINES)]
    os.makedirs(postgres.directory + "-logs", exist_ok=True)
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured = defaultdict(list)
    for line in out.splitlines():
        what, clock, cpu = line.split()
        measured[what].append((float(clock), float(cpu)))
    for what, rates in measured.items():
        rates = rates[2:]  # before that the compiler is at work
        name = f"observer, {what} (peer: target)"
        report.add(name, "lines/s on one core", [(clock, LINES_TARGET) for clock, _ in rates])
        report.add(name + ", CPU", "lines/core second", [(cpu, LINES_TARGET) for _, cpu in rates])


class Observer:
    """`lifeline observe` of a server, attached, with nothing but its journal."""

    def __init__(self, server):
        self.directory = tempfile.mkdtemp(prefix="observer-", dir=os.path.dirname(server.directory))
        self.server = server
        self.log = open(os.path.join(self.directory, "observer.log"), "w")
        command = [os.path.join(ROOT, "deploy/lifeline"), "observe", "-D", self.directory, "--dashboard-port", "0"]
        command += ["--from", "now", f"postgresql://postgres@127.0.0.1:{server.port}/postgres"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        began = time.monotonic()
        while not self.backend():
            if self.process.poll() is not None or time.monotonic() > began + 60:
                sys.exit(f"compare: the observer did not attach, see {self.log.name}")
            time.sleep(0.1)

    def backend(self):
        """The process that the server has for it."""
        client = Client(self.server.port)
        rows = client.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'lifeline observe'")
        client.close()
        return int(rows[0][0]) if rows else None

    def journal(self):
        return sorted(glob.glob(os.path.join(self.directory, "*", "pg_events", "*.ndjson")))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Latecomers(threading.Thread):
    """A client whose statements fail, and who looks into the journal for when that is told."""

    def __init__(self, observer):
        super().__init__()
        self.observer = observer
        self.enough = threading.Event()
        self.late = []
        self.failed = 0

    def run(self):
        client = Client(self.observer.server.port)
        positions = {name: os.path.getsize(name) for name in self.observer.journal()}
        next_failure = time.monotonic()
        ends_at = None
        while ends_at is None or (time.monotonic() < ends_at and len(self.late) < self.failed):
            if ends_at is None and time.monotonic() >= next_failure:
                next_failure += 0.3
                self.failed += 1
                try:
                    client.rows("SELECT 1/0")
                except RuntimeError:
                    client.until_ready()
            self.look(positions)
            if ends_at is None and self.enough.is_set():
                ends_at = time.monotonic() + 5
            time.sleep(0.01)
        client.close()

    def look(self, positions):
        for name in self.observer.journal():
            with open(name, "rb") as f:
                f.seek(positions.get(name, 0))
                whole = f.read().rpartition(b"\n")[0]
            now = time.time()
            positions[name] = positions.get(name, 0) + (len(whole) + 1 if whole else 0)
            for line in whole.splitlines():
                if b"statement.failed" in line and b"22012" in line:
                    told = re.search(rb'"time":"([^"]+)Z"', line).group(1).decode()
                    happened = datetime.fromisoformat(told).replace(tzinfo=timezone.utc).timestamp()
                    self.late.append(now - happened)


def observer_cost(report, args, lifeline, postgres):
    """TPC-B prepared, 8 clients, on PostgreSQL: observed, and (the peer) not; how late its events are."""
    lifeline.stop()  # it has no part in this
    postgres.restart(**SETTINGS)
    options = ("-n", "-M", "prepared", "-c", "8", "-j", "2", "-T")
    postgres.bench(*options, str(args.warm_up))
    measured, shares, late, failed = [], [], [], 0
    try:
        for _ in range(args.pairs):
            watcher = Observer(postgres)
            try:
                time.sleep(5)  # the compiler is at work on it
                backend = watcher.backend()
                clients = Latecomers(watcher)
                clients.start()
                before, all_before = own_cpu(backend), cpu_seconds(postgres.process.pid)
                observed = postgres.bench(*options, str(args.seconds))
                share = own_cpu(backend) - before, cpu_seconds(postgres.process.pid) - all_before
                clients.enough.set()
                clients.join()
            finally:
                watcher.stop()
            measured.append((observed, postgres.bench(*options, str(args.seconds))))
            shares.append(share)
            late += clients.late
            failed += clients.failed
    finally:
        postgres.restart()
        lifeline.start()
    name = "observer-cost, tpcb prepared 8 clients (peer: not observed)"
    add_columns(report, measured, [(name, "tps", False), (name + ", CPU", "us/transaction", True)])
    report.add("observer-cost, the observer's backend (peer: all of the server), CPU", "s", shares, True)
    own, total = (sum(column) for column in zip(*shares))
    print(f"the observer's backend took {own / total:.2%} of the server's CPU", file=sys.stderr)
    if not late:
        sys.exit("compare: no event of the observer was seen")
    late.sort()
    report.add("observer, from the log to the journal, median (peer: target)", "s", [(statistics.median(late), LATE_TARGET_S)], True)
    report.add("observer, from the log to the journal, latest (peer: target)", "s", [(late[-1], LATE_TARGET_S)], True)
    print(f"{len(late)} of {failed} failed statements were seen in the journal", file=sys.stderr)


def own_cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK
