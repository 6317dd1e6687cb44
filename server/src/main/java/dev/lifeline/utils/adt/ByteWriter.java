package dev.lifeline.utils.adt;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growable byte array in network order: messages of the wire protocol, stored tuples and index
/// keys are written into one. It is used again and again ([#clear]); it belongs to one event loop.
public final class ByteWriter {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteWriter() {
    this(64);
  }

  public ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public int size() {
    return size;
  }

  /// The array that is written into, good until the next write; [#size] bytes of it count.
  public byte[] array() {
    return bytes;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  public void clear() {
    size = 0;
  }

  /// Forgets what was written after this size was reached.
  public void truncate(int newSize) {
    assert newSize <= size;
    size = newSize;
  }

  /// Leaves room that is filled in later (by [#setInt32], or through [#array]).
  ///
  /// @return where the room begins
  public int reserve(int length) {
    ensure(length);
    int at = size;
    size += length;
    return at;
  }

  public void int8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void int16(int value) {
    ensure(2);
    SHORT.set(bytes, size, (short) value);
    size += 2;
  }

  public void int32(int value) {
    ensure(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  public void int64(long value) {
    ensure(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  public void setInt8(int at, int value) {
    bytes[at] = (byte) value;
  }

  public void setInt16(int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  public void setInt32(int at, int value) {
    INT.set(bytes, at, value);
  }

  public void bytes(byte[] from) {
    bytes(from, 0, from.length);
  }

  public void bytes(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /// A string of characters below 128 only: numbers, dates, names of ours.
  public void ascii(String string) {
    int length = string.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      bytes[size + i] = (byte) string.charAt(i);
    }
    size += length;
  }

  public void utf8(String string) {
    bytes(string.getBytes(StandardCharsets.UTF_8));
  }

  /// A string with the zero byte that ends it, as the protocol's strings are.
  public void cstring(String string) {
    utf8(string);
    int8(0);
  }

  /// The number in decimal digits.
  public void decimal(long value) {
    if (value == Long.MIN_VALUE) {
      ascii("-9223372036854775808");
      return;
    }
    ensure(20);
    long rest = value;
    if (rest < 0) {
      bytes[size++] = '-';
      rest = -rest;
    }
    int digits = decimalDigits(rest);
    int at = size + digits;
    size = at;
    while (rest >= 10) {
      long tenth = rest / 10;
      bytes[--at] = (byte) ('0' + (rest - tenth * 10));
      rest = tenth;
    }
    bytes[--at] = (byte) ('0' + rest);
  }

  /// The number in decimal digits, with zeros before it up to the width.
  public void decimal(long value, int width) {
    assert value >= 0;
    for (int i = decimalDigits(value); i < width; i++) {
      int8('0');
    }
    decimal(value);
  }

  private static int decimalDigits(long value) {
    int digits = 1;
    long limit = 10;
    while (digits < 19 && value >= limit) {
      digits++;
      limit *= 10;
    }
    return digits;
  }

  private void ensure(int length) {
    if (bytes.length - size < length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, length), bytes.length * 2));
    }
  }
}
