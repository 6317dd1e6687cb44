package dev.lifeline.events.journal;

import dev.lifeline.events.codec.TimeText;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// Decides which segments are old enough to go. Never the one that is being written, never one that
/// a projection has yet to read, and always the oldest first, so that the log has no holes.
final class Retention {
  private final JournalConfig config;
  private final Segments segments;
  private final JournalFiles files;
  private final List<ReadHold> holds = new CopyOnWriteArrayList<>();

  Retention(JournalConfig config, Segments segments, JournalFiles files) {
    this.config = config;
    this.segments = segments;
    this.files = files;
  }

  ReadHold hold(String name, long nextSequence) {
    ReadHold hold = new ReadHold(this, name, nextSequence);
    holds.add(hold);
    return hold;
  }

  void release(ReadHold hold) {
    holds.remove(hold);
  }

  /// Deletes what may go.
  void apply() throws IOException {
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    long bytes = 0;
    for (Long first : all) {
      bytes += Files.size(segments.path(first, Segments.SEGMENT));
    }
    long now = TimeText.toMicros(config.clock().instant());
    long oldestKept = now - config.retentionAge().toMillis() * 1000;
    boolean deleted = false;
    while (all.size() > 1) {
      long first = all.first();
      SegmentIndex index = segments.index(first);
      boolean tooMuch = bytes > config.retentionBytes();
      boolean tooOld = index.latestTime() < oldestKept;
      if (!(tooMuch || tooOld) || isHeld(index.lastSequence())) {
        break;
      }
      bytes -= index.bytes();
      files.delete(Segments.name(first, Segments.SEGMENT));
      files.delete(Segments.name(first, Segments.INDEX));
      segments.forget(first);
      all.pollFirst();
      deleted = true;
    }
    if (deleted) {
      new Snapshots(segments).deleteBefore(files, all.first());
      files.syncDirectory();
    }
  }

  private boolean isHeld(long lastSequence) {
    for (ReadHold hold : holds) {
      if (hold.nextSequence() <= lastSequence) {
        return true;
      }
    }
    return false;
  }
}
