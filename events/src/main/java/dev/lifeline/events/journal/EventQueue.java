package dev.lifeline.events.journal;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The way from those who emit to the one thread that writes: a ring in which an event's sequence
/// is its place. Any thread puts, without locks; one thread takes.
///
/// A sequence is given out by moving the tail, and only when its place is free. So sequences are
/// dense and in the order of the queue, and an event that finds the ring full never had one.
final class EventQueue {
  /// An event on its way. Made before its sequence is known, so that nothing can fail between the
  /// moment that the sequence is taken and the moment that the event is in its place.
  static final class Pending {
    final Subject subject;
    final LifecycleEvent event;
    final Instant time;
    final @Nullable TraceContext trace;
    final @Nullable Origin origin;
    long cause;
    long sequence;
    long dropped;

    Pending(
        Subject subject,
        LifecycleEvent event,
        long cause,
        @Nullable TraceContext trace,
        Instant time,
        @Nullable Origin origin) {
      this.subject = subject;
      this.event = event;
      this.cause = cause;
      this.trace = trace;
      this.time = time;
      this.origin = origin;
    }
  }

  private final AtomicReferenceArray<@Nullable Pending> ring;
  private final int mask;
  private final AtomicLong tail;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong droppedEver = new AtomicLong();

  /// The next sequence to take; only the writer moves it.
  private volatile long head;

  private volatile boolean closed;

  /// The writer, while it waits for an event.
  private volatile @Nullable Thread sleeper;

  /// The writer, while it lets events gather.
  private volatile @Nullable Thread gatherer;

  EventQueue(int capacity, long nextSequence) {
    ring = new AtomicReferenceArray<>(capacity);
    mask = capacity - 1;
    tail = new AtomicLong(nextSequence);
    head = nextSequence;
  }

  /// Puts an event and gives it its sequence, or drops it and returns 0.
  long put(Pending pending) {
    long sequence;
    do {
      sequence = tail.get();
      if (closed || sequence - head > mask) {
        dropped.incrementAndGet();
        droppedEver.incrementAndGet();
        return 0;
      }
    } while (!tail.compareAndSet(sequence, sequence + 1));
    pending.sequence = sequence;
    if (pending.cause < 0 || pending.cause >= sequence) {
      pending.cause = 0; // nothing is caused by what comes after it
    }
    if (dropped.get() != 0) {
      pending.dropped = dropped.getAndSet(0);
    }
    ring.set((int) sequence & mask, pending);
    unpark(sleeper);
    if (sequence - head > mask / 2) {
      unpark(gatherer);
    }
    return sequence;
  }

  /// The next event, or null when it is not there yet. It stays until [#take].
  @Nullable Pending peek() {
    return ring.get((int) head & mask);
  }

  /// Frees the place of the event that [#peek] gave.
  void take() {
    long taken = head;
    ring.setRelease((int) taken & mask, null);
    head = taken + 1;
  }

  /// Sleeps until an event comes, or so long.
  void await(long nanos) {
    sleeper = Thread.currentThread();
    if (peek() == null && !closed) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
  }

  /// Lets events gather for so long, or until the ring is half full or somebody calls [#wake].
  /// Those who put do not have to wake anybody meanwhile.
  void gather(long nanos, BooleanSupplier urgent) {
    gatherer = Thread.currentThread();
    if (nanos > 0 && !urgent.getAsBoolean() && !closed && size() <= mask / 2) {
      LockSupport.parkNanos(this, nanos);
    }
    gatherer = null;
  }

  /// Ends the writer's sleep.
  void wake() {
    unpark(sleeper);
    unpark(gatherer);
  }

  private static void unpark(@Nullable Thread thread) {
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /// From here on everything is dropped; what is in the ring can still be taken.
  void close() {
    closed = true;
    wake();
  }

  boolean isClosed() {
    return closed;
  }

  /// Whether a sequence was given out whose event was not taken.
  boolean isDrained() {
    return head == tail.get();
  }

  /// The last sequence that was given out.
  long lastSequence() {
    return tail.get() - 1;
  }

  int size() {
    return (int) (tail.get() - head);
  }

  /// How many were dropped since this queue exists.
  long dropped() {
    return droppedEver.get();
  }
}
