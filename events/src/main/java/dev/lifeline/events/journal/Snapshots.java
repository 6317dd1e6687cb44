package dev.lifeline.events.journal;

import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// States that were written down, so that a look at an instant need not fold the whole log.
final class Snapshots {
  private final Segments segments;

  Snapshots(Segments segments) {
    this.segments = segments;
  }

  /// The youngest readable state at or before a sequence; the empty one when there is none. A
  /// snapshot that cannot be read is passed over: it was being written when the machine died.
  ClusterState atOrBefore(long sequence) throws IOException {
    for (Long number : segments.list(Segments.SNAPSHOT).headSet(sequence, true).descendingSet()) {
      ClusterState state = read(number);
      if (state != null && state.sequence() == number) {
        return state;
      }
    }
    return ClusterState.EMPTY;
  }

  private @Nullable ClusterState read(long number) throws IOException {
    try {
      return ClusterState.fromJson(Files.readAllBytes(segments.path(number, Segments.SNAPSHOT)));
    } catch (EventFormatException | NoSuchFileException e) {
      return null;
    }
  }

  static void write(JournalFiles files, ClusterState state) throws IOException {
    if (state.sequence() > 0) {
      files.replace(
          Segments.name(state.sequence(), Segments.SNAPSHOT), ByteBuffer.wrap(state.toJson()));
    }
  }

  /// Removes what only reaches events that are gone. The state right before the oldest event stays:
  /// all that follow are folded onto it.
  void deleteBefore(JournalFiles files, long oldestSequence) throws IOException {
    for (Long number : segments.list(Segments.SNAPSHOT).headSet(oldestSequence - 1)) {
      files.delete(Segments.name(number, Segments.SNAPSHOT));
    }
  }
}
