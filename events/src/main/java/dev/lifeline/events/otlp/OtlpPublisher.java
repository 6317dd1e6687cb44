package dev.lifeline.events.otlp;

import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalFiles;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.ReadHold;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Exports a journal's spans over OTLP/HTTP, from a thread of its own, for as long as it is open.
///
/// Spans wait for the collector in a bounded queue. What does not fit is dropped: traces that come
/// an hour late help nobody, and the events stay on the log. How many were dropped is reported
/// there too, once the collector is back.
public final class OtlpPublisher implements AutoCloseable {
  private static final int READ_BATCH = 512;
  private static final long BACKOFF_MS_MIN = 200;
  private static final long BACKOFF_MS_MAX = 10_000;

  /// A batch that is refused so often is given up: it may be the batch.
  private static final int ATTEMPTS_MAX = 20;

  private static final long STORE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /// A span that waits.
  ///
  /// @param sequence the event that finished it
  /// @param resumeFrom where to begin reading so that it comes about again
  private record Waiting(SpanData span, long sequence, long resumeFrom) {}

  private final Journal journal;
  private final OtlpConfig config;
  private final Consumer<OtlpStatus> listener;
  private final SpanProjector projector;
  private final SpanExporter exporter;
  private final JournalFiles files;
  private final ReadHold hold;
  private final Semaphore wakeups = new Semaphore(0);
  private final Runnable wake = wakeups::release;
  private final Thread thread;

  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final LineReader reader = new LineReader();
  private final long exportedBefore;
  private final JournalCursor cursor;
  private OtlpProgress stored;
  private long storedNanos = System.nanoTime();
  private long readSequence;
  private long exportedSpans;
  private long droppedSpans;
  private long droppedUntold;
  private @Nullable CompletableResultCode inFlight;
  private int inFlightSpans;
  private int attempts;
  private long retryNanos;

  private volatile long closeNanos;
  private volatile boolean closing;
  private volatile OtlpStatus status;

  private OtlpPublisher(Journal journal, OtlpConfig config, Consumer<OtlpStatus> listener)
      throws IOException {
    this.journal = journal;
    this.config = config;
    this.listener = listener;
    projector =
        new SpanProjector(journal.systemIdentifier(), config.resource(journal.systemIdentifier()));
    exporter = config.spanExporter();
    files = JournalFiles.local(journal.directory());
    stored = OtlpProgress.load(journal);
    stored.store(files); // a first run that is killed before it exported anything is not the past
    exportedBefore = stored.exported();
    readSequence = stored.resumeFrom() - 1;
    hold = journal.hold("otlp", exportedBefore + 1);
    cursor = journal.durableReader().cursor(stored.resumeFrom());
    status = new OtlpStatus(OtlpStatus.State.EXPORTING, exportedBefore, 0, 0, null);
    thread = Thread.ofPlatform().name("otlp publisher").daemon().unstarted(this::run);
  }

  /// Starts to export; does not wait for the collector.
  ///
  /// @param listener is told, on the publisher's thread, when the state or the reason changes
  /// @throws IOException when the progress of the last run cannot be read
  public static OtlpPublisher start(
      Journal journal, OtlpConfig config, Consumer<OtlpStatus> listener) throws IOException {
    OtlpPublisher publisher = new OtlpPublisher(journal, config, listener);
    journal.addListener(publisher.wake);
    publisher.thread.start();
    return publisher;
  }

  public OtlpStatus status() {
    return status;
  }

  private void run() {
    try {
      while (!isOver()) {
        wakeups.drainPermits();
        boolean read = read();
        settle();
        send();
        store(false);
        if (!read) {
          await();
        }
      }
      store(true);
      tell(OtlpStatus.State.CLOSED, null);
    } catch (InterruptedException e) {
      tell(OtlpStatus.State.CLOSED, null);
    } catch (IOException | RuntimeException e) {
      tell(OtlpStatus.State.CLOSED, "unexpected error: " + e);
    } finally {
      journal.removeListener(wake);
      hold.close();
      exporter.shutdown();
      try {
        cursor.close();
      } catch (IOException e) {
        tell(OtlpStatus.State.CLOSED, "could not close the event log: " + e.getMessage());
      }
    }
  }

  private boolean isOver() {
    if (!closing) {
      return false;
    }
    boolean done = queue.isEmpty() && readSequence >= journal.durableSequence();
    return done || System.nanoTime() - closeNanos >= 0;
  }

  /// Sleeps until something is to be done.
  private void await() throws InterruptedException {
    long nanos = TimeUnit.SECONDS.toNanos(1); // to store the progress
    if (inFlight == null && !queue.isEmpty()) {
      nanos = Math.max(1, retryNanos - System.nanoTime());
    }
    if (closing) {
      nanos = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(20));
    }
    var _ = wakeups.tryAcquire(nanos, TimeUnit.NANOSECONDS);
  }

  private boolean read() throws IOException {
    List<JournalLine> lines = cursor.next(READ_BATCH);
    for (JournalLine line : lines) {
      long resumeFrom = projector.resumeFrom(line.sequence());
      for (SpanData span : spans(line)) {
        if (line.sequence() <= exportedBefore) {
          continue; // read again only for the spans that were open
        }
        if (queue.size() < config.queueSpansMax()) {
          queue.addLast(new Waiting(span, line.sequence(), resumeFrom));
        } else {
          droppedSpans++;
          droppedUntold++;
        }
      }
      readSequence = Math.max(readSequence, line.sequence());
    }
    return !lines.isEmpty();
  }

  private List<? extends SpanData> spans(JournalLine line) {
    try {
      return projector.apply(line, reader);
    } catch (EventFormatException e) {
      return List.of(); // of a version that knows more types
    }
  }

  /// Hands the oldest spans to the exporter, one batch at a time.
  private void send() {
    if (inFlight != null || queue.isEmpty() || System.nanoTime() - retryNanos < 0) {
      return;
    }
    List<SpanData> batch = new ArrayList<>();
    for (Waiting waiting : queue) {
      if (batch.size() == config.batchSpansMax()) {
        break;
      }
      batch.add(waiting.span);
    }
    inFlightSpans = batch.size();
    CompletableResultCode result = exporter.export(batch);
    inFlight = result;
    result.whenComplete(wake);
  }

  /// Looks at what became of the batch on its way.
  private void settle() {
    CompletableResultCode result = inFlight;
    if (result == null || !result.isDone()) {
      return;
    }
    inFlight = null;
    if (result.isSuccess()) {
      attempts = 0;
      retryNanos = System.nanoTime();
      exportedSpans += inFlightSpans;
      remove(inFlightSpans);
      tell(OtlpStatus.State.EXPORTING, null);
      tellOfDropped();
      return;
    }
    attempts++;
    if (attempts == ATTEMPTS_MAX) {
      attempts = 0;
      droppedSpans += inFlightSpans;
      droppedUntold += inFlightSpans;
      remove(inFlightSpans);
    }
    long backoffMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN << Math.min(attempts, 10));
    retryNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoffMs);
    Throwable failure = result.getFailureThrowable();
    String message = failure == null ? null : failure.getMessage();
    tell(OtlpStatus.State.AWAY, message == null ? "the collector does not answer" : message);
  }

  private void remove(int count) {
    for (int i = 0; i < count; i++) {
      queue.removeFirst();
    }
  }

  private void tellOfDropped() {
    if (droppedUntold > 0) {
      journal.emit(
          Subject.JOURNAL,
          new ObserverEvent.GapDetected(
              "otlp", droppedUntold, 0, "spans did not fit the queue to the collector"));
      droppedUntold = 0;
    }
  }

  private OtlpProgress progress() {
    if (readSequence < exportedBefore) {
      return stored; // the spans that were open then are not open again yet
    }
    Waiting oldest = queue.peekFirst();
    return oldest == null
        ? new OtlpProgress(readSequence, projector.resumeFrom(readSequence + 1))
        : new OtlpProgress(oldest.sequence - 1, oldest.resumeFrom);
  }

  private void store(boolean now) {
    OtlpProgress progress = progress();
    hold.advance(progress.exported() + 1);
    OtlpStatus before = status;
    status =
        new OtlpStatus(
            before.state(), progress.exported(), exportedSpans, droppedSpans, before.reason());
    boolean due = System.nanoTime() - storedNanos > STORE_INTERVAL_NANOS;
    if ((now || due) && !progress.equals(stored)) {
      storedNanos = System.nanoTime();
      try {
        progress.store(files);
        stored = progress;
      } catch (IOException e) {
        return; // on a full disk; the worst that can come of it is a span that is sent twice
      }
    }
  }

  private void tell(OtlpStatus.State state, @Nullable String reason) {
    OtlpStatus before = status;
    status = new OtlpStatus(state, before.exportedSequence(), exportedSpans, droppedSpans, reason);
    if (before.state() != state || !Objects.equals(before.reason(), reason)) {
      listener.accept(status);
    }
  }

  /// Exports what was emitted before, for five seconds at most, and stops. What is left is exported
  /// after the next start.
  @Override
  public void close() {
    close(DRAIN);
  }

  /// The same, with another limit.
  public void close(Duration drain) {
    closeNanos = System.nanoTime() + drain.toNanos();
    boolean interrupted = false;
    try {
      journal.awaitFlush(drain); // only what is durable is exported
      closing = true;
      wakeups.release();
      if (!thread.join(drain.plusSeconds(1))) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      closing = true;
      thread.interrupt();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
