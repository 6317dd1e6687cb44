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

  /// In which savepoint it was made: it dies when that is undone.
  private final int depth;

  private @Nullable String tag;
  private long position;
  private boolean fetched;

  Portal(
      String name,
      PreparedStatement prepared,
      @Nullable Execution execution,
      @Nullable BoundParameters parameters,
      RowFormats formats,
      int depth) {
    this.name = name;
    this.prepared = prepared;
    this.execution = execution;
    this.parameters = parameters;
    this.formats = formats;
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

  int depth() {
    return depth;
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

  /// How many of its rows a cursor is past.
  long position() {
    return position;
  }

  void advance(long rows) {
    position += rows;
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
