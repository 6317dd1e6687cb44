package dev.lifeline.executor;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.transam.LoggedTable;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationDescriptor;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a stored table tells logical decoding beside its changes. Immutable.
final class RowIdentity implements LoggedTable {
  private final StoredTable stored;
  private final Relation relation;
  private volatile byte @Nullable [] descriptor;

  RowIdentity(StoredTable stored) {
    this.stored = stored;
    this.relation = stored.relation();
  }

  @Override
  public RelFileLocator file() {
    return relation.file();
  }

  @Override
  public @Nullable RelFileLocator toastFile() {
    Relation.Toast toast = relation.toast();
    return toast == null ? null : toast.locator();
  }

  @Override
  public byte[] descriptor() {
    byte[] made = descriptor;
    if (made == null) {
      made = RelationDescriptor.write(relation);
      descriptor = made;
    }
    return made;
  }

  @Override
  public byte @Nullable [] oldIdentity(long tid, byte @Nullable [] payload) {
    Relation.Replication replication = relation.replication();
    if (!replication.hasIdentity()) {
      return null;
    }
    byte[] old = fetch(tid);
    boolean whole = replication.identity() == 'f';
    if (old == null || (payload != null && !whole && sameKey(old, payload))) {
      return null;
    }
    return form(old, whole);
  }

  private byte @Nullable [] fetch(long tid) {
    byte[][] found = new byte[1][];
    stored
        .table()
        .fetchVersion(
            tid,
            (version, memory, offset, length) -> {
              byte[] bytes = new byte[length];
              MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
              found[0] = bytes;
            });
    return found[0];
  }

  /// Whether the key's columns have the same bytes. A value that is written otherwise, though it is
  /// equal, counts as another one: that costs a few bytes, and nobody is told anything wrong.
  private boolean sameKey(byte[] old, byte[] now) {
    TupleCodec codec = stored.codec();
    int[] oldOffsets = codec.offsets(old);
    int[] newOffsets = codec.offsets(now);
    for (int attnum : relation.replication().keyColumns()) {
      int c = attnum - 1;
      if (c >= oldOffsets.length - 1
          || c >= newOffsets.length - 1
          || !Arrays.equals(
              old, oldOffsets[c], oldOffsets[c + 1], now, newOffsets[c], newOffsets[c + 1])
          || isOutOfLine(old, oldOffsets, c)) {
        return false;
      }
    }
    return true;
  }

  /// A subscriber cannot look up an unchanged value that only a pointer tells of.
  private boolean isOutOfLine(byte[] payload, int[] offsets, int c) {
    return stored.codec().isVarying(c)
        && offsets[c + 1] > offsets[c]
        && TupleCodec.toastedAt(payload, offsets[c]) != null;
  }

  private byte[] form(byte[] old, boolean whole) {
    TupleCodec codec = stored.codec();
    int[] targets = codec.allAttributes();
    Batch row = stored.newRows(1);
    codec.deform(MemorySegment.ofArray(old), 0, old.length, targets, row, 0);
    row.setSize(1);
    if (!whole) {
      for (int c = 0; c < targets.length; c++) {
        if (!relation.replication().keyColumns().contains(c + 1)) {
          row.column(c).setNull(0);
          targets[c] = -1;
        }
      }
    }
    Detoaster detoaster = stored.newDetoaster();
    if (detoaster != null) {
      detoaster.resolve(row, targets);
    }
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < targets.length; c++) {
      columns.add(row.column(c));
    }
    byte[] formed = Objects.requireNonNull(codec.form(columns, 0));
    byte[] identity = new byte[formed.length + 1];
    identity[0] = (byte) (whole ? 'O' : 'K');
    System.arraycopy(formed, 0, identity, 1, formed.length);
    return identity;
  }
}
