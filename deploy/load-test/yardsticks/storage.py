"""COPY and CREATE INDEX, bytes on disk, and redo."""

import os
import re
import shutil
import subprocess
import time

from yardsticks.report import add_columns, in_turn
from yardsticks.servers import Client, cpu_seconds

MB = 1 << 20
WAL_SEGMENT = 16 * MB


def timed(server, work):
    """Seconds, and CPU seconds of the server."""
    cpu, began = cpu_seconds(server.process.pid), time.monotonic()
    work()
    return time.monotonic() - began, cpu_seconds(server.process.pid) - cpu


def copy(report, args, lifeline, postgres):
    """The rows of pgbench_accounts by COPY FROM STDIN, then CREATE INDEX on them."""
    filler = " " * 84
    rows = "".join(f"{i}\t1\t0\t{filler}\n" for i in range(1, args.rows + 1)).encode()

    def measure(server):
        client = Client(server.port)
        client.query("DROP TABLE IF EXISTS copied")
        client.query("CREATE TABLE copied (aid int NOT NULL, bid int, abalance int, filler char(84))")
        client.query("CHECKPOINT")
        loaded = timed(server, lambda: client.copy_in("COPY copied FROM STDIN", rows))
        client.query("CHECKPOINT")
        indexed = timed(server, lambda: client.query("CREATE UNIQUE INDEX ON copied (aid)"))
        client.query("CHECKPOINT")
        client.close()
        return loaded + indexed

    for server in (lifeline, postgres):
        measure(server)
    name = f"copy, {args.rows:,} rows"
    index = f"create index, {args.rows:,} rows"
    columns = [(name, "s", True), (name + ", CPU", "s", True), (index, "s", True), (index + ", CPU", "s", True)]
    add_columns(report, in_turn(args.pairs, lifeline, postgres, measure), columns)
    for server in (lifeline, postgres):
        Client(server.port).query("DROP TABLE copied").close()


TABLES = ("accounts", "branches", "tellers", "history")
SIZES = "SELECT " + " + ".join(f"pg_total_relation_size('pgbench_{table}')" for table in TABLES)


def files_of_databases(server):
    base = os.path.join(server.directory, "base")
    return sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(base) for f in files)


def size(report, args, lifeline, postgres):
    """Tables and their indexes after pgbench -i, then after as many TPC-B transactions on both."""

    def measure(server):
        client = Client(server.port).query("CHECKPOINT")
        tables = int(client.rows(SIZES)[0][0])
        client.close()
        return tables / MB, files_of_databases(server) / MB

    def add(when, pair):
        add_columns(
            report,
            [pair],
            [(f"size of tables and indexes, {when}", "MB", True), (f"size of base/, {when}", "MB", True)],
        )

    for server in (lifeline, postgres):
        server.pgbench("-i", "-q", "-s", str(args.scale))
    add(f"scale {args.scale}", (measure(lifeline), measure(postgres)))
    for server in (lifeline, postgres):
        server.pgbench("-n", "-M", "prepared", "-c", "8", "-j", "2", "-t", str(args.transactions // 8))
        # What the autovacuum launcher still finds to do, it does now.
        time.sleep(25)
    add(f"after {args.transactions:,} TPC-B", (measure(lifeline), measure(postgres)))


def last_segment(server):
    """The number of the WAL segment written last; recycled ones have higher names and older times."""
    wal = os.path.join(server.directory, "pg_wal")
    names = [f for f in os.listdir(wal) if re.fullmatch("[0-9A-F]{24}", f)]
    newest = max(names, key=lambda f: os.path.getmtime(os.path.join(wal, f)))
    return int(newest[8:16], 16) * 256 + int(newest[16:], 16)


def fill_wal(server, megabytes):
    Client(server.port).query("CHECKPOINT").close()
    began = last_segment(server)
    done = 0
    while (last_segment(server) - began) * WAL_SEGMENT < megabytes * MB:
        done += server.bench("-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", "5").transactions
    return done


def replayed(log):
    """Bytes of WAL between the log's last messages about the beginning and the end of redo."""
    found = {}
    for what, high, low in re.findall(r"redo (starts|done) at ([0-9A-F]+)/([0-9A-F]+)", log):
        found[what] = (int(high, 16) << 32) + int(low, 16)
    return found["done"] - found["starts"]


def redo(report, args, lifeline, postgres):
    """From the command to the first answered query after kill -9, on copies of one crashed directory."""
    transactions = {}
    for server in (lifeline, postgres):
        server.restart(checkpoint_timeout="1h", max_wal_size="16GB")
        transactions[server] = fill_wal(server, args.wal)
        server.kill()
        shutil.rmtree(server.directory + ".crashed", ignore_errors=True)
        subprocess.run(("cp", "-a", server.directory, server.directory + ".crashed"), check=True)

    def measure(server):
        shutil.rmtree(server.directory)
        subprocess.run(("cp", "-a", server.directory + ".crashed", server.directory), check=True)
        os.sync()
        written = os.path.getsize(server.log.name)
        began = time.monotonic()
        server.start()
        seconds = time.monotonic() - began
        cpu = cpu_seconds(server.process.pid)
        with open(server.log.name, "rb") as log:
            log.seek(written)
            megabytes = replayed(log.read().decode(errors="replace")) / MB
        server.kill()
        return seconds, cpu, megabytes, seconds / megabytes * 1024, cpu / transactions[server] * 1e6

    columns = [
        (f"redo, kill -9 to ready, {args.wal} MB asked", "s", True),
        ("redo, CPU", "s", True),
        ("redo, WAL replayed", "MB", True),
        ("redo, time for 1 GB", "s", True),
        ("redo, CPU for a TPC-B transaction", "us", True),
    ]
    add_columns(report, in_turn(args.pairs, lifeline, postgres, measure), columns)
    for server in (lifeline, postgres):
        shutil.rmtree(server.directory + ".crashed")
        server.extra.clear()
        server.start()
