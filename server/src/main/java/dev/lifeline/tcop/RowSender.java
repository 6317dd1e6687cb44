package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends rows to the client. Values are written straight into the bytes that are sent.
final class RowSender implements DestReceiver {
  private final BackendWriter writer;
  private final ClientRoom room;
  private final EvalContext context;
  private final TypeOps[] types;
  private final boolean[] binary;
  private long rows;
  private @Nullable Runnable description;

  RowSender(
      BackendWriter writer,
      ClientRoom room,
      EvalContext context,
      List<ResultColumn> columns,
      RowFormats formats) {
    this.writer = writer;
    this.room = room;
    this.context = context;
    this.types = new TypeOps[columns.size()];
    this.binary = new boolean[columns.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = Types.get(columns.get(i).typeOid()).ops();
      binary[i] = formats.code(i) == RowFormats.BINARY;
    }
  }

  /// What tells the columns is sent before the first row, or at the end where there is none: a
  /// statement that fails before it has a row to give does not describe any.
  void describeLate(Runnable toDescribe) {
    description = toDescribe;
  }

  /// Describes the rows, if that is still to be done.
  void describe() {
    Runnable pending = description;
    if (pending != null) {
      description = null;
      pending.run();
    }
  }

  long rows() {
    return rows;
  }

  @Override
  public @Nullable Future<Void> receive(Batch batch, int from, int to) {
    if (writer.disconnected()) {
      throw PgException.fatal(SqlState.CONNECTION_FAILURE, "connection to client lost");
    }
    describe();
    for (int row = from; row < to; row++) {
      try {
        send(batch, row);
      } catch (NotYet notYet) {
        // The name of a catalog object has to be read first; the rows before this one are sent.
        writer.abandonMessage();
        int rest = row;
        return notYet.until().compose(read -> continueWith(batch, rest, to));
      }
      rows++;
      // The rows of a batch may be big: each of them may be the one that there is no room behind.
      Future<Void> full = room.await();
      if (full != null) {
        int rest = row + 1;
        return rest < to ? full.compose(ready -> continueWith(batch, rest, to)) : full;
      }
    }
    return null;
  }

  private Future<Void> continueWith(Batch batch, int from, int to) {
    Future<Void> full = receive(batch, from, to);
    return full == null ? Future.succeededFuture() : full;
  }

  private void send(Batch batch, int row) {
    writer.begin('D');
    ByteWriter body = writer.body();
    body.int16(types.length);
    for (int i = 0; i < types.length; i++) {
      Column column = batch.column(i);
      if (column.isNull(row)) {
        body.int32(-1);
        continue;
      }
      int length = body.reserve(4);
      if (binary[i]) {
        types[i].send(column, row, context, body);
      } else {
        types[i].output(column, row, context, body);
      }
      body.setInt32(length, body.size() - length - 4);
    }
    writer.end();
  }
}
