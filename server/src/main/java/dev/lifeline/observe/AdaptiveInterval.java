package dev.lifeline.observe;

/// How long to wait before a server is asked again: shorter while there is something new, longer
/// while there is not, and not so often that asking takes more than a share of the time.
///
/// The longest wait bounds that as well. What an answer took is the server's time and the time that
/// it waited for its turn: on a server with more to do than it can, the second is most of it, and
/// that is when somebody looks at the timeline.
final class AdaptiveInterval {
  private final long minMs;
  private final long maxMs;
  private final int shareOfTime;
  private long currentMs;

  /// An interval between two bounds.
  ///
  /// @param shareOfTime a question is followed by this many times its duration of silence, as long
  ///   as that is not more than `maxMs`
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
    return Math.max(currentMs, Math.min(maxMs, (long) (costMs * shareOfTime)));
  }
}
