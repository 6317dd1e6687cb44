package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement with its parameters, on its way through its rows. Lives until its transaction ends.
final class Portal {
  private final String name;
  private final PreparedStatement prepared;
  private final @Nullable Execution execution;
  private final @Nullable BoundParameters parameters;
  private final RowFormats formats;
  private final CursorOptions options;

  /// In which savepoint it was made: it dies when that is undone.
  private int depth;

  /// Where it is among its rows, for one that FETCH was used on.
  private @Nullable CursorScan cursor;

  private @Nullable String tag;
  private boolean fetched;

  Portal(
      String name,
      PreparedStatement prepared,
      @Nullable Execution execution,
      @Nullable BoundParameters parameters,
      RowFormats formats,
      CursorOptions options,
      int depth) {
    this.name = name;
    this.prepared = prepared;
    this.execution = execution;
    this.parameters = parameters;
    this.formats = formats;
    this.options = options;
    this.depth = depth;
  }

  String name() {
    return name;
  }

  PreparedStatement prepared() {
    return prepared;
  }

  /// Null for an empty statement and a transaction statement.
  @Nullable Execution execution() {
    return execution;
  }

  /// What was bound to it; null where there was nothing to bind.
  @Nullable BoundParameters parameters() {
    return parameters;
  }

  /// What the values that were bound to it take, where that is worth counting.
  long bytes() {
    return parameters == null ? 0 : parameters.countedBytes();
  }

  RowFormats formats() {
    return formats;
  }

  CursorOptions options() {
    return options;
  }

  int depth() {
    return depth;
  }

  /// A savepoint was released: what was made in it belongs to the one around it.
  void released(int releasedDepth) {
    depth = Math.min(depth, releasedDepth - 1);
  }

  @Nullable CursorScan cursor() {
    return cursor;
  }

  void cursor(CursorScan scan) {
    cursor = scan;
  }

  /// Whether it lives on when its transaction has ended.
  boolean outlivesTransaction() {
    return cursor != null && cursor.isHeld();
  }

  @Nullable List<ResultColumn> resultColumns() {
    return prepared.resultColumns();
  }

  boolean finished() {
    return tag != null;
  }

  void finish(String completionTag) {
    tag = completionTag;
  }

  /// Whether a message has taken rows from it before the one that does so now.
  boolean fetched() {
    return fetched;
  }

  /// A message has taken rows from it.
  void fetchedFrom() {
    fetched = true;
  }

  /// The tag of a finished portal.
  String tag() {
    String completionTag = tag;
    if (completionTag == null) {
      throw new IllegalStateException("portal \"" + name + "\" has not finished");
    }
    return completionTag;
  }

  /// What a finished portal answers when it is executed again: there are no more rows.
  String tagWithoutRows() {
    String completionTag = tag();
    int rows = completionTag.lastIndexOf(' ');
    return rows < 0 ? completionTag : completionTag.substring(0, rows) + " 0";
  }

  void close() {
    if (execution != null) {
      execution.close();
    }
  }
}
