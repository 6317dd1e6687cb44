package dev.lifeline.observe;

import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.observe.log.LogFile;
import dev.lifeline.observe.log.LogFormat;
import dev.lifeline.observe.log.LogReading;
import dev.lifeline.observe.log.LogTime;
import dev.lifeline.observe.message.Redaction;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Observes one server, for as long as it is deployed.
///
/// Why it exists: it gives an [Observation] a connection, an event loop and the time. Who starts
/// it: `lifeline observe`, one for each server. It stops when it is undeployed: what was read is on
/// the journal, and the next one reads on from there. When the server is away it asks again, ever
/// more slowly, and costs nothing else. If it crashes nothing is lost but time.
///
/// The log comes first: differences of the views are told only when the log was read to its end
/// after they were taken, so that a process that is gone from the views has had its last word.
public final class ObserverVerticle extends VerticleBase {
  /// Where a server that was never observed is read from.
  public enum Begin {
    /// The oldest log file that there is.
    OLDEST,
    /// The file that is written now, from its beginning.
    CURRENT,
    /// What comes from now on.
    NOW
  }

  /// How a server's observation goes.
  public record Status(Target target, boolean attached, String text) {}

  private static final int CHUNK_BYTES = 512 << 10;
  private static final int CHECK_BYTES = 64 << 10;
  private static final int QUEUED_MAX = 16_384;
  private static final long FULL_QUEUE_MS = 5;
  private static final long POLL_MS_MIN = 50;
  private static final long POLL_MS_MAX = 400;
  private static final long LIST_MS = 5_000;
  private static final long AWAY_MS_MIN = 250;
  private static final long AWAY_MS_MAX = 5_000;

  /// A question is followed by so many times its duration of silence, so that an observer takes
  /// less than a hundredth of a core's time where one is free. News of the log are never waited for
  /// longer than [#POLL_MS_MAX], so that they are on the timeline within a second.
  private static final int SHARE_OF_TIME = 20;

  private final Target target;
  private final Journals journals;
  private final Redaction redaction;
  private final Begin begin;
  private final Consumer<Status> status;

  private long awayMs = AWAY_MS_MIN;
  private boolean stopped;
  private boolean toldAway;
  private Journals.@Nullable Shelf shelf;
  private long systemIdentifier;
  private @Nullable Attachment attachment;

  /// An observer of a server.
  public ObserverVerticle(
      Target target, Journals journals, Redaction redaction, Begin begin, Consumer<Status> status) {
    this.target = target;
    this.journals = journals;
    this.redaction = redaction;
    this.begin = begin;
    this.status = status;
  }

  @Override
  public Future<?> start() {
    attach();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    Attachment current = attachment;
    attachment = null;
    return current == null ? Future.succeededFuture() : current.link.close();
  }

  private void attach() {
    if (stopped) {
      return;
    }
    ServerLink.open(vertx, target)
        .compose(link ->
            shelf(link.facts())
                .compose(opened -> new Attachment(link, opened).begin())
                .recover(error -> link.close().transform(closed -> Future.failedFuture(error))))
        .onFailure(this::away);
  }

  private Future<Journals.Shelf> shelf(ServerFacts facts) {
    Journals.Shelf known = shelf;
    if (known != null && systemIdentifier == facts.systemIdentifier()) {
      return Future.succeededFuture(known);
    }
    return vertx
        .executeBlocking(
            () -> journals.shelf(target.name(), facts.systemIdentifier(), redaction), false)
        .map(made -> {
          Journals.Shelf opened = Objects.requireNonNull(made, "a shelf or a failure");
          if (known != null) {
            // Somebody put another cluster in this one's place: its story goes elsewhere.
            tell(known, "another cluster answers at " + target.shown());
          }
          shelf = opened;
          systemIdentifier = facts.systemIdentifier();
          return opened;
        });
  }

  private void tell(Journals.Shelf on, String reason) {
    on.observation()
        .tell(
            Observation.OBSERVER,
            new ObserverEvent.Detached(target.shown(), reason),
            Instant.now());
  }

  private void away(Throwable error) {
    attachment = null;
    if (stopped) {
      return;
    }
    String reason = Objects.requireNonNullElse(error.getMessage(), error.toString());
    if (!toldAway) {
      toldAway = true;
      status.accept(new Status(target, false, reason));
      Journals.Shelf known = shelf;
      if (known != null) {
        tell(known, reason);
      }
    }
    vertx.setTimer(awayMs, timer -> attach());
    awayMs = Math.min(AWAY_MS_MAX, awayMs * 2);
  }

  /// The time from a connection to its end.
  private final class Attachment {
    final ServerLink link;
    private final ServerFacts facts;
    private final Observation observation;
    private final Journals.Shelf opened;
    private final ServerViews views;
    private final AdaptiveInterval logInterval =
        new AdaptiveInterval(POLL_MS_MIN, POLL_MS_MAX, SHARE_OF_TIME);
    private @Nullable LogReading reading;
    private long listedAt;
    private long viewsDueAt;
    private boolean viewsTaken;
    private boolean lastReadBeforeRotation;

    Attachment(ServerLink link, Journals.Shelf opened) {
      this.link = link;
      this.opened = opened;
      facts = link.facts();
      observation = opened.observation();
      views = new ServerViews(facts, observation, link.pid());
    }

    Future<Void> begin() {
      if (stopped) {
        return link.close();
      }
      attachment = this;
      observation.story().isPrimary(!facts.inRecovery());
      LogFormat format = facts.format();
      Future<Void> placed =
          format == null || !facts.readsLog() ? Future.succeededFuture() : place(format);
      return placed.map(done -> {
        // Until here a connection that ends is told by the question that fails, and once is enough.
        link.onClose(() -> lost(new IllegalStateException("the connection was closed")));
        attached();
        step();
        return null;
      });
    }

    private void attached() {
      awayMs = AWAY_MS_MIN;
      toldAway = false;
      LogReading log = reading;
      observation.tell(
          Observation.OBSERVER,
          new ObserverEvent.Attached(
              target.shown(),
              facts.version(),
              log == null ? null : log.file(),
              log == null ? 0 : log.readFrom()),
          Instant.now());
      String what =
          log == null
              ? "its log cannot be read, so only what the statistics views show is told"
              : "reading " + log.file() + " from byte " + log.readFrom();
      if (log == null) {
        observation.gap(what, Instant.now());
      }
      status.accept(new Status(target, true, "PostgreSQL " + facts.version() + ", " + what));
    }

    /// Finds where to read on.
    private Future<Void> place(LogFormat format) {
      Origin place = observation.place();
      if (!place.logFile().isEmpty() && format.isName(place.logFile())) {
        return link.read(place.logFile(), Math.max(0, place.logOffset() - CHECK_BYTES), CHECK_BYTES)
            .map(before -> {
              resume(format, place, before);
              return null;
            });
      }
      return switch (begin) {
        case OLDEST ->
            link.list(format)
                .map(files -> {
                  reading =
                      files.stream()
                          .min(Comparator.comparingLong(LogFile::modified))
                          .map(file -> open(format, file.name(), 0))
                          .orElse(null);
                  return null;
                });
        case CURRENT -> {
          String current = facts.currentLogFile();
          reading = current == null ? null : open(format, current, 0);
          yield Future.succeededFuture();
        }
        case NOW ->
            link.list(format)
                .map(files -> {
                  reading =
                      files.stream()
                          .filter(file -> file.name().equals(facts.currentLogFile()))
                          .findFirst()
                          .map(file -> open(format, file.name(), file.size()))
                          .orElse(null);
                  return null;
                });
      };
    }

    /// What lies before the place must be what was read.
    private void resume(LogFormat format, Origin place, byte @Nullable [] before) {
      boolean same =
          before != null
              && (place.logOffset() == 0
                  || endsThere(
                      before,
                      (int) Math.min(place.logOffset(), CHECK_BYTES),
                      observation.lastSession()));
      if (before != null && !same) {
        observation.gap(
            "log file " + place.logFile() + " is not the one that was read", Instant.now());
        reading = open(format, place.logFile(), 0);
      } else {
        reading = open(format, place.logFile(), place.logOffset());
      }
    }

    /// The record before the place is of the session that was read last; its beginning, where the
    /// session is, may lie before what was asked for.
    private static boolean endsThere(byte[] before, int length, String session) {
      return before.length >= length
          && before[length - 1] == '\n'
          && (length == CHECK_BYTES
              || new String(before, 0, length, StandardCharsets.UTF_8).contains(session));
    }

    private LogReading open(LogFormat format, String file, long offset) {
      observation.moveTo(file, offset);
      return new LogReading(format.parser(new LogTime(facts.logTimezone())), file, offset);
    }

    private boolean current() {
      return attachment == this;
    }

    /// One round; it sees to the next one itself.
    private void step() {
      if (!current()) {
        return;
      }
      if (opened.journal().queued() > QUEUED_MAX) {
        vertx.setTimer(FULL_QUEUE_MS, timer -> step());
        return;
      }
      Future<Long> round;
      try {
        round = round();
      } catch (RuntimeException e) {
        round = Future.failedFuture(e);
      }
      round
          .onSuccess(wait -> {
            if (wait <= 0) {
              step();
            } else {
              vertx.setTimer(wait, timer -> step());
            }
          })
          .onFailure(this::lost);
    }

    private void lost(Throwable error) {
      if (current()) {
        attachment = null; // once, whether the end itself is heard of first or a question fails
        link.close().onComplete(closed -> away(error));
      }
    }

    /// Reads the log, or looks after it at its end. Returns how long to wait.
    private Future<Long> round() {
      LogReading log = reading;
      long now = System.nanoTime() / 1_000_000;
      if (log == null) {
        return views(now).map(POLL_MS_MAX);
      }
      return link.read(log.file(), log.readFrom(), CHUNK_BYTES)
          .compose(bytes -> {
            double costMs = System.nanoTime() / 1_000_000.0 - now;
            if (bytes == null || bytes.length == 0) {
              return atEnd(log, bytes == null, now)
                  .map(again -> again ? 0L : logInterval.next(false, costMs));
            }
            boolean news = take(log, bytes);
            boolean more = bytes.length == CHUNK_BYTES;
            return Future.succeededFuture(more ? 0L : logInterval.next(news, costMs));
          });
    }

    /// Whether there was anything but what the observer's own questions left in the log.
    private boolean take(LogReading log, byte[] bytes) {
      boolean news = false;
      log.chunk(bytes);
      for (LogReading.Item item = log.next(); item != null; item = log.next()) {
        observation.read(item);
        news |= item.record() == null || item.record().pid() != link.pid();
      }
      return news;
    }

    /// Returns whether to go on at once.
    private Future<Boolean> atEnd(LogReading log, boolean gone, long now) {
      if (lastReadBeforeRotation) {
        lastReadBeforeRotation = false;
        LogReading.Item half = log.rotate();
        if (half != null) {
          observation.read(half);
        }
        observation.moveTo(log.file(), 0);
        return Future.succeededFuture(true);
      }
      if (viewsTaken) {
        viewsTaken = false;
        views.tell();
      }
      LogFormat format = Objects.requireNonNull(facts.format(), "the log is read");
      return link.currentLogFile(format)
          .compose(writing -> {
            boolean elsewhere = writing != null && !writing.equals(log.file());
            if (!gone && !elsewhere && now - listedAt < LIST_MS) {
              return views(now).map(viewsTaken);
            }
            listedAt = now;
            return look(log, format);
          });
    }

    private Future<Boolean> look(LogReading log, LogFormat format) {
      return link.list(format)
          .compose(files ->
              link.read(log.file(), 0, LogReading.HEAD_BYTES)
                  .map(head -> {
                    String before = log.file();
                    switch (log.listed(files, head == null ? new byte[0] : head)) {
                      case SAME -> {
                        return false;
                      }
                      case ROTATED -> lastReadBeforeRotation = true;
                      case TRUNCATED -> lost(log, before, " was truncated or replaced");
                      case REMOVED -> lost(log, before, " was removed");
                    }
                    return true;
                  }));
    }

    private void lost(LogReading log, String before, String what) {
      observation.moveTo(log.file(), 0);
      observation.gap("log file " + before + what, Instant.now());
    }

    /// Asks the views when it is time; what they say is told when the log was read to its end.
    private Future<Void> views(long now) {
      if (now < viewsDueAt) {
        return Future.succeededFuture();
      }
      return views
          .take(link)
          .map(done -> {
            long costMs = System.nanoTime() / 1_000_000 - now;
            viewsDueAt = now + Math.max(ServerViews.INTERVAL_MS, costMs * SHARE_OF_TIME);
            if (reading == null) {
              views.tell();
            } else {
              viewsTaken = true;
            }
            return null;
          });
    }
  }
}
