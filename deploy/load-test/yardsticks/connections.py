"""Connections that come and go."""

import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager

from yardsticks.report import add_columns, in_turn
from yardsticks.servers import HERE, Bench, Client, cpu_seconds, free_port

CLIENTS = 8
ROLE = "storm"
PASSWORD = "storm's secret"
SCRIPT = "\\set aid random(1, 100000 * :scale)\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"


class Storm:
    """ConnectionStorm.java, compiled."""

    def __init__(self, directory):
        subprocess.run(
            ["sh", "-c", '. "$0/../jdk.sh"; require_jdk; exec "$jdk/bin/javac" -d "$1" "$0/ConnectionStorm.java"']
            + [HERE, directory],
            check=True,
        )
        self.command = ["sh", "-c", '. "$0/../jdk.sh"; require_jdk; exec "$jdk/bin/java" -XX:+UseSerialGC "$@"']
        self.command += [HERE, "-cp", directory, "ConnectionStorm"]

    def bench(self, server, scale, seconds, *login):
        """Connections a second, CPU microseconds of the server for each, and how many there were."""
        before = cpu_seconds(server.process.pid)
        command = self.command + [str(n) for n in (server.port, CLIENTS, seconds, scale)] + list(login)
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        time.sleep(0.2)  # the last backends end
        cpu = cpu_seconds(server.process.pid) - before
        done = int(re.search(r"connections processed: (\d+)", out).group(1))
        return Bench(float(re.search(r"per second: ([\d.]+)", out).group(1)), cpu * 1e6 / done, done)

    @contextmanager
    def canned(self):
        """The server that has one answer for everybody; yields its port."""
        port = free_port()
        process = subprocess.Popen([*self.command, "--canned", str(port)])
        try:
            while True:
                try:
                    Client(port).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield port
        finally:
            process.kill()
            process.wait()


def demand_password(server):
    """A role that must authenticate by SCRAM, beside the others who are trusted."""
    Client(server.port).query(f"CREATE ROLE {ROLE} LOGIN SUPERUSER PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'").close()
    hba = os.path.join(server.directory, "pg_hba.conf")
    with open(hba) as f:
        rules = f.read()
    with open(hba, "w") as f:
        f.write(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n{rules}")
    server.process.send_signal(signal.SIGHUP)
    time.sleep(1)


def connect(report, args, lifeline, postgres):
    """pgbench -C, whose own CPU is a part of it, and the storm, whose client costs less. Both by trust and
    by SCRAM; and pgbench against canned bytes: what no server can be faster than."""
    directory = tempfile.mkdtemp(prefix="lifeline-connect-")
    os.chmod(directory, 0o755)
    script = os.path.join(directory, "connect.sql")
    with open(script, "w") as f:
        f.write(SCRIPT)
    storm = Storm(directory)
    options = ("-n", "-C", "-c", str(CLIENTS), "-j", "2", "-s", str(args.scale), "-f", script)
    seconds = ("-T", str(args.seconds))
    os.environ["PGPASSWORD"] = PASSWORD
    for server in (lifeline, postgres):
        demand_password(server)
        for login in ((), (ROLE, PASSWORD)):
            storm.bench(server, args.scale, args.warm_up, *login)

    def add(name, measure):
        measured = in_turn(args.pairs, lifeline, postgres, measure)
        add_columns(report, measured, [(name, "connections/s", False), (name + ", CPU", "us/connection", True)])
        return measured

    trusted = add("connect, pgbench -C, trust", lambda server: server.bench(*options, *seconds))
    add("connect, pgbench -C, SCRAM", lambda server: server.bench(*options, *seconds, "-U", ROLE))
    add("connect, storm, trust", lambda server: storm.bench(server, args.scale, args.seconds))
    add("connect, storm, SCRAM", lambda server: storm.bench(server, args.scale, args.seconds, ROLE, PASSWORD))
    floor(report, args, storm, postgres, trusted, options + seconds)


def floor(report, args, storm, postgres, trusted, options):
    """What pgbench gets from a server that does nothing, and what it costs itself."""
    with storm.canned() as port:
        own = os.times()
        out = postgres.pgbench(*options, port=port)
        after = os.times()
    done = int(re.search(r"transactions actually processed: (\d+)", out).group(1))
    tps = float(re.search(r"^tps = ([\d.]+)", out, re.M).group(1))
    cpu = after.children_user + after.children_system - own.children_user - own.children_system
    report.add("connect, pgbench -C, canned answers", "connections/s", [(tps, theirs.tps) for _, theirs in trusted])
    report.add(
        "connect, pgbench's own CPU beside the server's",
        "us/connection",
        [(cpu * 1e6 / done, theirs.cpu) for _, theirs in trusted],
        True,
    )
