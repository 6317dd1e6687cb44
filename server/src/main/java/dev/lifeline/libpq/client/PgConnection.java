package dev.lifeline.libpq.client;

import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A connection to a server, established by [PgConnector]: simple queries one at a time, COPY, and
/// streaming replication. Belongs to one event loop.
///
/// What arrives waits here until it is asked for; where much waits, the socket is not read.
public final class PgConnection {
  private static final int PAUSE_BYTES = 4 << 20;
  private static final int RESUME_BYTES = 1 << 20;

  private final Dialer.Socket socket;
  private final Deque<MessageReader> inbox = new ArrayDeque<>();
  private byte[] partial = {};
  private int partialLength;
  private int inboxBytes;
  private boolean paused;
  private boolean closed;
  private boolean established;
  private @Nullable Promise<Void> arrival;
  private Runnable onArrival = () -> {};
  private final Map<String, String> parameters = new HashMap<>();

  /// What came back of a query.
  ///
  /// @param rows the values as texts, null for null
  /// @param tag the command's, e.g. `SELECT 1`
  public record Result(List<List<@Nullable String>> rows, String tag) {
    public Result {
      rows = List.copyOf(rows);
    }
  }

  PgConnection(Dialer.Socket socket) {
    this.socket = socket;
    socket.attach(this::arrived, this::ended);
  }

  /// The server's version as a number of the form 150004; 0 where it did not tell.
  public int serverVersion() {
    String[] parts = parameters.getOrDefault("server_version", "0").split("[^0-9]+", -1);
    int major = parts[0].isEmpty() ? 0 : Integer.parseInt(parts[0]);
    int minor = parts.length < 2 || parts[1].isEmpty() ? 0 : Integer.parseInt(parts[1]);
    return major * 10_000 + minor;
  }

  Dialer.Socket socket() {
    return socket;
  }

  /// The server is ready for queries: from now on it is told when we go.
  void established() {
    established = true;
  }

  /// Is called whenever something has arrived, or the connection has ended.
  public void onArrival(Runnable action) {
    onArrival = action;
  }

  private void arrived(Buffer bytes) {
    int length = bytes.length();
    if (partialLength + length > partial.length) {
      partial = Arrays.copyOf(partial, Math.max(partialLength + length, partial.length * 2));
    }
    bytes.getBytes(0, length, partial, partialLength);
    partialLength += length;
    cut();
    wake();
  }

  /// Cuts what has arrived into messages.
  private void cut() {
    int at = 0;
    while (partialLength - at >= 5) {
      long size = Integer.toUnsignedLong(intAt(partial, at + 1)) + 1;
      if (size < 5 || size > Integer.MAX_VALUE / 2) {
        close();
        return;
      }
      if (partialLength - at < size) {
        break;
      }
      byte[] body = Arrays.copyOfRange(partial, at + 5, at + (int) size);
      inbox.add(MessageReader.of(partial[at], body, 0, body.length));
      inboxBytes += (int) size;
      at += (int) size;
    }
    if (at > 0) {
      System.arraycopy(partial, at, partial, 0, partialLength - at);
      partialLength -= at;
    }
    if (inboxBytes > PAUSE_BYTES && !paused) {
      paused = true;
      socket.pause();
    }
  }

  private static int intAt(byte[] data, int at) {
    return (data[at] & 0xff) << 24
        | (data[at + 1] & 0xff) << 16
        | (data[at + 2] & 0xff) << 8
        | (data[at + 3] & 0xff);
  }

  private void ended() {
    closed = true;
    wake();
  }

  private void wake() {
    Promise<Void> waiting = arrival;
    arrival = null;
    if (waiting != null) {
      waiting.complete();
    }
    onArrival.run();
  }

  /// The bytes of an answer that has no message's form: that to an SSLRequest. Null before it is
  /// there.
  Future<Byte> rawByte() {
    if (partialLength > 0) {
      byte first = partial[0];
      partialLength = 0;
      return Future.succeededFuture(first);
    }
    if (closed) {
      return Future.failedFuture(lost());
    }
    return arrival().compose(arrived -> rawByte());
  }

  private Future<Void> arrival() {
    Promise<Void> waiting = arrival;
    if (waiting == null) {
      waiting = Promise.promise();
      arrival = waiting;
    }
    return waiting.future();
  }

  static PgException lost() {
    return PgException.error(
        SqlState.CONNECTION_FAILURE,
        """
        server closed the connection unexpectedly
        \tThis probably means the server terminated abnormally
        \tbefore or while processing the request.\
        """);
  }

  /// The next message, or null where none has arrived. Notices and parameters are passed over.
  ///
  /// @throws PgException 08006 where none will come any more
  public @Nullable MessageReader poll() {
    while (true) {
      MessageReader message = inbox.poll();
      if (message == null) {
        if (closed) {
          throw lost();
        }
        return null;
      }
      inboxBytes -= message.remaining() + 5;
      if (paused && inboxBytes < RESUME_BYTES) {
        paused = false;
        socket.resume();
      }
      switch (message.type()) {
        case 'N', 'A' -> {}
        case 'S' -> parameters.put(message.readString(), message.readString());
        default -> {
          return message;
        }
      }
    }
  }

  /// As [#poll], when it is there.
  Future<MessageReader> next() {
    try {
      MessageReader message = poll();
      return message != null
          ? Future.succeededFuture(message)
          : arrival().compose(arrived -> next());
    } catch (PgException e) {
      return Future.failedFuture(e);
    }
  }

  void send(char type, ByteWriter body) {
    if (closed) {
      return;
    }
    Buffer message = Buffer.buffer(body.size() + 5);
    message.appendByte((byte) type).appendInt(body.size() + 4);
    message.appendBytes(body.array(), 0, body.size());
    socket.write(message);
  }

  private void sendQuery(String sql) {
    ByteWriter body = new ByteWriter(sql.length() + 1);
    body.utf8(sql);
    body.int8(0);
    send('Q', body);
  }

  /// Runs a query and takes all of its rows.
  ///
  /// @return fails with the server's error, which leaves the connection as it is
  public Future<Result> query(String sql) {
    sendQuery(sql);
    List<List<@Nullable String>> rows = new ArrayList<>();
    String[] tag = {""};
    return until(
            message -> {
              switch (message.type()) {
                case 'D' -> rows.add(row(message));
                case 'C' -> tag[0] = message.readString();
                default -> {}
              }
            })
        .map(done -> new Result(rows, tag[0]));
  }

  /// Something that takes messages.
  private interface Taker {
    void take(MessageReader message);
  }

  /// Takes what comes until the server is ready for the next query.
  private Future<Void> until(Taker taker) {
    PgException[] failure = new PgException[1];
    return AsyncLoop.whileTrue(() ->
            next()
                .map(message -> {
                  if (message.type() == 'E' && failure[0] == null) {
                    failure[0] = ErrorFields.read(message);
                  } else if (message.type() == 'Z') {
                    return false;
                  } else {
                    taker.take(message);
                  }
                  return true;
                }))
        .compose(done ->
            failure[0] == null ? Future.succeededFuture() : Future.failedFuture(failure[0]));
  }

  private static List<@Nullable String> row(MessageReader message) {
    int columns = message.readInt16();
    List<@Nullable String> row = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      int length = message.readInt32();
      row.add(length < 0 ? null : new String(message.readBytes(length), StandardCharsets.UTF_8));
    }
    return Collections.unmodifiableList(row);
  }

  /// Runs COPY ... TO STDOUT, whose data [#copyData] then brings.
  public Future<Void> copyOut(String sql) {
    return begin(sql, 'H');
  }

  /// Runs START_REPLICATION: from now on both sides send COPY data.
  public Future<Void> copyBoth(String sql) {
    return begin(sql, 'W');
  }

  private Future<Void> begin(String sql, char expected) {
    sendQuery(sql);
    return next().compose(message -> began(message, expected));
  }

  private Future<Void> began(MessageReader message, char expected) {
    if (message.type() == expected) {
      return Future.succeededFuture();
    }
    if (message.type() == 'E') {
      PgException failure = ErrorFields.read(message);
      return until(ignored -> {}).compose(ready -> Future.failedFuture(failure));
    }
    return Future.failedFuture(
        PgException.error(
            SqlState.PROTOCOL_VIOLATION,
            "unexpected message type 0x%02x from server",
            Byte.toUnsignedInt(message.type())));
  }

  /// The next piece of a COPY's data; null at its end.
  public Future<@Nullable Buffer> copyData() {
    return next().<@Nullable Buffer>compose(this::copied);
  }

  private Future<@Nullable Buffer> copied(MessageReader message) {
    return switch (message.type()) {
      case 'd' -> Future.<@Nullable Buffer>succeededFuture(message.readRemaining());
      case 'c' -> until(ignored -> {}).<@Nullable Buffer>map(done -> null);
      case 'E' -> {
        PgException failure = ErrorFields.read(message);
        yield until(ignored -> {}).<@Nullable Buffer>compose(ready -> Future.failedFuture(failure));
      }
      default -> copyData();
    };
  }

  public void sendCopyData(ByteWriter data) {
    send('d', data);
  }

  /// Ends streaming; what the server had sent already is dropped.
  public Future<Void> endCopyBoth() {
    send('c', new ByteWriter(1));
    return until(ignored -> {});
  }

  /// What the server says instead of data: its error, or the end of its stream.
  public static PgException error(MessageReader message) {
    return ErrorFields.read(message);
  }

  /// An error of the server as libpq prints it: with its detail, its hint and its context.
  public static String text(PgException error) {
    return ErrorFields.text(error);
  }

  public boolean isClosed() {
    return closed;
  }

  /// Says goodbye.
  public void close() {
    if (!closed) {
      if (established) {
        send('X', new ByteWriter(1));
      }
      closed = true;
      socket.close();
      wake();
    }
  }
}
