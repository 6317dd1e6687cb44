package dev.lifeline.storage.ipc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A latch for a few memory operations on shared state: held for microseconds, never across a
/// suspension, never by one who waits for anything but another latch.
public final class Latch {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(Latch.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // Read and written through HELD.
  private int held;

  public void lock() {
    if (!HELD.compareAndSet(this, 0, 1)) {
      contend();
    }
  }

  private void contend() {
    int turn = 0;
    while ((int) HELD.getOpaque(this) != 0 || !HELD.compareAndSet(this, 0, 1)) {
      turn = SpinWait.pause(turn);
    }
  }

  public boolean tryLock() {
    return HELD.compareAndSet(this, 0, 1);
  }

  public void unlock() {
    HELD.setRelease(this, 0);
  }
}
