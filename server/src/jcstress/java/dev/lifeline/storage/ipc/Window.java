package dev.lifeline.storage.ipc;

/// The moment between a look and a deed that a planted defect leaves open: long enough that another
/// thread comes into it.
public final class Window {
  private static final int SPINS = 300;

  private Window() {}

  public static void open() {
    for (int i = 0; i < SPINS; i++) {
      Thread.onSpinWait();
    }
  }
}
