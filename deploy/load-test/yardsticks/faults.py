"""Start, and the crash of a backend."""

import os
import signal
import subprocess
import time

from yardsticks.report import in_turn
from yardsticks.servers import Client, find


def start(report, args, lifeline, postgres):
    def measure(server):
        server.stop()
        began = time.monotonic()
        server.start()
        return time.monotonic() - began

    report.add("start to first answer", "s", in_turn(args.pairs, lifeline, postgres, measure), True)


def crash(report, args, lifeline, postgres):
    """A backend dies under TPC-B load, 5 s after a checkpoint: until a new connection's query is answered."""

    def measure(server):
        Client(server.port).query("CHECKPOINT").close()
        load = subprocess.Popen(
            [find("pgbench"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
            + ["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", "30", "postgres"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(5)
        victim = Client(server.port)
        pid = int(victim.rows("SELECT pg_backend_pid()")[0][0])
        began = time.monotonic()
        server.crash_backend(pid)
        load.wait()  # its connections are ended by the crash
        server.await_ready()
        took = time.monotonic() - began
        victim.close()
        return took * 1000

    report.add("crash of a backend to next answer", "ms", in_turn(args.pairs, lifeline, postgres, measure), True)
