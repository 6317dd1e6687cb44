package dev.lifeline.storage.buffer;

import dev.lifeline.storage.ipc.SpinWait;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What is known of each buffer, in a cache line each: a state word with the pins, and the latch of
/// the page's content. Both change by compare-and-set only.
///
/// | state bits | |
/// | --- | --- |
/// | 0-17 | pins |
/// | 18-21 | usage count for the clock sweep, at most [#USAGE_MAX] |
/// | 22- | the flags below |
final class BufferStates {
  private static final int STRIDE = 16;
  private static final int STATE = 0;
  private static final int CONTENT = 1;

  static final int PIN = 1;
  static final int PINS = (1 << 18) - 1;
  static final int USAGE = 1 << 18;
  static final int USAGE_MASK = 15 << 18;
  static final int USAGE_MAX = 5;

  /// The page is there: it was read, or made from zeros.
  static final int VALID = 1 << 22;

  /// A WAL-logged change is to be written.
  static final int DIRTY = 1 << 23;

  /// Only a hint is to be written.
  static final int HINT = 1 << 24;

  /// Changed again since the write that is under way copied it.
  static final int REDIRTIED = 1 << 25;

  /// A read or a write is under way. Whoever does it holds a pin.
  static final int IO = 1 << 26;

  /// The running checkpoint has to write it.
  static final int CHECKPOINT = 1 << 27;

  /// Belongs to a block and can be found. Without it nobody may pin it.
  static final int TAGGED = 1 << 28;

  private static final int EXCLUSIVE = 1 << 30;
  private static final int WANTED = 1 << 29;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[] words;

  BufferStates(int buffers) {
    words = new int[buffers * STRIDE];
  }

  int get(int buf) {
    return (int) WORD.getVolatile(words, buf * STRIDE + STATE);
  }

  boolean compareAndSet(int buf, int expected, int state) {
    return WORD.compareAndSet(words, buf * STRIDE + STATE, expected, state);
  }

  int setFlags(int buf, int flags) {
    return (int) WORD.getAndBitwiseOr(words, buf * STRIDE + STATE, flags);
  }

  int clearFlags(int buf, int flags) {
    return (int) WORD.getAndBitwiseAnd(words, buf * STRIDE + STATE, ~flags);
  }

  /// Pins a buffer that belongs to some block; false when it belongs to none. Which one, the caller
  /// checks afterwards: a pinned buffer keeps its block.
  boolean tryPin(int buf) {
    int index = buf * STRIDE + STATE;
    while (true) {
      int state = (int) WORD.getVolatile(words, index);
      if ((state & TAGGED) == 0) {
        return false;
      }
      int pinned = state + PIN;
      if ((state & USAGE_MASK) < USAGE_MAX * USAGE) {
        pinned += USAGE;
      }
      if (WORD.weakCompareAndSet(words, index, state, pinned)) {
        return true;
      }
    }
  }

  /// As [#tryPin], without counting as a use.
  boolean tryPinUnused(int buf) {
    int index = buf * STRIDE + STATE;
    while (true) {
      int state = (int) WORD.getVolatile(words, index);
      if ((state & TAGGED) == 0) {
        return false;
      }
      if (WORD.weakCompareAndSet(words, index, state, state + PIN)) {
        return true;
      }
    }
  }

  void unpin(int buf) {
    int before = (int) WORD.getAndAdd(words, buf * STRIDE + STATE, -PIN);
    assert (before & PINS) > 0 : "buffer " + buf + " is not pinned";
  }

  int pins(int buf) {
    return get(buf) & PINS;
  }

  void lockShared(int buf) {
    int index = buf * STRIDE + CONTENT;
    int turn = 0;
    while (true) {
      int word = (int) WORD.getVolatile(words, index);
      if ((word & (EXCLUSIVE | WANTED)) == 0) {
        if (WORD.compareAndSet(words, index, word, word + 1)) {
          return;
        }
      } else {
        turn = SpinWait.pause(turn);
      }
    }
  }

  /// One who wants it exclusively keeps new sharers out, or it would never get it.
  void lockExclusive(int buf) {
    int index = buf * STRIDE + CONTENT;
    int turn = 0;
    while (true) {
      int word = (int) WORD.getVolatile(words, index);
      if ((word & ~WANTED) == 0) {
        if (WORD.compareAndSet(words, index, word, EXCLUSIVE)) {
          return;
        }
      } else {
        if ((word & WANTED) == 0) {
          WORD.compareAndSet(words, index, word, word | WANTED);
        }
        turn = SpinWait.pause(turn);
      }
    }
  }

  boolean tryLockExclusive(int buf) {
    int index = buf * STRIDE + CONTENT;
    int word = (int) WORD.getVolatile(words, index);
    return (word & ~WANTED) == 0 && WORD.compareAndSet(words, index, word, EXCLUSIVE);
  }

  void unlock(int buf) {
    int index = buf * STRIDE + CONTENT;
    int word = (int) WORD.getVolatile(words, index);
    if ((word & EXCLUSIVE) != 0) {
      WORD.getAndBitwiseAnd(words, index, ~EXCLUSIVE);
    } else {
      assert (word & ~WANTED) > 0 : "buffer " + buf + " is not latched";
      WORD.getAndAdd(words, index, -1);
    }
  }

  boolean isLockedExclusive(int buf) {
    return ((int) WORD.getVolatile(words, buf * STRIDE + CONTENT) & EXCLUSIVE) != 0;
  }
}
