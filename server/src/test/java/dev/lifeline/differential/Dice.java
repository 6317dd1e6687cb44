package dev.lifeline.differential;

import java.util.List;
import java.util.Random;

/// All chance of a run comes from here, so that its seed repeats it.
final class Dice {
  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  /// A number from 0 up to, and without, the bound.
  int below(int bound) {
    return random.nextInt(bound);
  }

  /// A number between two, both included.
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
