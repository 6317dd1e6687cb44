package dev.lifeline.utils.adt;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A byte string.
public final class Bytea implements Comparable<Bytea> {
  private final byte[] bytes;

  private Bytea(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Takes the array over: whoever wraps it must not change it any more.
  public static Bytea wrap(byte[] bytes) {
    return new Bytea(bytes);
  }

  /// The bytes themselves, not a copy; not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  @Override
  public int compareTo(Bytea other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytea bytea && Arrays.equals(bytes, bytea.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
