"""Memory, and the company of many connections."""

import glob
import os
import resource
import tempfile
import threading
import time

from yardsticks.report import add_columns, in_turn
from yardsticks.servers import Client, pss_kb


# An idle Lifeline collects its garbage after 15 s, and gives back what it does not need.
SETTLE = 40


def connect_many(server, count):
    return [Client(server.port).query("SELECT 1") for _ in range(count)]


def idle(report, args, lifeline, postgres):
    """Before and after connecting, the server is left alone until it is idle."""
    # PostgreSQL's 10,000 processes would take more memory than such a machine has.
    for count, peers in ((500, (lifeline, postgres)), (2000, (lifeline, postgres)), (10_000, (lifeline,))):
        lifeline.restart(max_connections=str(count + 100))
        pairs = []
        for server in peers:
            connect_many(server, 1)[0].close()
            time.sleep(SETTLE if server is lifeline else 2)
            before = pss_kb(server.process.pid)
            clients = connect_many(server, count)
            time.sleep(SETTLE if server is lifeline else 2)
            pairs.append((pss_kb(server.process.pid) - before) / count)
            for client in clients:
                client.close()
            time.sleep(2)
        if len(peers) == 2:
            theirs = pairs[1]
        name = f"idle, {count:,} connections" + ("" if len(peers) == 2 else " (peer: with 2,000)")
        report.add(name, "kB/connection", [(pairs[0], theirs)], True)
    lifeline.restart()


def memory(report, args, lifeline, postgres):
    """Small shared_buffers on both, so that what is left is the server's own."""
    measured = []
    for server in (lifeline, postgres):
        server.restart(shared_buffers="16MB", max_connections="100")
        time.sleep(3)
        quiet = pss_kb(server.process.pid) / 1024
        peak = [0.0]
        ended = threading.Event()

        def watch():
            while not ended.wait(0.5):
                peak[0] = max(peak[0], pss_kb(server.process.pid) / 1024)

        watcher = threading.Thread(target=watch)
        watcher.start()
        server.pgbench("-n", "-S", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(args.seconds))
        ended.set()
        watcher.join()
        measured.append((quiet, peak[0]))
        server.restart()
    names = ("memory, idle after start (16 MB of buffers in it)", "memory, select at 8 clients, highest")
    add_columns(report, [tuple(measured)], [(name, "MB", True) for name in names])


def latencies(server, seconds, beside=None):
    """p50 and p99 in milliseconds of 8 busy clients, from pgbench's log of each transaction."""
    directory = tempfile.mkdtemp(prefix="lifeline-crowd-")
    prefix = os.path.join(directory, "latency")
    server.pgbench(
        *("-n", "-S", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds)),
        *("-l", "--sampling-rate=0.1", f"--log-prefix={prefix}"),
    )
    times = []
    for name in glob.glob(prefix + "*"):
        with open(name) as log:
            times += [int(line.split()[2]) for line in log]
        os.unlink(name)
    os.rmdir(directory)
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000


def crowd(report, args, lifeline, postgres):
    """8 busy clients of Lifeline beside idle connections, and beside a heavy query; the peer is itself
    without them, and then PostgreSQL beside the same query, without parallel workers. As many connections
    as the limit of open files allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(10_000, hard - 200)
    lifeline.restart(max_connections=str(count + 100))
    lifeline.bench("-n", "-S", "-M", "prepared", "-c", "8", "-T", str(args.warm_up))

    def beside(name, with_company):
        measured = []
        for _ in range(args.pairs):
            alone = latencies(lifeline, args.seconds)
            measured.append((with_company(), alone))
        add_columns(report, measured, [(f"crowd, p50 {name}", "ms", True), (f"crowd, p99 {name}", "ms", True)])

    def crowded():
        clients = connect_many(lifeline, count)
        try:
            return latencies(lifeline, args.seconds)
        finally:
            for client in clients:
                client.close()
            time.sleep(1)

    def heavy(server=lifeline):
        ended = threading.Event()

        def work():
            client = Client(server.port, timeout=60)
            client.query("SET max_parallel_workers_per_gather = 0")
            while not ended.is_set():
                client.query("SELECT count(*), sum(abalance) FROM pgbench_accounts WHERE aid % 7 = 3")
            client.close()

        worker = threading.Thread(target=work)
        worker.start()
        try:
            return latencies(server, args.seconds)
        finally:
            ended.set()
            worker.join()

    beside(f"beside {count:,} idle (peer: without)", crowded)
    beside("beside a heavy query (peer: without)", heavy)
    columns = [(f"crowd, {name} beside a heavy query", "ms", True) for name in ("p50", "p99")]
    add_columns(report, in_turn(args.pairs, lifeline, postgres, heavy), columns)
    lifeline.restart()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
