package dev.lifeline.storage.buffer;

import io.vertx.core.Future;

/// What the background writer decides: how many buffers will be wanted until its next round, and so
/// how many in front of the clock hand must be clean by then. It writes the dirty ones that nobody
/// uses, so that a backend that needs a buffer finds a clean one.
///
/// The method is PostgreSQL's (`BgBufferSync`): a smoothed rate of allocations, and an estimate of
/// how far the hand has to go for one buffer.
public final class BgWriter {
  private static final double SMOOTHING_ROUNDS = 16;

  private final BufferPool pool;
  private double smoothedAllocations;
  private double smoothedDensity = 10;
  private long allocationsBefore;
  private long handBefore;
  private long cleanedTo;

  public BgWriter(BufferPool pool) {
    this.pool = pool;
  }

  /// What a round did.
  ///
  /// @param cleaned buffers written
  /// @param stoppedAtMax whether it stopped because it had written `bgwriter_lru_maxpages`
  /// @param allocated buffers allocated since the round before
  public record Round(int cleaned, boolean stoppedAtMax, long allocated) {}

  /// Does one round. Rounds do not overlap.
  ///
  /// @param writesMax `bgwriter_lru_maxpages`
  /// @param multiplier `bgwriter_lru_multiplier`
  public Future<Round> round(int writesMax, double multiplier) {
    long hand = pool.sweep().passed();
    long allocations = pool.allocations();
    // The counter may have been set back, and what was restored to it was not allocated now.
    long allocated = Math.clamp(allocations - allocationsBefore, 0, pool.size());
    long passed = hand - handBefore;
    allocationsBefore = allocations;
    handBefore = hand;
    if (allocated > 0 && passed > 0) {
      double density = (double) passed / allocated;
      smoothedDensity += (density - smoothedDensity) / SMOOTHING_ROUNDS;
    }
    smoothedAllocations =
        allocated > smoothedAllocations
            ? allocated
            : smoothedAllocations + (allocated - smoothedAllocations) / SMOOTHING_ROUNDS;
    cleanedTo = Math.max(cleanedTo, hand);
    double ready = (cleanedTo - hand) / smoothedDensity;
    long wanted = (long) Math.ceil(smoothedAllocations * multiplier - ready);
    long last = hand + pool.size();
    if (writesMax <= 0 || wanted <= 0) {
      return Future.succeededFuture(new Round(0, false, allocated));
    }
    return scan(new Scan(wanted, last, writesMax, allocated));
  }

  private static final class Scan {
    private final long wanted;
    private final long last;
    private final int writesMax;
    private final long allocated;
    private long reusable;
    private int cleaned;

    Scan(long wanted, long last, int writesMax, long allocated) {
      this.wanted = wanted;
      this.last = last;
      this.writesMax = writesMax;
      this.allocated = allocated;
    }
  }

  private Future<Round> scan(Scan scan) {
    BufferStates states = pool.states();
    while (cleanedTo < scan.last && scan.reusable < scan.wanted) {
      int buf = (int) (cleanedTo % pool.size());
      int state = states.get(buf);
      if ((state & (BufferStates.PINS | BufferStates.USAGE_MASK)) == 0) {
        if ((state & BufferStates.DIRTY) != 0) {
          if (scan.cleaned >= scan.writesMax) {
            return Future.succeededFuture(new Round(scan.cleaned, true, scan.allocated));
          }
          scan.cleaned++;
          scan.reusable++;
          cleanedTo++;
          return pool.io().write(buf).compose(ignored -> scan(scan));
        }
        scan.reusable++;
      }
      cleanedTo++;
    }
    return Future.succeededFuture(new Round(scan.cleaned, false, scan.allocated));
  }
}
