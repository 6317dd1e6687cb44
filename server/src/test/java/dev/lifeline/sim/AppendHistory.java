package dev.lifeline.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What transactions that append to lists, and read them, did and saw; and whether any order of
/// them explains it. The list of a key tells the order of its writers, so every dependency between
/// transactions is known: Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from
/// Experimental Observations" (VLDB 2020).
final class AppendHistory {
  private final List<Txn> transactions = new ArrayList<>();
  private final Map<Integer, Txn> writers = new HashMap<>();

  /// A read: what it saw, without what its own transaction had appended before.
  record Read(int key, List<Integer> seen, long invokedNanos) {}

  /// A transaction.
  static final class Txn {
    final String name;
    final boolean repeatable;
    final Map<Integer, List<Integer>> appends = new LinkedHashMap<>();
    final List<Read> reads = new ArrayList<>();

    /// When its first statement was sent, for the snapshot of REPEATABLE READ.
    long snapshotNanos;

    /// When its commit was acknowledged.
    long acknowledgedNanos = Long.MAX_VALUE;

    Outcome outcome = Outcome.ABORTED;

    Txn(String name, boolean repeatable) {
      this.name = name;
      this.repeatable = repeatable;
    }

    List<Integer> own(int key) {
      return appends.getOrDefault(key, List.of());
    }

    @Override
    public String toString() {
      return name
          + (repeatable ? " (RR) " : " (RC) ")
          + outcome
          + " appends "
          + appends
          + " reads "
          + reads;
    }
  }

  Txn begin(String name, boolean repeatable) {
    Txn txn = new Txn(name, repeatable);
    transactions.add(txn);
    return txn;
  }

  void appended(Txn txn, int key, int element) {
    txn.appends.computeIfAbsent(key, k -> new ArrayList<>()).add(element);
    writers.put(element, txn);
  }

  void read(Txn txn, int key, List<Integer> list, long invokedNanos) {
    List<Integer> own = txn.own(key);
    int others = list.size() - own.size();
    check(
        others >= 0 && list.subList(others, list.size()).equals(own),
        "%s appended %s and reads %s",
        txn,
        own,
        list);
    txn.reads.add(new Read(key, List.copyOf(list.subList(0, others)), invokedNanos));
  }

  /// Nobody is at work; the lists are these.
  void verify(Map<Integer, List<Integer>> lists) {
    lists.forEach(this::verifyList);
    Set<Integer> there = new HashSet<>();
    lists.values().forEach(there::addAll);
    for (Txn txn : transactions) {
      settle(txn, there);
    }
    for (Txn txn : transactions) {
      for (Read read : txn.reads) {
        verifyRead(txn, read, lists.getOrDefault(read.key(), List.of()));
      }
      verifyRepeatable(txn);
    }
    verifyCycles(lists);
  }

  /// G1a of the last state, and that a transaction's appends are one piece in their order (G0).
  private void verifyList(int key, List<Integer> list) {
    check(new HashSet<>(list).size() == list.size(), "list %d has an element twice: %s", key, list);
    for (int i = 0; i < list.size(); i++) {
      Txn txn = writer(list.get(i));
      check(txn.outcome != Outcome.ABORTED, "G1a: list %d has %s of %s", key, list.get(i), txn);
      List<Integer> own = txn.own(key);
      if (own.getFirst().equals(list.get(i))) {
        int end = Math.min(list.size(), i + own.size());
        check(list.subList(i, end).equals(own), "list %d is %s, mixed with %s", key, list, txn);
      }
    }
  }

  /// Whole or not at all; and what was acknowledged, whole.
  private static void settle(Txn txn, Set<Integer> there) {
    List<Integer> all = txn.appends.values().stream().flatMap(List::stream).toList();
    boolean some = all.stream().anyMatch(there::contains);
    boolean every = there.containsAll(all);
    check(some == every || all.isEmpty(), "half of it is there: %s", txn);
    check(every || txn.outcome != Outcome.COMMITTED, "acknowledged, and lost: %s", txn);
    if (txn.outcome == Outcome.UNKNOWN) {
      txn.outcome = every ? Outcome.COMMITTED : Outcome.ABORTED;
    }
  }

  private void verifyRead(Txn txn, Read read, List<Integer> list) {
    List<Integer> seen = read.seen();
    check(
        seen.size() <= list.size() && list.subList(0, seen.size()).equals(seen),
        "G1a: %s read %s of list %d, which is %s",
        txn,
        seen,
        read.key(),
        list);
    if (!seen.isEmpty()) {
      List<Integer> last = writer(seen.getLast()).own(read.key());
      check(last.getLast().equals(seen.getLast()), "G1b: %s read the middle of %s", txn, last);
    }
    long from = txn.repeatable ? txn.snapshotNanos : read.invokedNanos();
    for (int i = seen.size(); i < list.size(); i++) {
      Txn missed = writer(list.get(i));
      check(
          missed == txn || missed.acknowledgedNanos >= from,
          "%s did not see %s, which was acknowledged before",
          txn,
          missed);
    }
  }

  private Txn writer(int element) {
    Txn txn = writers.get(element);
    if (txn == null) {
      throw new AssertionError("nobody wrote " + element);
    }
    return txn;
  }

  private static void verifyRepeatable(Txn txn) {
    if (!txn.repeatable) {
      return;
    }
    Map<Integer, List<Integer>> first = new HashMap<>();
    for (Read read : txn.reads) {
      List<Integer> before = first.putIfAbsent(read.key(), read.seen());
      check(before == null || before.equals(read.seen()), "not repeatable: %s", txn);
    }
  }

  /// G1c: no cycle of writes and reads. G-single, with the lost update as its shortest form: no
  /// cycle with one anti-dependency of a transaction that has one snapshot.
  private void verifyCycles(Map<Integer, List<Integer>> lists) {
    Map<Txn, Set<Txn>> after = new HashMap<>();
    lists.forEach((key, list) -> {
      for (int i = 1; i < list.size(); i++) {
        edge(after, writer(list.get(i - 1)), writer(list.get(i)));
      }
    });
    for (Txn txn : transactions) {
      if (txn.outcome == Outcome.COMMITTED) {
        for (Read read : txn.reads) {
          if (!read.seen().isEmpty()) {
            edge(after, writer(read.seen().getLast()), txn);
          }
        }
      }
    }
    for (Txn txn : transactions) {
      if (txn.outcome == Outcome.COMMITTED) {
        check(!reaches(after, txn, txn), "G1c: a cycle through %s", txn);
        verifyAntiDependencies(lists, after, txn);
      }
    }
  }

  private void verifyAntiDependencies(
      Map<Integer, List<Integer>> lists, Map<Txn, Set<Txn>> after, Txn txn) {
    if (!txn.repeatable) {
      return;
    }
    for (Read read : txn.reads) {
      List<Integer> list = lists.getOrDefault(read.key(), List.of());
      if (read.seen().size() < list.size()) {
        Txn overwriter = writer(list.get(read.seen().size()));
        check(
            overwriter == txn || !reaches(after, overwriter, txn),
            "G-single: %s did not see %s and comes after it",
            txn,
            overwriter);
      }
    }
  }

  private static void edge(Map<Txn, Set<Txn>> after, Txn from, Txn to) {
    if (from != to) {
      after.computeIfAbsent(from, t -> new HashSet<>()).add(to);
    }
  }

  private static boolean reaches(Map<Txn, Set<Txn>> after, Txn from, Txn to) {
    Set<Txn> found = new HashSet<>();
    Deque<Txn> open = new ArrayDeque<>(after.getOrDefault(from, Set.of()));
    while (!open.isEmpty()) {
      Txn txn = open.poll();
      if (txn == to) {
        return true;
      }
      if (found.add(txn)) {
        open.addAll(after.getOrDefault(txn, Set.of()));
      }
    }
    return false;
  }

  private static void check(boolean condition, String message, Object... values) {
    Worker.check(condition, message, values);
  }
}
