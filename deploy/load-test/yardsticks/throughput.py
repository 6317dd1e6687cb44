"""pgbench in its modes, and queries over many rows."""

import time

from yardsticks.report import add_columns, in_turn
from yardsticks.servers import Client, cpu_seconds


def throughput(report, name, args, lifeline, postgres, options):
    options = ("-n", *options, "-j", "2", "-T", str(args.seconds))
    measured = in_turn(args.pairs, lifeline, postgres, lambda server: server.bench(*options))
    add_columns(report, measured, [(name, "tps", False), (name + ", CPU", "us/transaction", True)])


def select(report, args, lifeline, postgres):
    for mode in ("simple", "extended", "prepared"):
        for clients in (1, 8, 32):
            name = f"select {mode} {clients} clients"
            throughput(report, name, args, lifeline, postgres, ("-S", "-M", mode, "-c", str(clients)))


def tpcb(report, args, lifeline, postgres):
    """After a warm-up of its own: what was compiled for point queries is not what it runs."""
    for server in (lifeline, postgres):
        server.bench("-n", "-M", "prepared", "-c", "8", "-T", str(args.warm_up))
    for clients in (1, 8, 32):
        name = f"tpcb prepared {clients} clients"
        throughput(report, name, args, lifeline, postgres, ("-M", "prepared", "-c", str(clients)))


# How often each of them runs before it is measured: the compiler is done with it then.
WARM_UP_QUERIES = 25

QUERIES = {
    "scan, aggregate": "SELECT count(*), sum(abalance), min(aid), max(bid), avg(aid) FROM pgbench_accounts",
    "scan, filter and group": "SELECT bid, count(*), sum(aid) FROM pgbench_accounts WHERE aid % 3 = 0 GROUP BY bid",
    "scan, join of 3": "SELECT b.bid, count(*), sum(a.aid) FROM pgbench_accounts a"
    " JOIN pgbench_tellers t ON t.tid = a.aid % 100 + 1 JOIN pgbench_branches b ON b.bid = t.bid GROUP BY b.bid",
}


def scan(report, args, lifeline, postgres):
    """PostgreSQL gets no parallel workers: the yardstick is the work, not the cores."""
    clients = {server: Client(server.port) for server in (lifeline, postgres)}
    clients[postgres].query("SET max_parallel_workers_per_gather = 0")

    def measure(server, sql):
        cpu, began = cpu_seconds(server.process.pid), time.monotonic()
        clients[server].query(sql)
        return time.monotonic() - began, cpu_seconds(server.process.pid) - cpu

    for name, sql in QUERIES.items():
        for server in clients:
            for _ in range(WARM_UP_QUERIES):
                measure(server, sql)
        measured = in_turn(args.pairs, lifeline, postgres, lambda server: measure(server, sql))
        add_columns(report, measured, [(name, "s", True), (name + ", CPU", "s", True)])
    for client in clients.values():
        client.close()
