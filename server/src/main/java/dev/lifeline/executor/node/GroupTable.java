package dev.lifeline.executor.node;

import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.List;

/// Numbers the different keys that it is given, from 0 in the order of their arrival: a hash table
/// with open addressing over columns of keys. Nulls are equal to each other. A key of a single long
/// has a path of its own.
final class GroupTable {
  private static final int EMPTY = -1;

  private final TypeOps[] ops;
  private final Batch keys;
  private final boolean singleLong;
  private int[] slots;
  private int[] hashes;
  private int size;

  GroupTable(List<TypeOps> ops, int expected) {
    this.ops = ops.toArray(new TypeOps[0]);
    List<Rep> reps = ops.stream().map(TypeOps::rep).toList();
    int capacity = Math.max(16, Math.min(expected, 1 << 16));
    this.keys = new Batch(reps, capacity);
    this.singleLong = this.ops.length == 1 && reps.getFirst() == Rep.LONG;
    int slotCount = Integer.highestOneBit(capacity * 2 - 1) << 1;
    this.slots = new int[slotCount];
    Arrays.fill(slots, EMPTY);
    this.hashes = new int[capacity];
  }

  int size() {
    return size;
  }

  Column key(int column) {
    return keys.column(column);
  }

  void clear() {
    size = 0;
    keys.setSize(0);
    Arrays.fill(slots, EMPTY);
  }

  private int hash(Column[] row, int at) {
    if (singleLong) {
      return row[0].isNull(at) ? 0x5bd1e995 : mix(row[0].getLong(at));
    }
    long hash = 0;
    for (int i = 0; i < ops.length; i++) {
      long h = row[i].isNull(at) ? 0x9747b28cL : ops[i].hash(row[i], at);
      hash = hash * 31 + h;
    }
    return mix(hash);
  }

  private static int mix(long value) {
    long h = value * 0x9E3779B97F4A7C15L;
    return (int) (h ^ (h >>> 32));
  }

  /// The number of a key, or -1 where it was not met.
  int find(Column[] row, int at) {
    int hash = hash(row, at);
    int mask = slots.length - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      int group = slots[slot];
      if (group == EMPTY) {
        return -1;
      }
      if (hashes[group] == hash && equal(group, row, at)) {
        return group;
      }
    }
  }

  /// The number of a key, a new one where it is met for the first time.
  int findOrAdd(Column[] row, int at) {
    int hash = hash(row, at);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (true) {
      int group = slots[slot];
      if (group == EMPTY) {
        break;
      }
      if (hashes[group] == hash && equal(group, row, at)) {
        return group;
      }
      slot = (slot + 1) & mask;
    }
    int group = size++;
    slots[slot] = group;
    if (group >= hashes.length) {
      hashes = Arrays.copyOf(hashes, hashes.length * 2);
    }
    hashes[group] = hash;
    for (int i = 0; i < ops.length; i++) {
      keys.column(i).copy(group, row[i], at);
    }
    if (size * 2 > slots.length) {
      rehash();
    }
    return group;
  }

  private boolean equal(int group, Column[] row, int at) {
    if (singleLong) {
      Column key = keys.column(0);
      boolean isNull = row[0].isNull(at);
      return isNull == key.isNull(group) && (isNull || key.getLong(group) == row[0].getLong(at));
    }
    for (int i = 0; i < ops.length; i++) {
      Column key = keys.column(i);
      boolean isNull = row[i].isNull(at);
      if (isNull != key.isNull(group) || (!isNull && ops[i].compare(key, group, row[i], at) != 0)) {
        return false;
      }
    }
    return true;
  }

  private void rehash() {
    int[] larger = new int[slots.length * 2];
    Arrays.fill(larger, EMPTY);
    int mask = larger.length - 1;
    for (int group = 0; group < size; group++) {
      int slot = hashes[group] & mask;
      while (larger[slot] != EMPTY) {
        slot = (slot + 1) & mask;
      }
      larger[slot] = group;
    }
    slots = larger;
  }
}
