package dev.lifeline.commands;

import java.util.random.RandomGenerator;

/// Picks a number of blocks of a table at random, each set of that many with the same probability,
/// and yields them in their order: Knuth's algorithm S.
final class BlockSampler {
  private final int blocks;
  private final int wanted;
  private final RandomGenerator random;
  private int next;
  private int picked;

  BlockSampler(int blocks, int wanted, RandomGenerator random) {
    this.blocks = blocks;
    this.wanted = Math.min(wanted, blocks);
    this.random = random;
  }

  /// How many it will yield.
  int size() {
    return wanted;
  }

  /// The next one, -1 at the end.
  int next() {
    while (picked < wanted) {
      int block = next++;
      if (random.nextInt(blocks - block) < wanted - picked) {
        picked++;
        return block;
      }
    }
    return -1;
  }
}
