"""What the event log costs, by itself and beside a load."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from yardsticks.report import add_columns, in_turn
from yardsticks.servers import HERE, ROOT, Lifeline, free_port

JAVA = '. "$0/../jdk.sh"; require_jdk; exec "$jdk/bin/java" "$@"'
TARGETS = {"append": 200_000, "verify": 500_000, "fold": 500_000}
EVENTS = 400_000


def journal(report, args, lifeline, postgres):
    """Events a second of one core's time; the peer is the target."""
    lib = os.path.join(os.path.dirname(HERE), "lib")
    if not os.path.isdir(lib):
        lib = os.path.join(ROOT, "deploy/target/lib")
    rounds = args.pairs + 2
    command = ["sh", "-c", JAVA, HERE, "-XX:+UseSerialGC", "-Xmx512m", "-cp", lib + "/*"]
    command += [os.path.join(HERE, "JournalBench.java"), lifeline.directory, str(rounds), str(EVENTS)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured = defaultdict(list)
    for line in out.splitlines():
        what, clock, cpu = line.split()
        measured[what].append((float(clock), float(cpu)))
    for what, target in TARGETS.items():
        rates = measured[what][2:]  # before that the compiler is at work
        report.add(f"journal, {what} (peer: target)", "events/core second", [(cpu, target) for _, cpu in rates])
        report.add(f"journal, {what}, by the clock", "events/s", [(clock, target) for clock, _ in rates])


class Broker:
    """A real Kafka broker, with the class path of the tests."""

    def __init__(self, directory):
        self.port, controller = free_port(), free_port()
        os.makedirs(directory)
        self.log = open(os.path.join(directory, "broker.log"), "w")
        self.java = ["sh", "-c", JAVA, HERE, "-Xmx512m", "-XX:+UseSerialGC", "-cp", class_path(directory)]
        config = os.path.join(directory, "server.properties")
        with open(config, "w") as f:
            f.write(
                f"process.roles=broker,controller\nnode.id=1\n"
                f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}\n"
                f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}\n"
                f"controller.listener.names=CONTROLLER\n"
                f"controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n"
                f"log.dirs={directory}/kafka\n"
                "offsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n"
                "transaction.state.log.min.isr=1\ntransaction.state.log.num.partitions=3\n"
                "log.cleaner.dedupe.buffer.size=4194304\n"
            )
        self.run("kafka.tools.StorageTool", "format", "--standalone", "-t", "bGlmZWxpbmUtY29tcGFyZQ", "-c", config)
        self.process = subprocess.Popen([*self.java, "kafka.Kafka", config], stdout=self.log, stderr=self.log)

    def run(self, *command):
        subprocess.run([*self.java, *command], check=True, stdout=self.log, stderr=self.log)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def class_path(directory):
    """Of the module events with its tests: LIFELINE_TEST_CLASS_PATH, or what Maven says."""
    known = os.environ.get("LIFELINE_TEST_CLASS_PATH")
    if known:
        return known
    found = os.path.join(directory, "classpath")
    maven = '. "$0/../jdk.sh"; require_jdk; require_build_tools; run_maven -q -B -f "$1" -pl events'
    maven += ' dependency:build-classpath -DincludeScope=test "-Dmdep.outputFile=$2"'
    done = subprocess.run(["sh", "-c", maven, HERE, os.path.join(ROOT, "pom.xml"), found], stdout=sys.stderr)
    if done.returncode != 0:
        sys.exit("compare: no class path for a Kafka broker: set LIFELINE_TEST_CLASS_PATH")
    with open(found) as f:
        return f.read().strip()


class Collector(ThreadingHTTPServer):
    """Takes what an OTLP exporter sends, and counts it."""

    def __init__(self):
        self.received = 0
        super().__init__(("127.0.0.1", 0), CollectorHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class CollectorHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received += len(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


def observe_cost(report, args, lifeline, postgres):
    """TPC-B prepared, 8 clients: Lifeline with journal, Kafka and OTLP; the peer is itself with none."""
    directory = tempfile.mkdtemp(prefix="lifeline-observe-")
    broker = Broker(os.path.join(directory, "kafka"))
    collector = Collector()
    servers = []
    try:
        for name, settings, options in (
            (
                "watched",
                {
                    "lifeline.kafka_bootstrap_servers": f"127.0.0.1:{broker.port}",
                    "lifeline.otlp_endpoint": f"http://127.0.0.1:{collector.server_port}",
                },
                "",
            ),
            ("unwatched", {}, "-Dlifeline.events=off"),
        ):
            server = Lifeline(directory, name)
            servers.append(server)
            server.java_options = options
            server.extra = settings
            server.start()
            server.pgbench("-i", "-q", "-s", str(args.scale))
        options = ("-n", "-M", "prepared", "-c", "8", "-j", "2")
        for server in servers:
            server.bench(*options, "-T", str(args.warm_up))
        measured = in_turn(args.pairs, *servers, lambda server: server.bench(*options, "-T", str(args.seconds)))
        name = "observe-cost, tpcb prepared 8 clients (peer: without events)"
        add_columns(report, measured, [(name, "tps", False), (name + ", CPU", "us/transaction", True)])
        time.sleep(2)
        print(f"the collector got {collector.received:,} bytes, see {directory} for what Kafka got", file=sys.stderr)
    finally:
        for server in servers:
            server.stop()
        broker.stop()
        collector.shutdown()
