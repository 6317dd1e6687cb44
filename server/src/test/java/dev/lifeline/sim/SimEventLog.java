package dev.lifeline.sim;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalFiles;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.journal.SimulatedJournal;
import dev.lifeline.events.journal.VerifyReport;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.utils.Timers.Timer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The event log in the simulator: the journal itself, with its own files on a disk that fails, and
/// a consumer that reads behind it.
///
/// After each death it is opened as a start opens it. Then it is whole, its sequences are dense, it
/// has everything that the consumer was told, everything that was durable, and after a kill
/// everything that was written; and what it folds to is what was emitted.
final class SimEventLog implements Emitter {
  private static final long WRITE_NANOS_MAX = 2_000_000;

  private final SimScheduler scheduler;
  private final Random random;
  private final long systemIdentifier;
  private final Trace trace;
  private final SimJournalFiles files;
  private final JournalFiles seenFiles;

  /// What was emitted: of the lives before as far as it has survived, and of this one.
  private final List<Envelope> envelopes = new ArrayList<>();

  /// What the consumer was told.
  private final List<byte[]> told = new ArrayList<>();

  /// What must be there after the death of this life.
  private long mustSurvive;

  private ClusterState state = ClusterState.EMPTY;
  private @Nullable SimulatedJournal journal;
  private @Nullable JournalCursor consumer;
  private @Nullable Timer timer;
  private boolean resting;

  /// How many there were when this life began.
  private int before;

  /// @param seen makes something else of the files that the journal sees
  SimEventLog(
      SimScheduler scheduler,
      Random random,
      long systemIdentifier,
      UnaryOperator<JournalFiles> seen,
      Trace trace) {
    this.scheduler = scheduler;
    this.random = random;
    this.systemIdentifier = systemIdentifier;
    this.trace = trace;
    try {
      files = new SimJournalFiles(random, trace);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    seenFiles = seen.apply(files);
  }

  private JournalConfig config() {
    return JournalConfig.of(systemIdentifier)
        .withSegmentBytes(64 << 10)
        .withRetention(Duration.ofDays(10_000), Long.MAX_VALUE)
        .withClock(this::now)
        .withLog(line -> trace.tell(() -> line));
  }

  private Instant now() {
    return Instant.EPOCH.plus(scheduler.epochMicros(), ChronoUnit.MICROS);
  }

  /// A life begins.
  void open() {
    try {
      SimulatedJournal opened = SimulatedJournal.open(seenFiles, config(), scheduler::nanoTime);
      files.beginLife(); // a start that cannot write its log is refused
      journal = opened;
      consumer = opened.durableCursor(told.size() + 1L);
      survived(opened);
      before = envelopes.size();
      if (opened.openReport().tornBytes() > 0) {
        // The journal itself has told of it.
        envelopes.add(envelopeOfRepair(opened));
        state = state.apply(envelopes.getLast());
      }
      resting = true;
      wake();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Checks what is there, and forgets what is not.
  private void survived(SimulatedJournal opened) throws IOException {
    int last = (int) opened.openReport().lastSequence();
    Worker.check(!opened.openReport().damaged(), "the event log is damaged after event %d", last);
    Worker.check(last >= mustSurvive, "event %d was safe, the log has %d", mustSurvive, last);
    Worker.check(
        last >= told.size(),
        "the consumer was told of event %d, the log has %d",
        told.size(),
        last);
    Worker.check(last <= envelopes.size(), "of %d events the log has %d", envelopes.size(), last);
    VerifyReport report = JournalVerifier.verify(files.directory());
    Worker.check(report.intact() && report.lastSequence() == last, "events verify: %s", report);
    List<JournalLine> lines = JournalReader.of(files.directory()).read(1, Integer.MAX_VALUE);
    Worker.check(lines.size() == last, "the log has %d of %d lines", lines.size(), last);
    for (int i = 0; i < told.size(); i++) {
      Worker.check(
          Arrays.equals(told.get(i), lines.get(i).bytes()),
          "the consumer was told %s and the log has %s",
          new String(told.get(i), StandardCharsets.UTF_8),
          lines.get(i));
    }
    envelopes.subList(last, envelopes.size()).clear();
    state = ClusterState.EMPTY;
    envelopes.forEach(envelope -> state = state.apply(envelope));
    Worker.check(
        Arrays.equals(state.toJson(), opened.stateAtOpen().toJson()),
        "the events that are there do not come to the state of the log");
  }

  private Envelope envelopeOfRepair(SimulatedJournal opened) {
    return new Envelope(
        systemIdentifier,
        envelopes.size() + 1L,
        now(),
        Subject.JOURNAL,
        0,
        null,
        new ObserverEvent.GapDetected(
            "journal", null, opened.openReport().tornBytes(), "a half-written tail was cut off"));
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext context) {
    SimulatedJournal open = journal;
    if (open == null) {
      return 0; // of a server that is dead
    }
    long sequence = open.emit(subject, event, cause, context);
    Worker.check(
        sequence == envelopes.size() + 1L,
        "event %d has sequence %d",
        envelopes.size() + 1L,
        sequence);
    Envelope envelope =
        new Envelope(
            systemIdentifier,
            sequence,
            now(),
            subject,
            cause < sequence ? Math.max(cause, 0) : 0,
            context,
            event);
    envelopes.add(envelope);
    state = state.apply(envelope);
    trace.tell(() -> "event " + sequence + " " + subject + " " + event);
    wake();
    return sequence;
  }

  /// The writer has something to do.
  private void wake() {
    if (resting) {
      resting = false;
      Timer sleeping = timer;
      if (sleeping != null) {
        sleeping.cancel();
      }
      timer = scheduler.schedule(1 + random.nextInt((int) WRITE_NANOS_MAX), this::write);
    }
  }

  private void write() {
    SimulatedJournal open = journal;
    if (open == null) {
      return;
    }
    long wait = open.step();
    consume();
    timer = null;
    resting = wait != 0;
    if (wait != Long.MAX_VALUE && wait >= 0) {
      timer = scheduler.schedule(1 + wait, this::write);
    }
  }

  private void consume() {
    JournalCursor cursor = consumer;
    try {
      for (JournalLine line : cursor == null ? List.<JournalLine>of() : cursor.next(1000)) {
        Worker.check(
            line.sequence() == told.size() + 1L,
            "the consumer expects event %d and gets %d",
            told.size() + 1L,
            line.sequence());
        told.add(line.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the events tell of the cluster.
  ClusterState state() {
    return state;
  }

  /// The events from a sequence on.
  List<Envelope> from(long sequence) {
    return envelopes.subList((int) sequence - 1, envelopes.size());
  }

  List<Envelope> ofThisLife() {
    return envelopes.subList(before, envelopes.size());
  }

  /// A life ends: in order, or by a death in the middle of anything.
  void end(boolean died, boolean powerLost) {
    SimulatedJournal open = journal;
    if (open == null) {
      return;
    }
    try {
      if (died) {
        die(open, powerLost);
      } else {
        open.close();
        mustSurvive = open.durable();
        Worker.check(
            open.durable() == envelopes.size(),
            "the log was closed with %d of %d events",
            open.durable(),
            envelopes.size());
      }
      files.dead();
      if (powerLost) {
        files.losePower();
      }
      JournalCursor cursor = consumer;
      if (cursor != null) {
        cursor.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    journal = null;
    consumer = null;
    timer = null;
  }

  private void die(SimulatedJournal open, boolean powerLost) {
    if (random.nextInt(3) == 0) {
      files.die();
      try {
        open.step();
      } catch (SimJournalFiles.Killed killed) {
        trace.tell(killed::getMessage);
      }
      consume();
    }
    mustSurvive = powerLost ? open.durable() : open.published();
  }

  /// The run is over.
  void delete() {
    try {
      files.delete();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
