package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The traces of work in the background: vacuum, analyze, archiving.
final class MaintenanceSpans {
  private final SpanOutput out;

  /// The vacuum that each process is at.
  private final Map<Integer, SpanDraft> vacuums = new HashMap<>();

  /// Segments whose archiving has failed and is tried again, by their names.
  private final Map<String, SpanDraft> archives = new HashMap<>();

  MaintenanceSpans(SpanOutput out) {
    this.out = out;
  }

  void vacuum(Envelope envelope, VacuumEvent event) {
    switch (event) {
      case VacuumEvent.Started started -> {
        SpanDraft draft =
            begin(
                envelope,
                "vacuum",
                started.datname(),
                started.schemaname(),
                started.relname(),
                SpanDraft.nanos(envelope));
        out.closed(vacuums.put(envelope.subject().pid(), out.opened(draft)));
        out.announce(draft, "vacuum " + started.relname(), envelope);
      }
      case VacuumEvent.Completed completed -> completed(envelope, completed);
      case VacuumEvent.AnalyzeCompleted analyzed -> {
        SpanDraft draft =
            begin(
                    envelope,
                    "analyze",
                    analyzed.datname(),
                    analyzed.schemaname(),
                    analyzed.relname(),
                    SpanDraft.nanosBefore(envelope, analyzed.elapsedMs()))
                .put("lifeline.analyze.sample_rows", analyzed.sampleRows());
        out.end(draft, envelope);
      }
      case VacuumEvent.Cancelled cancelled -> {
        SpanDraft draft = take(envelope);
        if (draft != null) {
          draft.error("cancelled", cancelled.reason());
          out.end(draft, envelope);
        }
      }
      case VacuumEvent.WorkerLaunched launched -> {}
    }
  }

  private void completed(Envelope envelope, VacuumEvent.Completed completed) {
    SpanDraft draft = take(envelope);
    if (draft == null) {
      draft =
          begin(
              envelope,
              "vacuum",
              completed.datname(),
              completed.schemaname(),
              completed.relname(),
              SpanDraft.nanosBefore(envelope, completed.elapsedMs()));
    }
    draft
        .put("lifeline.vacuum.tuples_removed", completed.tuplesRemoved())
        .put("lifeline.vacuum.tuples_remaining", completed.tuplesRemaining())
        .put("lifeline.vacuum.pages_removed", completed.pagesRemoved())
        .put("lifeline.vacuum.index_scans", completed.indexScans())
        .put("lifeline.wal.bytes", completed.walBytes());
    long at = draft.startNanos;
    at = part("heap scan", draft, envelope, at, completed.heapScanMs());
    at = part("index scans", draft, envelope, at, completed.indexVacuumMs());
    at = part("heap pass", draft, envelope, at, completed.heapVacuumMs());
    part("truncate", draft, envelope, at, completed.truncateMs());
    out.end(draft, envelope);
  }

  /// A phase, when it took place.
  private long part(String name, SpanDraft parent, Envelope envelope, long fromNanos, double ms) {
    if (ms <= 0) {
      return fromNanos;
    }
    long toNanos = fromNanos + (long) (ms * 1e6);
    out.end(out.child(name, parent.context(), envelope, fromNanos), envelope, toNanos);
    return toNanos;
  }

  private SpanDraft begin(
      Envelope envelope,
      String verb,
      String datname,
      String schemaname,
      String relname,
      long startNanos) {
    return out.root(verb + " " + relname, envelope, envelope.trace(), startNanos)
        .put("db.system.name", "postgresql")
        .put("db.namespace", datname)
        .put("db.collection.name", schemaname + "." + relname);
  }

  private @Nullable SpanDraft take(Envelope envelope) {
    SpanDraft draft = vacuums.remove(envelope.subject().pid());
    out.closed(draft);
    return draft;
  }

  void wal(Envelope envelope, WalEvent event) {
    switch (event) {
      case WalEvent.SegmentArchived archived -> {
        SpanDraft tried = archives.remove(archived.walFile());
        out.closed(tried);
        SpanDraft root =
            tried == null
                ? segment("archive", envelope, archived.walFile(), archived.elapsedMs())
                : tried;
        out.end(attempt(root, envelope, archived.elapsedMs()), envelope);
        out.end(root, envelope);
      }
      case WalEvent.SegmentRestored restored ->
          out.end(segment("restore", envelope, restored.walFile(), restored.elapsedMs()), envelope);
      case WalEvent.ArchiveFailed failed -> archiveFailed(envelope, failed);
      case WalEvent.Flushed flushed -> {}
      case WalEvent.SegmentSwitched switched -> {}
      case WalEvent.SegmentRecycled recycled -> {}
    }
  }

  /// The segment is tried again, so its span lasts.
  private void archiveFailed(Envelope envelope, WalEvent.ArchiveFailed failed) {
    SpanDraft root = archives.get(failed.walFile());
    if (root == null) {
      root = out.opened(segment("archive", envelope, failed.walFile(), failed.elapsedMs()));
      archives.put(failed.walFile(), root);
      out.announce(root, "archive " + failed.walFile(), envelope);
    }
    String how = failed.exitCode() == null ? "failed" : "exit " + failed.exitCode();
    out.end(attempt(root, envelope, failed.elapsedMs()).error(how, failed.reason()), envelope);
  }

  private SpanDraft attempt(SpanDraft root, Envelope envelope, double elapsedMs) {
    long startNanos = Math.max(root.startNanos, SpanDraft.nanosBefore(envelope, elapsedMs));
    return out.child("attempt", root.context(), envelope, startNanos);
  }

  private SpanDraft segment(String verb, Envelope envelope, String walFile, double elapsedMs) {
    return out.root(
            verb + " " + walFile,
            envelope,
            envelope.trace(),
            SpanDraft.nanosBefore(envelope, elapsedMs))
        .put("lifeline.wal_file", walFile);
  }

  /// A process is gone, and its vacuum with it.
  void processEnded(Envelope envelope, String how) {
    SpanDraft draft = take(envelope);
    if (draft != null) {
      draft.error(how, null);
      out.end(draft, envelope);
    }
  }

  void newRun() {
    vacuums.values().forEach(out::closed);
    vacuums.clear();
    archives.values().forEach(out::closed);
    archives.clear();
  }
}
