package dev.lifeline.main;

import dev.lifeline.dashboard.Actions;
import dev.lifeline.events.AnnotationEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.postmaster.PostmasterVerticle;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the dashboard may do to this server. The token lies in the data directory, readable by its
/// owner alone: who may read that may do all of this anyway.
final class DashboardActions implements Actions {
  private static final String TOKEN_FILE = "dashboard.token";
  private static final int TOKEN_BYTES = 16;
  private static final String BY = "dashboard";
  private static final Subject AUTHORS = new Subject(BY, 0);

  private static final List<Drill> DRILLS =
      List.of(
          new Drill(
              "crash_backend",
              "Crash a session",
              true,
              List.of(
                  "fault.injected",
                  "process.crashed",
                  "process.terminated",
                  "postmaster.shared_memory_initialized",
                  "recovery.completed",
                  "postmaster.state_changed")),
          new Drill(
              "crash_worker",
              "Crash a worker",
              true,
              List.of(
                  "fault.injected",
                  "process.crashed",
                  "postmaster.shared_memory_initialized",
                  "recovery.completed",
                  "postmaster.state_changed")),
          new Drill(
              "checkpoint",
              "Checkpoint",
              false,
              List.of("checkpoint.started", "checkpoint.completed")),
          new Drill(
              "reload", "Reload the configuration", false, List.of("postmaster.config_reloaded")));

  private final Journal journal;
  private final Supplier<@Nullable PostmasterVerticle> postmaster;
  private final Path file;
  private final byte[] token;
  private final DashboardQueries queries;
  private final @Nullable String jaegerUrl;

  /// @param postmaster null while it is not started
  DashboardActions(
      Path dataDirectory,
      Journal journal,
      Supplier<@Nullable PostmasterVerticle> postmaster,
      DashboardQueries queries,
      @Nullable String jaegerUrl)
      throws IOException {
    this.journal = journal;
    this.postmaster = postmaster;
    this.queries = queries;
    this.jaegerUrl = jaegerUrl;
    file = dataDirectory.resolve(TOKEN_FILE);
    if (!Files.exists(file)) {
      write(file);
    }
    token = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
    if (token.length < 2 * TOKEN_BYTES) {
      throw new IOException(file + " holds no token; remove it to have a new one made");
    }
  }

  private static void write(Path file) throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, HexFormat.of().formatHex(random) + "\n", StandardOpenOption.WRITE);
  }

  @Override
  public boolean admits(String given) {
    return MessageDigest.isEqual(token, given.strip().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String whereTheTokenIs() {
    return file.toString();
  }

  @Override
  public @Nullable String jaegerUrl() {
    return jaegerUrl;
  }

  @Override
  public List<Drill> drills() {
    return DRILLS;
  }

  @Override
  public Future<Long> drill(String name, int pid) {
    PostmasterVerticle running = postmaster.get();
    if (running == null) {
      return Future.failedFuture("the server is starting");
    }
    long before = journal.lastSequence();
    return switch (name) {
      case "crash_backend" -> running.crash(false, pid, BY).map(before);
      case "crash_worker" -> running.crash(true, pid, BY).map(before);
      case "checkpoint" -> running.requestCheckpoint().map(before);
      case "reload" -> {
        running.reload();
        yield Future.succeededFuture(before);
      }
      default -> Future.failedFuture("there is no drill " + name);
    };
  }

  @Override
  public Future<QueryResult> query(
      String sql, @Nullable String user, @Nullable String password, int rowsMax) {
    return queries.run(sql, user, password, rowsMax);
  }

  @Override
  public Future<Long> annotate(
      String text, String author, long atSequence, @Nullable Long untilSequence) {
    if (atSequence > journal.lastSequence()) {
      return Future.failedFuture("there is no event " + atSequence);
    }
    long sequence =
        journal.emit(AUTHORS, new AnnotationEvent.Added(text, author, untilSequence), atSequence);
    return sequence == 0
        ? Future.failedFuture("the log cannot take it now")
        : Future.succeededFuture(sequence);
  }
}
