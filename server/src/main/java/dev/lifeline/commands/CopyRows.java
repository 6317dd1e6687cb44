package dev.lifeline.commands;

import io.vertx.core.buffer.Buffer;

/// The rows of a COPY's data, which arrives in pieces of any size.
interface CopyRows {
  /// Takes the next piece; all rows that were complete have been read.
  void feed(Buffer piece);

  /// There will be no more pieces.
  void finish();

  /// The number of the row found last, from 1.
  long line();

  int rowLength();

  boolean fieldIsNull(int i);

  /// The bytes of a field are `fields()[fieldOffset(i)]` and following, `fieldLength(i)` of them.
  byte[] fields();

  int fieldOffset(int i);

  int fieldLength(int i);
}
