package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server log on standard error, in PostgreSQL's format. A thread of its own writes it, because
/// a full pipe must not stop an event loop; when it cannot follow, lines are dropped and counted.
final class StderrLog implements ServerLog, AutoCloseable {
  private static final int QUEUE = 10_000;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS z", Locale.ROOT);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT);

  private final Supplier<ServerConfig> config;
  private final PrintStream out;
  private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;

  private StderrLog(Supplier<ServerConfig> config, PrintStream out) {
    this.config = config;
    this.out = out;
    this.writer = Thread.ofPlatform().name("server-log").daemon().start(this::write);
  }

  /// A log on this process's standard error.
  static StderrLog open(Supplier<ServerConfig> config) {
    return new StderrLog(config, System.err);
  }

  @Override
  public void report(LogProcess process, PgException message, @Nullable String statement) {
    ServerConfig current = config.get();
    if (rank(message.severity().name()) < rank(current.get(Gucs.LOG_MIN_MESSAGES))) {
      return;
    }
    String prefix = prefix(current, process);
    StringBuilder text = new StringBuilder();
    line(text, prefix, message.severity().name(), message.message());
    optional(text, prefix, "DETAIL", message.detail());
    optional(text, prefix, "HINT", message.hint());
    optional(text, prefix, "CONTEXT", message.context());
    if (statement != null
        && rank(message.severity().name()) >= rank(current.get(Gucs.LOG_MIN_ERROR_STATEMENT))) {
      line(text, prefix, "STATEMENT", statement);
    }
    if (!queue.offer(text.toString())) {
      dropped.incrementAndGet();
    }
  }

  /// LOG ranks between ERROR and FATAL for the server log.
  private static int rank(String severity) {
    return switch (severity.toUpperCase(Locale.ROOT)) {
      case "INFO" -> 2;
      case "NOTICE" -> 3;
      case "WARNING" -> 4;
      case "ERROR" -> 5;
      case "LOG" -> 6;
      case "FATAL" -> 7;
      case "PANIC" -> 8;
      default -> 1;
    };
  }

  private static void optional(
      StringBuilder text, String prefix, String label, @Nullable String value) {
    if (value != null) {
      line(text, prefix, label, value);
    }
  }

  /// Further lines of a text are indented, so that a reader of the log can tell where one begins.
  private static void line(StringBuilder text, String prefix, String label, String value) {
    text.append(prefix)
        .append(label)
        .append(":  ")
        .append(value.replace("\n", "\n\t"))
        .append('\n');
  }

  private static String prefix(ServerConfig config, LogProcess process) {
    String format = config.get(Gucs.LOG_LINE_PREFIX);
    ZoneId zone = ZoneId.of(config.get(Gucs.LOG_TIMEZONE));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char escape = format.charAt(++i);
      if (escape == 'q') {
        if (process.user() == null && process.database() == null) {
          break;
        }
        continue;
      }
      out.append(expand(escape, process, zone));
    }
    return out.toString();
  }

  private static String expand(char escape, LogProcess process, ZoneId zone) {
    return switch (escape) {
      case 'm' -> MILLIS.format(Instant.now().atZone(zone));
      case 't' -> SECONDS.format(Instant.now().atZone(zone));
      case 'p' -> Integer.toString(process.pid());
      case 'b' -> process.backendType();
      case 'u' -> orUnknown(process.user());
      case 'd' -> orUnknown(process.database());
      case 'a' -> orUnknown(process.applicationName());
      case 'h', 'r' -> process.remoteHost() == null ? "[local]" : process.remoteHost();
      case '%' -> "%";
      default -> "";
    };
  }

  private static String orUnknown(@Nullable String value) {
    return value == null ? "[unknown]" : value;
  }

  private void write() {
    try {
      while (true) {
        String text = queue.poll(100, TimeUnit.MILLISECONDS);
        if (text != null) {
          out.print(text);
          long lost = queue.isEmpty() ? dropped.getAndSet(0) : 0;
          if (lost > 0) {
            out.println(
                "WARNING:  " + lost + " messages were dropped because the log was too slow");
          }
          out.flush();
        } else if (closed) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Writes what is queued and ends.
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
