package dev.lifeline.events.otlp;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.codec.Names;
import io.opentelemetry.api.trace.SpanContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The traces of the cluster as a whole: start, crash recovery, checkpoints.
///
/// Start and crash recovery are phases: one begins with `postmaster.started` or `process.crashed`,
/// ends when the postmaster reaches `PM_RUN` or stops, and everything that the postmaster does in
/// between is a child of it. A checkpoint within a phase is a child too; otherwise it has a trace
/// of its own.
final class ClusterSpans {
  private static final String READY_STATE = "PM_RUN";

  private final SpanOutput out;
  private final Map<Integer, SpanDraft> forks = new HashMap<>();
  private final Map<Integer, SpanDraft> terminations = new HashMap<>();
  private @Nullable SpanDraft phase;

  /// The last thing that happened in the phase: a step that has no event for its beginning began
  /// there.
  private long stepNanos;

  private @Nullable SpanDraft recovery;
  private @Nullable SpanDraft checkpoint;

  ClusterSpans(SpanOutput out) {
    this.out = out;
  }

  void postmaster(Envelope envelope, PostmasterEvent event) {
    switch (event) {
      case PostmasterEvent.Started started -> {
        forget();
        begin(
            out.root("startup", envelope, envelope.trace())
                .put("service.version", started.version())
                .put("lifeline.server_version", started.serverVersion())
                .put("lifeline.data_directory", started.dataDirectory()));
      }
      case PostmasterEvent.ConfigLoaded loaded ->
          step("config", envelope, draft -> draft.put("lifeline.config_file", loaded.file()));
      case PostmasterEvent.SharedMemoryInitialized memory ->
          step(
              "shared memory",
              envelope,
              draft -> draft.put("lifeline.shared_memory_bytes", memory.totalBytes()));
      case PostmasterEvent.Listening listening ->
          step(
              "listen",
              envelope,
              draft ->
                  draft
                      .put("server.address", listening.address())
                      .put("server.port", listening.port()));
      case PostmasterEvent.StateChanged changed -> {
        if (changed.toState().equals(READY_STATE)) {
          step("ready", envelope, draft -> {});
          endPhase(envelope, null);
        }
      }
      case PostmasterEvent.Stopped stopped -> {
        endPhase(envelope, "the server stopped");
        forget();
      }
      case PostmasterEvent.ConfigReloaded reloaded -> {}
      case PostmasterEvent.ShutdownRequested requested -> {}
    }
    stepNanos = SpanDraft.nanos(envelope);
  }

  void process(Envelope envelope, ProcessEvent event) {
    int pid = envelope.subject().pid();
    switch (event) {
      case ProcessEvent.Crashed crashed -> crashed(envelope, crashed);
      case ProcessEvent.Forked forked -> {
        SpanDraft current = phase;
        if (current != null) {
          String name = "fork " + envelope.subject().processType();
          put(forks, pid, out.child(name, current.context(), envelope));
        }
      }
      case ProcessEvent.Ready ready -> end(forks, pid, envelope);
      case ProcessEvent.Terminated terminated -> {
        SpanDraft current = phase;
        if (current != null) {
          SpanDraft draft =
              out.child("terminate " + envelope.subject(), current.context(), envelope)
                  .put("lifeline.signal", terminated.signal());
          put(terminations, pid, draft);
        }
      }
      case ProcessEvent.Exited exited -> {
        end(forks, pid, envelope);
        end(terminations, pid, envelope);
      }
      case ProcessEvent.Restarted restarted -> {}
      case ProcessEvent.Lost lost -> {}
    }
    stepNanos = SpanDraft.nanos(envelope);
  }

  private void crashed(Envelope envelope, ProcessEvent.Crashed crashed) {
    int pid = envelope.subject().pid();
    end(forks, pid, envelope);
    if (end(terminations, pid, envelope)) {
      return; // it died of the crash of another
    }
    if (phase == null) {
      begin(out.root("crash recovery", envelope, envelope.trace()));
    }
    SpanDraft current = phase;
    if (current != null) {
      String type = crashed.sqlstate() != null ? crashed.sqlstate() : crashed.errorClass();
      SpanDraft crash =
          out.child("crash " + envelope.subject(), current.context(), envelope)
              .put("exception.type", crashed.errorClass())
              .put("exception.message", crashed.message())
              .put("db.response.status_code", crashed.sqlstate())
              .error(type == null ? "exit " + crashed.exitCode() : type, crashed.message());
      out.end(crash, envelope);
    }
  }

  void recovery(Envelope envelope, RecoveryEvent event) {
    switch (event) {
      case RecoveryEvent.Started started -> {
        SpanDraft draft =
            nested("redo", envelope)
                .put("lifeline.recovery.reason", Names.enumText(started.reason()))
                .put("lifeline.redo_lsn", Lsn.format(started.redoLsn()));
        recovery = out.opened(draft);
      }
      case RecoveryEvent.Completed completed -> {
        SpanDraft draft = recovery;
        recovery = null;
        out.closed(draft);
        if (draft == null) {
          draft = nested("redo", envelope, SpanDraft.nanosBefore(envelope, completed.elapsedMs()));
        }
        draft
            .put("lifeline.end_lsn", Lsn.format(completed.endLsn()))
            .put("lifeline.recovery.records", completed.records())
            .put("lifeline.recovery.bytes", completed.replayedBytes());
        out.end(draft, envelope);
      }
      case RecoveryEvent.Progressed progressed -> {}
      case RecoveryEvent.TargetReached reached ->
          step(
              "recovery target reached",
              envelope,
              draft -> draft.put("lifeline.recovery.target", reached.target()));
      case RecoveryEvent.TimelineSwitched switched ->
          step(
              "timeline switch",
              envelope,
              draft -> draft.put("lifeline.recovery.timeline", (long) switched.toTimeline()));
      case RecoveryEvent.Promoted promoted -> step("promotion", envelope, draft -> {});
      case RecoveryEvent.NotRequired notRequired ->
          step("recovery", envelope, draft -> draft.put("lifeline.recovery.required", false));
    }
    stepNanos = SpanDraft.nanos(envelope);
  }

  void checkpoint(Envelope envelope, CheckpointEvent event) {
    switch (event) {
      case CheckpointEvent.Started started -> {
        out.closed(checkpoint);
        checkpoint = out.opened(nested("checkpoint", envelope));
      }
      case CheckpointEvent.Completed completed -> {
        SpanDraft draft = checkpoint;
        checkpoint = null;
        out.closed(draft);
        if (draft == null) {
          draft =
              nested("checkpoint", envelope, SpanDraft.nanosBefore(envelope, completed.totalMs()));
        }
        draft
            .put("lifeline.checkpoint.reason", Names.enumText(completed.reason()))
            .put("lifeline.redo_lsn", Lsn.format(completed.redoLsn()))
            .put("lifeline.checkpoint.buffers_written", completed.buffersWritten())
            .put("lifeline.checkpoint.files_synced", completed.filesSynced())
            .put("lifeline.checkpoint.distance_bytes", completed.distanceBytes());
        checkpointSteps(draft, envelope, completed);
        out.checkpointed(draft);
        out.end(draft, envelope);
      }
      case CheckpointEvent.Skipped skipped -> {
        out.closed(checkpoint);
        checkpoint = null;
      }
    }
    stepNanos = SpanDraft.nanos(envelope);
  }

  /// The event tells how long each step took; they follow one another, and what the total leaves
  /// over between the syncs and the recycling at the end is the WAL record.
  private void checkpointSteps(
      SpanDraft draft, Envelope envelope, CheckpointEvent.Completed completed) {
    long end = SpanDraft.nanos(envelope);
    long written = draft.startNanos + nanos(completed.writeMs());
    long synced = written + nanos(completed.syncMs());
    long recorded = Math.max(synced, end - nanos(completed.recycleMs()));
    part("write buffers", draft, envelope, draft.startNanos, written);
    part("sync files", draft, envelope, written, synced);
    part("WAL record", draft, envelope, synced, recorded);
    part("recycle segments", draft, envelope, recorded, end);
  }

  private void part(String name, SpanDraft parent, Envelope envelope, long from, long to) {
    out.end(out.child(name, parent.context(), envelope, from), envelope, to);
  }

  private static long nanos(double ms) {
    return (long) (ms * 1e6);
  }

  private SpanDraft nested(String name, Envelope envelope) {
    return nested(name, envelope, SpanDraft.nanos(envelope));
  }

  /// A child of the phase; a root when there is none.
  private SpanDraft nested(String name, Envelope envelope, long startNanos) {
    SpanDraft current = phase;
    return current == null
        ? out.root(name, envelope, envelope.trace(), startNanos)
        : out.child(name, current.context(), envelope, startNanos);
  }

  private void begin(SpanDraft root) {
    phase = out.opened(root);
  }

  /// A step of the phase that took from what happened before it until now.
  private void step(String name, Envelope envelope, Consumer<SpanDraft> details) {
    SpanDraft current = phase;
    if (current != null) {
      SpanContext parent = current.context();
      SpanDraft draft = out.child(name, parent, envelope, stepNanos);
      details.accept(draft);
      out.end(draft, envelope);
    }
  }

  private void endPhase(Envelope envelope, @Nullable String failure) {
    SpanDraft current = phase;
    if (current == null) {
      return;
    }
    phase = null;
    if (failure != null) {
      current.error("stopped", failure);
    }
    out.closed(current);
    out.end(current, envelope);
  }

  private void put(Map<Integer, SpanDraft> drafts, int pid, SpanDraft draft) {
    out.closed(drafts.put(pid, out.opened(draft)));
  }

  private boolean end(Map<Integer, SpanDraft> drafts, int pid, Envelope envelope) {
    SpanDraft draft = drafts.remove(pid);
    if (draft == null) {
      return false;
    }
    out.closed(draft);
    out.end(draft, envelope);
    return true;
  }

  /// Gives up what was open when the run before was killed: nobody knows when it ended.
  private void forget() {
    out.closed(phase);
    out.closed(recovery);
    out.closed(checkpoint);
    phase = null;
    recovery = null;
    checkpoint = null;
    forks.values().forEach(out::closed);
    forks.clear();
    terminations.values().forEach(out::closed);
    terminations.clear();
  }
}
