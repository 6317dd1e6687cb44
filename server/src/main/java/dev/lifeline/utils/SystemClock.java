package dev.lifeline.utils;

import java.time.Instant;

/// The machine's clock: production's [Clock].
public final class SystemClock implements Clock {
  @Override
  public long epochMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public CpuUsage cpuUsage() {
    return CpuUsage.ofThisThread();
  }
}
