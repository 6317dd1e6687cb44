package dev.lifeline.utils.adt;

/// A uuid; orders as its 16 bytes do.
public record Uuid(long high, long low) implements Comparable<Uuid> {
  @Override
  public int compareTo(Uuid other) {
    int c = Long.compareUnsigned(high, other.high);
    return c != 0 ? c : Long.compareUnsigned(low, other.low);
  }
}
