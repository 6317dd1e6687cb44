package dev.lifeline.postmaster;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.error.LogEntry;
import dev.lifeline.utils.error.LogFormat;
import dev.lifeline.utils.error.LogLevels;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.LogVerbosity;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server log: takes what the processes say and writes it on a thread of its own, because a
/// full pipe or a slow disk must not stop an event loop. Where the thread cannot follow, messages
/// are dropped and counted.
///
/// It writes to standard error, and into the files of [SysLogger] while there is one.
public final class LogWriter implements ServerLog, AutoCloseable {
  /// So many messages wait for the thread at most.
  private static final int WAITING_MAX = 10_000;

  private final PrintStream out;
  private final Clock clock;
  private final long startMicros;
  private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private volatile Supplier<ServerConfig> config;
  private volatile boolean closed;

  /// Belongs to the writer's thread.
  private @Nullable LogFiles files;

  /// What the thread does next.
  private sealed interface Item {}

  private record Message(LogEntry entry) implements Item {}

  private record Task(Runnable work) implements Item {}

  private LogWriter(Supplier<ServerConfig> config, Clock clock, PrintStream out) {
    this.config = config;
    this.clock = clock;
    this.startMicros = clock.epochMicros();
    this.out = out;
    this.writer = Thread.ofPlatform().name("server-log").daemon().start(this::write);
  }

  /// A log on this process's standard error, in UTF-8 whatever the locale is that it was started
  /// in.
  public static LogWriter open(Supplier<ServerConfig> config, Clock clock) {
    FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
    return new LogWriter(config, clock, new PrintStream(stderr, true, StandardCharsets.UTF_8));
  }

  /// From here on the parameters are those of the running server.
  void follow(Supplier<ServerConfig> current) {
    config = current;
  }

  @Override
  public void report(LogProcess process, PgException message, @Nullable String statement) {
    ServerConfig current = config.get();
    if (!LogLevels.reaches(message.severity(), current.get(Gucs.LOG_MIN_MESSAGES))) {
      return;
    }
    boolean shown =
        LogLevels.reaches(message.severity(), current.get(Gucs.LOG_MIN_ERROR_STATEMENT));
    String verbosity = current.get(Gucs.LOG_ERROR_VERBOSITY).toUpperCase(Locale.ROOT);
    LogProcess known = process.startMicros() == 0 ? process.startedAt(startMicros) : process;
    write(
        LogEntry.of(
            clock.epochMicros(),
            known,
            message,
            shown ? statement : null,
            0,
            LogVerbosity.valueOf(verbosity)));
  }

  @Override
  public void write(LogEntry entry) {
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      dropped.incrementAndGet();
    } else {
      queue.add(new Message(entry));
    }
  }

  /// Does something on the log's thread, after what was logged before.
  void execute(Runnable work) {
    queue.add(new Task(work));
  }

  /// There is no collector in this data directory any more.
  void forgetFiles(Path dataDirectory) {
    execute(() -> {
      try {
        LogFiles.forget(dataDirectory);
      } catch (IOException e) {
        out.println("could not remove file \"" + LogFiles.CURRENT + "\": " + e.getMessage());
      }
    });
  }

  /// On the log's thread: from here on the log goes into these files; null: to standard error.
  ///
  /// @return the files that it went into before; null where there were none
  @Nullable LogFiles collectInto(@Nullable LogFiles into) {
    LogFiles before = files;
    files = into;
    return before;
  }

  private void write() {
    try {
      while (true) {
        Item item = queue.poll(100, TimeUnit.MILLISECONDS);
        switch (item) {
          case Message(LogEntry entry) -> {
            waiting.decrementAndGet();
            writeOut(entry);
          }
          case Task(Runnable work) -> work.run();
          case null -> {
            if (closed) {
              closeFiles();
              return;
            }
          }
        }
        if (queue.isEmpty()) {
          tellDropped();
          flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeOut(LogEntry entry) {
    ServerConfig current = config.get();
    LogFiles into = files;
    if (into == null) {
      out.print(text(LogFormat.STDERR, entry, current));
      return;
    }
    for (String destination : current.get(Gucs.LOG_DESTINATION).split(",", -1)) {
      LogFormat format = LogFormat.of(destination.strip());
      if (format == null) {
        continue;
      }
      String text = text(format, entry, current);
      try {
        into.write(format, text, current, clock.epochMicros());
      } catch (IOException | UncheckedIOException e) {
        // The disk is full, or the directory is gone: the message is not lost for that.
        out.println("could not write to log file: " + e.getMessage());
        out.print(text);
      }
    }
  }

  private static String text(LogFormat format, LogEntry entry, ServerConfig config) {
    return format.format(entry, config.get(Gucs.LOG_LINE_PREFIX), config.get(Gucs.LOG_TIMEZONE));
  }

  private void tellDropped() {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      out.println("WARNING:  " + lost + " messages were dropped because the log was too slow");
    }
  }

  private void flush() {
    out.flush();
    LogFiles into = files;
    if (into != null) {
      try {
        into.flush();
      } catch (IOException e) {
        out.println("could not write to log file: " + e.getMessage());
      }
    }
  }

  private void closeFiles() {
    LogFiles into = files;
    if (into != null) {
      files = null;
      try {
        into.close();
      } catch (UncheckedIOException e) {
        out.println("could not close log file: " + e.getMessage());
      }
    }
    out.flush();
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
