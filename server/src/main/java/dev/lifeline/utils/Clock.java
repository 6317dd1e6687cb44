package dev.lifeline.utils;

/// Time, as the core sees it. The simulator's clock is virtual, so nothing in the core asks the
/// system for the time.
public interface Clock {
  /// Wall-clock time in microseconds since 1970-01-01 UTC.
  long epochMicros();

  /// Monotonic time in nanoseconds from an arbitrary origin; only differences mean something.
  long nanoTime();

  /// The processor time that the calling thread has used so far; nothing in virtual time.
  default CpuUsage cpuUsage() {
    return CpuUsage.NONE;
  }
}
