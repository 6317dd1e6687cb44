package dev.lifeline.main;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.diff.LogDiff;
import dev.lifeline.events.export.EventExporter;
import dev.lifeline.events.export.EventFilter;
import dev.lifeline.events.export.ExportFormat;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.journal.VerifyReport;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lifeline events`: the event log in the terminal.
@Command(
    name = "events",
    description = "Reads the event log.",
    mixinStandardHelpOptions = true,
    subcommands = {
      EventsCommand.Tail.class,
      EventsCommand.Verify.class,
      EventsCommand.Export.class,
      EventsCommand.Diff.class,
      ReplayCommand.class,
    })
final class EventsCommand implements Runnable {
  private static final int BATCH = 1000;
  private static final long POLL_MS = 100;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  EventsCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /// What all take.
  abstract static class OnLog implements Callable<Integer> {
    @Option(
        names = {"-D", "--pgdata"},
        paramLabel = "DATADIR",
        description = "data directory (default: $PGDATA, or else ./.lifeline/data)")
    private @Nullable Path dataDirectory;

    Path log() {
      return log(ServerOptions.place(dataDirectory, System.getenv()));
    }

    static Path log(Path directory) {
      Path log = directory.resolve(Journal.DIRECTORY);
      if (!Files.isDirectory(log)) {
        throw PgException.fatal(SqlState.UNDEFINED_FILE, "there is no event log in \"%s\"", log)
            .hint("The log is made when a server is first started on the data directory.");
      }
      return log;
    }
  }

  /// Which events are wanted.
  static final class Selection {
    @Option(
        names = {"-t", "--type"},
        paramLabel = "TYPE",
        split = ",",
        description = "only events of this type, such as checkpoint.completed or wal.*")
    private List<String> types = new ArrayList<>();

    @Option(
        names = "--backend-type",
        paramLabel = "NAME",
        split = ",",
        description = "only events of this kind of process, such as checkpointer")
    private List<String> backendTypes = new ArrayList<>();

    @Option(
        names = "--pid",
        paramLabel = "PID",
        split = ",",
        description = "only events of this process")
    private List<Integer> pids = new ArrayList<>();

    @Option(names = "--since", paramLabel = "TIME", description = "not before this time (RFC 3339)")
    private @Nullable Instant since;

    @Option(names = "--until", paramLabel = "TIME", description = "not after this time (RFC 3339)")
    private @Nullable Instant until;

    @Option(
        names = "--grep",
        paramLabel = "REGEX",
        description = "only events whose JSON this regular expression is found in")
    private @Nullable Pattern text;

    EventFilter filter() {
      return new EventFilter(
          types.stream().map(EventFilter::type).toList(), backendTypes, pids, since, until, text);
    }
  }

  /// Prints events, one JSON object a line, and follows the log.
  @Command(
      name = "tail",
      description = "Prints the last events as JSON lines, and follows the log.",
      mixinStandardHelpOptions = true)
  static final class Tail extends OnLog {
    @Option(
        names = {"-n", "--lines"},
        paramLabel = "N",
        description = "how many of the last events to begin with (default: 10)")
    private long lines = 10;

    @Option(names = "--from", paramLabel = "SEQUENCE", description = "begin with this event")
    private long from;

    @Option(
        names = {"-f", "--follow"},
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "go on as the log grows (default)")
    private boolean follow;

    @Mixin private Selection selection = new Selection();

    @Override
    public Integer call() throws IOException, InterruptedException {
      JournalReader reader = JournalReader.of(log());
      EventFilter filter = selection.filter();
      long begin = from > 0 ? from : Math.max(1, reader.lastSequence() - lines + 1);
      PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false);
      try (JournalCursor cursor = reader.cursor(Math.max(begin, reader.firstSequence()))) {
        while (true) {
          List<JournalLine> next = cursor.next(BATCH);
          for (JournalLine line : next) {
            if (filter.test(line)) {
              out.println(line);
            }
          }
          out.flush();
          if (out.checkError() || (next.isEmpty() && !follow)) {
            return 0;
          }
          if (next.isEmpty()) {
            Thread.sleep(POLL_MS);
          }
        }
      }
    }
  }

  /// Proves that nothing was altered or lost.
  @Command(
      name = "verify",
      description = "Proves that no event was altered or lost.",
      mixinStandardHelpOptions = true)
  static final class Verify extends OnLog {
    @Override
    public Integer call() throws IOException {
      VerifyReport report = JournalVerifier.verify(log());
      String range =
          report.lines() == 0
              ? "no events"
              : "%d events, %d to %d, %d bytes"
                  .formatted(
                      report.lines(),
                      report.firstSequence(),
                      report.lastSequence(),
                      report.bytes());
      if (report.intact()) {
        System.out.println("the event log is intact: " + range);
        return 0;
      }
      System.out.println("the event log is damaged: " + report.damage());
      System.out.println("intact before it: " + range);
      return Main.EXIT_FAILURE;
    }
  }

  /// Writes events for other programs.
  @Command(
      name = "export",
      description = "Writes events for other programs: a trace viewer, a spreadsheet, a consumer.",
      mixinStandardHelpOptions = true)
  static final class Export extends OnLog {
    @Option(
        names = {"-F", "--format"},
        paramLabel = "FORMAT",
        description =
            "cloudevents (JSON lines, default), chrome (ui.perfetto.dev, chrome://tracing) or csv")
    private ExportFormat format = ExportFormat.CLOUDEVENTS;

    @Option(names = "--from", paramLabel = "SEQUENCE", description = "begin with this event")
    private long from = 1;

    @Option(names = "--to", paramLabel = "SEQUENCE", description = "end with this event")
    private long to = Long.MAX_VALUE;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "where to write to (default: standard output)")
    private @Nullable Path output;

    @Mixin private Selection selection = new Selection();

    @Override
    public Integer call() throws IOException {
      JournalReader log = JournalReader.of(log());
      Path file = output;
      if (file == null) {
        OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
        EventExporter.of(format, out).export(log, selection.filter(), from, to);
        out.flush();
        return 0;
      }
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
        long events = EventExporter.of(format, out).export(log, selection.filter(), from, to);
        System.out.println(events + (events == 1 ? " event" : " events") + " written to " + file);
      }
      return 0;
    }
  }

  /// Shows where one server behaves otherwise than another.
  @Command(
      name = "diff",
      description =
          "Aligns two event logs by cause and kind, and prints the events that only one of them"
              + " has. Ends with 1 when there are any.",
      mixinStandardHelpOptions = true)
  static final class Diff implements Callable<Integer> {
    @Parameters(
        index = "0",
        paramLabel = "A",
        description = "data directory, or a server's directory of lifeline observe")
    private Path left = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "the other one")
    private Path right = Path.of("");

    @Mixin private Selection selection = new Selection();

    @Override
    public Integer call() throws IOException {
      List<LogDiff.Difference> differences;
      try {
        differences = LogDiff.between(events(left), events(right));
      } catch (IllegalArgumentException e) {
        throw PgException.fatal(SqlState.PROGRAM_LIMIT_EXCEEDED, "%s", e.getMessage())
            .hint("Select events with --type, --since and --until.");
      }
      for (LogDiff.Difference one : differences) {
        Envelope event = one.event();
        System.out.println(
            (one.side() == LogDiff.Side.LEFT ? "-" : "+")
                + "  ".repeat(one.depth())
                + " "
                + EventType.of(event.event()).shortName()
                + " "
                + event.subject()
                + " #"
                + event.sequence());
      }
      return differences.isEmpty() ? 0 : Main.EXIT_FAILURE;
    }

    private List<Envelope> events(Path directory) throws IOException {
      JournalReader reader = JournalReader.of(OnLog.log(directory));
      EventFilter filter = selection.filter();
      LineReader lines = new LineReader();
      List<Envelope> events = new ArrayList<>();
      try (JournalCursor cursor = reader.cursor(Math.max(1, reader.firstSequence()))) {
        for (List<JournalLine> next = cursor.next(BATCH);
            !next.isEmpty();
            next = cursor.next(BATCH)) {
          for (JournalLine line : next) {
            if (filter.test(line)) {
              events.add(line.envelope(lines));
            }
          }
        }
      }
      return events;
    }
  }
}
