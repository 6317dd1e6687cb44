package dev.lifeline.events.diff;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.codec.EventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Aligns two logs by cause and kind.
///
/// Events are of one kind when they have the same type and happened to the same kind of process.
/// What an event brought about is compared only with what its counterpart brought about, so that
/// stories which ran at the same time may interleave otherwise. Pids, times and figures are not
/// compared. Statistics and what an observer says of itself come by the clock, so they are left
/// out; and where one server told of itself and the other was observed, so is what cannot be
/// observed, see [Observable]. What such an event brought about counts as its cause's.
public final class LogDiff {
  /// Which log has an event that the other lacks.
  public enum Side {
    LEFT,
    RIGHT
  }

  /// An event without a counterpart.
  ///
  /// @param depth how many causes it has that are on its log too
  public record Difference(Side side, int depth, Envelope event) {}

  /// Every list of effects is aligned with the fewest differences; the room that this needs grows
  /// with their square.
  private static final int DIFFERENCES_MAX = 3000;

  private record Node(Envelope event, String kind, List<Node> effects) {}

  private record Match(int left, int right) {}

  private final List<Difference> differences = new ArrayList<>();

  private LogDiff() {}

  /// The events of each that have no counterpart in the other.
  ///
  /// @param left events of one log, in order
  /// @param right events of the other, in order
  /// @throws IllegalArgumentException when the logs have too little in common to be aligned
  public static List<Difference> between(List<Envelope> left, List<Envelope> right) {
    boolean mixed = isObserved(left) != isObserved(right);
    LogDiff diff = new LogDiff();
    diff.align(roots(left, mixed), roots(right, mixed), 0);
    return List.copyOf(diff.differences);
  }

  private static boolean isObserved(List<Envelope> events) {
    return events.stream().anyMatch(event -> event.origin() != null);
  }

  /// @param observable whether only what an observer can tell counts
  private static List<Node> roots(List<Envelope> events, boolean observable) {
    Map<Long, @Nullable Node> nodes = new HashMap<>();
    List<Node> roots = new ArrayList<>();
    for (Envelope event : events) {
      Node cause = nodes.get(event.cause());
      if (event.event() instanceof StatsEvent
          || event.event() instanceof ObserverEvent
          || (observable && !Observable.isObservable(event))) {
        // It is the clock that launches autovacuum workers, not what once forked their launcher.
        boolean byTheClock = event.event() instanceof VacuumEvent.WorkerLaunched;
        nodes.put(event.sequence(), byTheClock ? null : cause);
        continue;
      }
      String kind = EventType.of(event.event()).shortName() + " " + event.subject().processType();
      Node node = new Node(event, kind, new ArrayList<>());
      nodes.put(event.sequence(), node);
      (cause == null ? roots : cause.effects).add(node);
    }
    return roots;
  }

  private void align(List<Node> left, List<Node> right, int depth) {
    int l = 0;
    int r = 0;
    for (Match match : matches(left, right)) {
      l = tell(Side.LEFT, left, l, match.left, depth);
      r = tell(Side.RIGHT, right, r, match.right, depth);
      align(left.get(l++).effects, right.get(r++).effects, depth + 1);
    }
    tell(Side.LEFT, left, l, left.size(), depth);
    tell(Side.RIGHT, right, r, right.size(), depth);
  }

  private int tell(Side side, List<Node> nodes, int from, int to, int depth) {
    for (Node node : nodes.subList(from, to)) {
      differences.add(new Difference(side, depth, node.event));
      tell(side, node.effects, 0, node.effects.size(), depth + 1);
    }
    return to;
  }

  /// The longest common subsequence, by Myers' greedy walk through the edit graph: `furthest` is
  /// how far each diagonal was reached with so many differences.
  private static List<Match> matches(List<Node> left, List<Node> right) {
    int most = Math.min(left.size() + right.size(), DIFFERENCES_MAX);
    int zero = most + 1;
    int[] furthest = new int[2 * most + 3];
    List<int[]> steps = new ArrayList<>();
    for (int d = 0; d <= most; d++) {
      steps.add(Arrays.copyOfRange(furthest, zero - d - 1, zero + d + 2));
      for (int k = -d; k <= d; k += 2) {
        int x = isDown(furthest, zero, k, d) ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
        while (x < left.size() && x - k < right.size() && isSame(left, x, right, x - k)) {
          x++;
        }
        furthest[zero + k] = x;
        if (x >= left.size() && x - k >= right.size()) {
          return walkBack(steps, left.size(), right.size());
        }
      }
    }
    throw new IllegalArgumentException(
        "the logs differ in more than " + DIFFERENCES_MAX + " events of one cause");
  }

  /// Whether the diagonal is reached from the one above it, which skips an event of the right.
  private static boolean isDown(int[] furthest, int zero, int k, int d) {
    return k == -d || (k != d && furthest[zero + k - 1] < furthest[zero + k + 1]);
  }

  private static boolean isSame(List<Node> left, int x, List<Node> right, int y) {
    return left.get(x).kind.equals(right.get(y).kind);
  }

  private static List<Match> walkBack(List<int[]> steps, int left, int right) {
    List<Match> matches = new ArrayList<>();
    int x = left;
    int y = right;
    for (int d = steps.size() - 1; d >= 0; d--) {
      int[] before = steps.get(d);
      int k = x - y;
      int from = isDown(before, d + 1, k, d) ? k + 1 : k - 1;
      int beginX = d == 0 ? 0 : before[d + 1 + from];
      int beginY = d == 0 ? 0 : beginX - from;
      while (x > beginX && y > beginY) {
        matches.add(new Match(--x, --y));
      }
      x = beginX;
      y = beginY;
    }
    return matches.reversed();
  }
}
