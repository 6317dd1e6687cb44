package dev.lifeline.storage.buffer;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/// The write phase of a checkpoint: every buffer that is dirty when it begins is written, in the
/// order of the files, a few at a time.
///
/// A buffer that somebody else is writing is waited for as well: what he writes may be from before
/// the checkpoint, and must be there before the files are synced.
public final class BufferSync {
  private static final int IN_FLIGHT_MAX = 16;

  private final BufferPool pool;
  private final DoubleFunction<Future<Void>> pace;
  private final Promise<Integer> done = Promise.promise();
  private long[] order = new long[0];
  private int next;
  private int inFlight;
  private int written;
  private boolean pacing;
  private @Nullable Future<Void> pauseToTake;
  private @Nullable Throwable failure;

  private BufferSync(BufferPool pool, DoubleFunction<Future<Void>> pace) {
    this.pool = pool;
    this.pace = pace;
  }

  /// Writes what is dirty now.
  ///
  /// @param pace asked between two writes with the fraction that is done; when what it returns
  ///   completes, the next begins
  /// @return how many buffers were written
  public static Future<Integer> run(BufferPool pool, DoubleFunction<Future<Void>> pace) {
    BufferSync sync = new BufferSync(pool, pace);
    sync.mark();
    sync.step();
    return sync.done.future();
  }

  /// Marks what has to be written, and sorts it by file and block. A sort key is the rank of the
  /// relation's key, the block and the buffer in one.
  private void mark() {
    BufferStates states = pool.states();
    int[] marked = new int[pool.size()];
    int count = 0;
    for (int buf = 0; buf < pool.size(); buf++) {
      int state = states.get(buf);
      if ((state & BufferStates.DIRTY) != 0) {
        states.setFlags(buf, BufferStates.CHECKPOINT);
        marked[count++] = buf;
      } else if ((state & BufferStates.IO) != 0 && (state & BufferStates.TAGGED) != 0) {
        marked[count++] = buf;
      }
    }
    order = sorted(Arrays.copyOf(marked, count));
  }

  private long[] sorted(int[] bufs) {
    BufferTable table = pool.table();
    Integer[] boxed = Arrays.stream(bufs).boxed().toArray(Integer[]::new);
    Arrays.sort(
        boxed,
        (a, b) -> {
          int byDatabase =
              Integer.compare((int) (table.blockKeyOf(a) >> 32), (int) (table.blockKeyOf(b) >> 32));
          if (byDatabase != 0) {
            return byDatabase;
          }
          int byRelation = Long.compare(table.relKeyOf(a), table.relKeyOf(b));
          return byRelation != 0
              ? byRelation
              : Integer.compareUnsigned(table.blockOf(a), table.blockOf(b));
        });
    long[] result = new long[boxed.length];
    for (int i = 0; i < boxed.length; i++) {
      result[i] = boxed[i];
    }
    return result;
  }

  private void step() {
    while (true) {
      boolean over;
      Throwable cause;
      Future<Void> pause;
      synchronized (this) {
        while (failure == null && !pacing && inFlight < IN_FLIGHT_MAX && next < order.length) {
          begin((int) order[next++]);
        }
        over = inFlight == 0 && (failure != null || (next >= order.length && !pacing));
        cause = failure;
        pause = pauseToTake;
        pauseToTake = null;
      }
      if (pause == null) {
        if (over && cause != null) {
          done.tryFail(cause);
        } else if (over) {
          done.tryComplete(written);
        }
        return;
      }
      if (!pause.isComplete()) {
        pause.onComplete(result -> {
          endPause(result.cause());
          step();
        });
        return;
      }
      endPause(pause.cause());
    }
  }

  /// A pause that fails says that there is nothing left to write to: the memory is gone.
  private synchronized void endPause(@Nullable Throwable cause) {
    pacing = false;
    if (cause != null && failure == null) {
      failure = cause;
    }
  }

  /// A write is over: whoever sets the pace says when the next may begin. Under the guard.
  private void askForPause() {
    if (!pacing && failure == null) {
      pacing = true;
      pauseToTake = pace.apply((double) next / order.length);
    }
  }

  /// Begins to write a buffer, or finds that there is nothing to do. Under the guard.
  private void begin(int buf) {
    int state = pool.states().get(buf);
    boolean ours = (state & BufferStates.CHECKPOINT) != 0;
    if (!ours && (state & BufferStates.IO) == 0) {
      return;
    }
    Future<Void> write = pool.io().write(buf);
    if (write.isComplete()) {
      settle(buf, ours, write.cause());
      askForPause();
      return;
    }
    inFlight++;
    write.onComplete(result -> ended(buf, ours, result.cause()));
  }

  /// A write has ended. One that was not ours may have been of an older version: then it is our
  /// turn.
  private void settle(int buf, boolean ours, @Nullable Throwable cause) {
    if (cause != null) {
      failure = cause;
    } else if ((pool.states().get(buf) & BufferStates.CHECKPOINT) != 0) {
      order[--next] = buf;
    } else if (ours) {
      written++;
    }
  }

  private void ended(int buf, boolean ours, @Nullable Throwable cause) {
    synchronized (this) {
      inFlight--;
      settle(buf, ours, cause);
      askForPause();
    }
    step();
  }
}
