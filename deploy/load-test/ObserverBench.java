import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.observe.Observation;
import dev.lifeline.observe.log.LogFormat;
import dev.lifeline.observe.log.LogReading;
import dev.lifeline.observe.log.LogTime;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.observe.message.Story;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What an observer makes of a busy server's log: chunks are parsed, their records read as events,
/// redacted, put into a journal and fsynced. Prints for each round how many lines a second of the
/// clock and a second of one core's time were enough for.
///
///     java -cp 'lib/*' ObserverBench.java DIRECTORY ROUNDS LINES
public final class ObserverBench {
  private static final int CHUNK_BYTES = 512 << 10;

  /// As the observer has it: more may not wait for the journal's writer.
  private static final int QUEUED_MAX = 16_384;

  private final Path directory;
  private final int lines;

  private ObserverBench(Path directory, int lines) {
    this.directory = directory;
    this.lines = lines;
  }

  public static void main(String[] arguments) throws Exception {
    Path base = Files.createTempDirectory(Path.of(arguments[0]), "observer");
    try {
      for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
        ObserverBench bench =
            new ObserverBench(base.resolve("round" + round), Integer.parseInt(arguments[2]));
        bench.round("jsonlog", "log.json", new JsonLines());
        bench.round("csvlog", "log.csv", new CsvLines());
      }
    } finally {
      remove(base);
    }
  }

  private void round(String name, String file, Lines format) throws Exception {
    byte[] log = log(format);
    Path journals = directory.resolve(name);
    Files.createDirectories(journals.resolve(Journal.DIRECTORY));
    long cpu = cpuNanos();
    long clock = System.nanoTime();
    observe(log, file, journals);
    clock = System.nanoTime() - clock;
    cpu = cpuNanos() - cpu;
    System.out.printf(Locale.ROOT, "%s %.0f %.0f%n", name, lines * 1e9 / clock, lines * 1e9 / cpu);
  }

  private void observe(byte[] log, String file, Path journals) throws Exception {
    LogFormat format = LogFormat.ofFile(file);
    try (Journal journal = Journal.open(journals, JournalConfig.of(1))) {
      Observation observation =
          new Observation("db", null, new Story(), new Redaction(true), journal::emit);
      LogReading reading = new LogReading(format.parser(new LogTime(ZoneOffset.UTC)), file, 0);
      for (int at = 0; at < log.length; at += CHUNK_BYTES) {
        while (journal.queued() > QUEUED_MAX) {
          Thread.sleep(1);
        }
        reading.chunk(Arrays.copyOfRange(log, at, Math.min(log.length, at + CHUNK_BYTES)));
        for (LogReading.Item item = reading.next(); item != null; item = reading.next()) {
          observation.read(item);
        }
      }
      journal.flush().get();
      if (observation.lines() != lines || journal.dropped() > 0) {
        throw new IllegalStateException(
            observation.lines() + " lines read, " + journal.dropped() + " events dropped");
      }
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /// One line of a server's log.
  private record Entry(
      int pid, int line, long ms, String severity, String code, String message, String statement) {
    String timestamp() {
      return String.format(
          Locale.ROOT,
          "2026-11-23 %02d:%02d:%02d.%03d UTC",
          ms / 3_600_000 % 24,
          ms / 60_000 % 60,
          ms / 1000 % 60,
          ms % 1000);
    }

    String session() {
      return String.format("6b03baae.%x", pid);
    }
  }

  private interface Lines {
    void append(StringBuilder out, Entry entry);
  }

  /// Sessions of a server that logs all that the doctor asks for, and every statement: 24 lines
  /// each, and now and then what else such a server says.
  private byte[] log(Lines format) {
    StringBuilder out = new StringBuilder(lines * 350);
    for (int i = 0; i < lines; i++) {
      int session = i / 24;
      int pid = 10_000 + session;
      long ms = i / 20L;
      format.append(out, entry(pid, i % 24 + 1, ms, session));
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Entry entry(int pid, int line, long ms, int session) {
    return switch (line) {
      case 1 -> said(pid, line, ms, "connection received: host=127.0.0.1 port=" + (pid & 0xffff));
      case 2 ->
          said(
              pid,
              line,
              ms,
              "connection authenticated: identity=\"app\" method=scram-sha-256"
                  + " (/var/lib/postgresql/18/main/pg_hba.conf:113)");
      case 3 ->
          said(
              pid, line, ms, "connection authorized: user=app database=bench application_name=api");
      case 21 ->
          new Entry(
              pid,
              line,
              ms,
              "ERROR",
              "23505",
              "duplicate key value violates unique constraint \"pgbench_branches_pkey\"",
              "INSERT INTO pgbench_branches (bid, bbalance) VALUES (" + session % 10 + ", 0)");
      case 22 ->
          said(
              pid,
              line,
              ms,
              "process "
                  + pid
                  + " still waiting for ShareLock on transaction "
                  + (700 + session)
                  + " after 1000.123 ms");
      case 23 ->
          said(
              pid,
              line,
              ms,
              "process "
                  + pid
                  + " acquired ShareLock on transaction "
                  + (700 + session)
                  + " after 1234.567 ms");
      case 24 ->
          said(
              pid,
              line,
              ms,
              "disconnection: session time: 0:00:01.234 user=app database=bench host=127.0.0.1"
                  + " port="
                  + (pid & 0xffff));
      default ->
          said(
              pid,
              line,
              ms,
              "duration: 1."
                  + line
                  + "3 ms  statement: UPDATE pgbench_accounts SET abalance ="
                  + " abalance + "
                  + session
                  + " WHERE aid = "
                  + (pid * 31L + line)
                  + ";");
    };
  }

  private static Entry said(int pid, int line, long ms, String message) {
    return new Entry(pid, line, ms, "LOG", "00000", message, "");
  }

  private static final class JsonLines implements Lines {
    @Override
    public void append(StringBuilder out, Entry e) {
      out.append("{\"timestamp\":\"").append(e.timestamp());
      if (e.line() > 1) {
        out.append("\",\"user\":\"app\",\"dbname\":\"bench");
      }
      out.append("\",\"pid\":").append(e.pid());
      out.append(",\"remote_host\":\"127.0.0.1\",\"remote_port\":").append(e.pid() & 0xffff);
      out.append(",\"session_id\":\"").append(e.session());
      out.append("\",\"line_num\":").append(e.line());
      out.append(",\"ps\":\"UPDATE\",\"session_start\":\"2026-11-23 04:01:50 UTC\"");
      out.append(",\"vxid\":\"5/2\",\"txid\":754,\"error_severity\":\"").append(e.severity());
      if (!e.code().equals("00000")) {
        out.append("\",\"state_code\":\"").append(e.code());
      }
      out.append("\",\"message\":\"").append(e.message().replace("\"", "\\\""));
      if (!e.statement().isEmpty()) {
        out.append("\",\"statement\":\"").append(e.statement());
      }
      out.append("\",\"application_name\":\"api\",\"backend_type\":\"client backend\"");
      out.append(",\"query_id\":0}\n");
    }
  }

  private static final class CsvLines implements Lines {
    @Override
    public void append(StringBuilder out, Entry e) {
      String who = e.line() > 1 ? "\"app\",\"bench\"" : ",";
      out.append(e.timestamp()).append(',').append(who).append(',').append(e.pid());
      out.append(",\"127.0.0.1:").append(e.pid() & 0xffff).append("\",").append(e.session());
      out.append(',').append(e.line()).append(",\"UPDATE\",2026-11-23 04:01:50 UTC,5/2,754,");
      out.append(e.severity()).append(',').append(e.code()).append(",\"");
      out.append(e.message().replace("\"", "\"\"")).append("\",,,,,,");
      out.append(e.statement().isEmpty() ? "" : "\"" + e.statement() + "\"");
      out.append(",,,\"api\",\"client backend\",,0\n");
    }
  }

  private static void remove(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(path)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.delete(one);
    }
  }
}
