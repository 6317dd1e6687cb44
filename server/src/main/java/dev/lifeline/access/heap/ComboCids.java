package dev.lifeline.access.heap;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Command ids of rows that one transaction has both inserted and deleted.
///
/// A tuple has room for one command id, which is enough as long as the inserting command and the
/// deleting one belong to different transactions: nobody asks for the first of them any more. For
/// rows where they do not, the field has a number that stands for the pair; only the transaction
/// itself ever asks, so the pairs are forgotten with it.
final class ComboCids implements XactListener {
  private record Pair(int cmin, int cmax) {}

  private static final class PairsOfXact {
    final List<Pair> pairs = new ArrayList<>();
    final Map<Pair, Integer> numbers = new HashMap<>();
  }

  private final Map<Xact, PairsOfXact> byXact = new ConcurrentHashMap<>();

  /// The number for a pair, the same each time.
  int number(Xact xact, int cmin, int cmax) {
    PairsOfXact mine = byXact.get(xact);
    if (mine == null) {
      mine = new PairsOfXact();
      byXact.put(xact, mine);
      xact.addListener(this);
    }
    Pair pair = new Pair(cmin, cmax);
    Integer known = mine.numbers.get(pair);
    if (known != null) {
      return known;
    }
    int number = mine.pairs.size();
    mine.pairs.add(pair);
    mine.numbers.put(pair, number);
    return number;
  }

  int cmin(Xact xact, int number) {
    return pair(xact, number).cmin();
  }

  int cmax(Xact xact, int number) {
    return pair(xact, number).cmax();
  }

  private Pair pair(Xact xact, int number) {
    PairsOfXact mine = byXact.get(xact);
    if (mine == null) {
      throw new IllegalStateException("combo command id " + number + " of another transaction");
    }
    return mine.pairs.get(number);
  }

  @Override
  public void ended(Xact xact, boolean committed) {
    byXact.remove(xact);
  }
}
