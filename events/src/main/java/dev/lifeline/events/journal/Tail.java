package dev.lifeline.events.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One who follows the log; see [Journal#follow].
public final class Tail implements AutoCloseable {
  private static final int BATCH = 256;

  /// Idle until woken; reading; reading and to look once more before going idle; over.
  private enum State {
    IDLE,
    READING,
    WOKEN,
    CLOSED
  }

  private final JournalCursor cursor;
  private final Executor worker;
  private final TailListener listener;
  private final Runnable onClose;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private long expected;

  Tail(JournalCursor cursor, Executor worker, TailListener listener, Runnable onClose) {
    this.cursor = cursor;
    this.worker = worker;
    this.listener = listener;
    this.onClose = onClose;
    expected = cursor.nextSequence();
  }

  /// There may be something new. Called by the journal's writer, so it only hands over.
  void wake() {
    State before =
        state.getAndUpdate(s ->
            switch (s) {
              case IDLE -> State.READING;
              case READING, WOKEN -> State.WOKEN;
              case CLOSED -> State.CLOSED;
            });
    if (before == State.IDLE) {
      worker.execute(this::read);
    }
  }

  private void read() {
    try {
      while (true) {
        if (state.get() == State.CLOSED) {
          cursor.close();
          return;
        }
        List<JournalLine> lines = untilGap(cursor.next(BATCH));
        if (!lines.isEmpty()) {
          deliver(lines);
          return;
        }
        if (state.compareAndSet(State.READING, State.IDLE)) {
          return;
        }
        state.compareAndSet(State.WOKEN, State.READING);
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void deliver(List<JournalLine> lines) {
    listener
        .onLines(lines)
        .whenComplete((done, failure) -> {
          if (failure == null) {
            worker.execute(this::read);
          } else {
            fail(failure);
          }
        });
  }

  /// The lines; where some are missing before or between them, the listener is told first.
  private List<JournalLine> untilGap(List<JournalLine> lines) {
    List<JournalLine> whole = new ArrayList<>(lines.size());
    for (JournalLine line : lines) {
      if (line.sequence() != expected) {
        listener.onSkipped(expected, line.sequence() - 1);
      }
      expected = line.sequence() + 1;
      whole.add(line);
    }
    return whole;
  }

  private void fail(Throwable failure) {
    close();
    closeCursor(failure);
    listener.onFailure(failure);
  }

  private void closeCursor(@Nullable Throwable because) {
    try {
      cursor.close();
    } catch (IOException e) {
      if (because != null) {
        because.addSuppressed(e);
      }
    }
  }

  /// Stops following; a call that is under way still ends.
  @Override
  public void close() {
    State before = state.getAndSet(State.CLOSED);
    if (before != State.CLOSED) {
      onClose.run();
    }
    if (before == State.IDLE) {
      closeCursor(null);
    }
  }
}
