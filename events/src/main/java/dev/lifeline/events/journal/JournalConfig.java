package dev.lifeline.events.journal;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/// How a journal is kept.
///
/// @param systemIdentifier the cluster that the log belongs to
/// @param segmentBytes a file that has reached this size is followed by another
/// @param retentionAge how long a segment is kept after its last event
/// @param retentionBytes how much is kept in all
/// @param snapshotBytes how much may be appended before the state is written down again
/// @param queueCapacity how many events may wait for the writer; a power of two
/// @param syncIntervalMsMax how long an event may be written and not yet be on disk
/// @param clock what stamps the events
/// @param log where the journal tells an operator that it cannot write, and that it can again
public record JournalConfig(
    long systemIdentifier,
    long segmentBytes,
    Duration retentionAge,
    long retentionBytes,
    long snapshotBytes,
    int queueCapacity,
    int syncIntervalMsMax,
    InstantSource clock,
    Consumer<String> log) {

  public JournalConfig {
    if (segmentBytes < 1 || snapshotBytes < 1 || syncIntervalMsMax < 0) {
      throw new IllegalArgumentException("sizes are positive");
    }
    if (Integer.bitCount(queueCapacity) != 1) {
      throw new IllegalArgumentException("not a power of two: " + queueCapacity);
    }
  }

  /// What a server uses unless it is told otherwise.
  public static JournalConfig of(long systemIdentifier) {
    return new JournalConfig(
        systemIdentifier,
        64L << 20,
        Duration.ofDays(7),
        4L << 30,
        8L << 20,
        1 << 16,
        100,
        InstantSource.system(),
        message -> {});
  }

  public JournalConfig withSegmentBytes(long bytes) {
    return new JournalConfig(
        systemIdentifier,
        bytes,
        retentionAge,
        retentionBytes,
        Math.min(snapshotBytes, bytes),
        queueCapacity,
        syncIntervalMsMax,
        clock,
        log);
  }

  public JournalConfig withRetention(Duration age, long bytes) {
    return new JournalConfig(
        systemIdentifier,
        segmentBytes,
        age,
        bytes,
        snapshotBytes,
        queueCapacity,
        syncIntervalMsMax,
        clock,
        log);
  }

  public JournalConfig withQueueCapacity(int capacity) {
    return new JournalConfig(
        systemIdentifier,
        segmentBytes,
        retentionAge,
        retentionBytes,
        snapshotBytes,
        capacity,
        syncIntervalMsMax,
        clock,
        log);
  }

  public JournalConfig withClock(InstantSource source) {
    return new JournalConfig(
        systemIdentifier,
        segmentBytes,
        retentionAge,
        retentionBytes,
        snapshotBytes,
        queueCapacity,
        syncIntervalMsMax,
        source,
        log);
  }

  public JournalConfig withLog(Consumer<String> messages) {
    return new JournalConfig(
        systemIdentifier,
        segmentBytes,
        retentionAge,
        retentionBytes,
        snapshotBytes,
        queueCapacity,
        syncIntervalMsMax,
        clock,
        messages);
  }
}
