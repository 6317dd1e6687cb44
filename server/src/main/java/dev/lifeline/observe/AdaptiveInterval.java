package dev.lifeline.observe;

/// How long to wait before a server is asked again: shorter while there is something new, longer
/// while there is not, and never so often that asking takes more than a share of the time.
final class AdaptiveInterval {
  private final long minMs;
  private final long maxMs;
  private final int shareOfTime;
  private long currentMs;

  /// An interval between two bounds.
  ///
  /// @param shareOfTime a question is followed by this many times its duration of silence
  AdaptiveInterval(long minMs, long maxMs, int shareOfTime) {
    this.minMs = minMs;
    this.maxMs = maxMs;
    this.shareOfTime = shareOfTime;
    currentMs = minMs;
  }

  /// The wait after a question.
  ///
  /// @param news whether it was worth asking
  /// @param costMs how long the answer took
  long next(boolean news, double costMs) {
    currentMs = news ? minMs : Math.min(maxMs, currentMs * 2);
    return Math.max(currentMs, (long) (costMs * shareOfTime));
  }
}
