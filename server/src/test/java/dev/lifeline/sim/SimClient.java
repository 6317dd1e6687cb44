package dev.lifeline.sim;

import dev.lifeline.postmaster.SimulatedPipe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A client that speaks the wire protocol, one request at a time. A request whose answer does not
/// come, because the connection ends, fails with [Lost].
final class SimClient {
  private static final long ANSWER_NANOS_MAX = 300_000_000_000L;

  /// What no statement may ever come to on a disk that kept what was written.
  private static final Set<String> CORRUPTION = Set.of("XX000", "XX001", "XX002");

  private final String name;
  private final SimScheduler scheduler;
  private final Consumer<SimulatedPipe> connect;
  private final Random random;
  private final UnaryOperator<String> understood;
  private final Trace trace;

  private @Nullable SimulatedPipe pipe;
  private @Nullable Promise<Answer> pending;
  private String request = "";
  private Buffer input = Buffer.buffer();
  private List<List<@Nullable String>> rows = new ArrayList<>();
  private List<String> tags = new ArrayList<>();
  private @Nullable String sqlState;
  private @Nullable String message;
  private int columns;
  private boolean over;
  private boolean toleratesCorruption;

  /// Sends the data of the COPY that was asked for.
  private @Nullable Runnable copyIn;

  private int copied = -1;

  /// The connection ended before the answer came: nobody knows what became of the request.
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(@Nullable String why) {
      super(why, null, false, false);
    }
  }

  SimClient(
      String name,
      SimScheduler scheduler,
      Random random,
      Consumer<SimulatedPipe> connect,
      UnaryOperator<String> understood,
      Trace trace) {
    this.understood = understood;
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
    this.connect = connect;
    this.trace = trace;
  }

  /// From here on an answer may be that data is corrupted.
  void tolerateCorruption() {
    toleratesCorruption = true;
  }

  boolean connected() {
    return pipe != null;
  }

  /// Opens a connection; the answer comes with the first ReadyForQuery.
  Future<Answer> connect() {
    input = Buffer.buffer();
    sqlState = null;
    message = null;
    SimulatedPipe[] made = new SimulatedPipe[1];
    SimulatedPipe opened =
        new SimulatedPipe(
            scheduler,
            scheduler,
            random,
            bytes -> {
              if (pipe == made[0]) {
                received(bytes);
              }
            },
            () -> {
              if (pipe == made[0]) {
                lost();
              }
            });
    made[0] = opened;
    pipe = opened;
    connect.accept(opened);
    Buffer body = Buffer.buffer().appendInt(3 << 16);
    for (String word : List.of("user", "postgres", "database", "postgres")) {
      cstring(body, word);
    }
    body.appendByte((byte) 0);
    return send("connect", Buffer.buffer().appendInt(body.length() + 4).appendBuffer(body));
  }

  /// Runs statements by the simple protocol.
  Future<Answer> query(String sql) {
    return send(sql, message('Q', cstring(Buffer.buffer(), understood.apply(sql))));
  }

  /// Runs one statement by the extended protocol, with parameters as text.
  Future<Answer> execute(String sql, List<String> parameters) {
    Buffer bind = cstring(cstring(Buffer.buffer(), ""), "").appendShort((short) 0);
    bind.appendShort((short) parameters.size());
    for (String parameter : parameters) {
      byte[] bytes = parameter.getBytes(StandardCharsets.UTF_8);
      bind.appendInt(bytes.length).appendBytes(bytes);
    }
    bind.appendShort((short) 0);
    Buffer parse =
        cstring(cstring(Buffer.buffer(), ""), understood.apply(sql)).appendShort((short) 0);
    Buffer all =
        message('P', parse)
            .appendBuffer(message('B', bind))
            .appendBuffer(message('E', cstring(Buffer.buffer(), "").appendInt(0)))
            .appendBuffer(message('S', Buffer.buffer()));
    return send(sql + " " + parameters, all);
  }

  /// The same statement by either protocol.
  Future<Answer> either(String sql) {
    return random.nextInt(3) == 0 ? execute(sql, List.of()) : query(sql);
  }

  /// Closes the connection, in the middle of a message or after one that it does not wait for.
  void vanish(String lastWords) {
    SimulatedPipe open = pipe;
    if (open == null) {
      return;
    }
    trace.tell(() -> name + " vanishes, saying " + lastWords);
    Buffer whole = message('Q', cstring(Buffer.buffer(), lastWords));
    open.send(random.nextBoolean() ? whole : whole.getBuffer(0, random.nextInt(whole.length())));
    open.disconnect();
    lost();
  }

  /// Sends what no client sends, and is gone.
  void talkNonsense() {
    SimulatedPipe open = pipe;
    if (open == null) {
      return;
    }
    say(open, nonsense());
  }

  private void say(SimulatedPipe open, Buffer nonsense) {
    trace.tell(() -> name + " talks nonsense");
    open.send(nonsense);
    open.disconnect();
    lost();
  }

  /// Opens a connection with what is no startup packet, and is gone.
  void connectWithNonsense() {
    trace.tell(() -> name + " connects with nonsense");
    SimulatedPipe opened = new SimulatedPipe(scheduler, scheduler, random, bytes -> {}, () -> {});
    connect.accept(opened);
    opened.send(nonsense());
    if (random.nextBoolean()) {
      opened.disconnect();
    } else {
      scheduler.schedule(1 + random.nextInt(50_000_000), opened::disconnect);
    }
  }

  /// Bytes as they come, behind a header that is right, or right but for the length.
  private Buffer nonsense() {
    byte[] body = new byte[random.nextInt(200)];
    random.nextBytes(body);
    String types = "QPBEDCFHSdcfX";
    byte type = (byte) types.charAt(random.nextInt(types.length()));
    Buffer header =
        switch (random.nextInt(3)) {
          case 0 -> Buffer.buffer();
          case 1 -> Buffer.buffer().appendByte(type).appendInt(random.nextInt());
          default -> Buffer.buffer().appendByte(type).appendInt(body.length + 4);
        };
    return header.appendBytes(body);
  }

  /// How a client ends its COPY.
  enum CopyEnd {
    DONE,
    FAIL,
    /// It is gone in the middle of a message.
    VANISH,
    /// It says something that has no place there, and is gone.
    NONSENSE
  }

  /// `COPY ... FROM STDIN`: sends the data in pieces of any size.
  Future<Answer> copy(String sql, String data, CopyEnd end) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    copied = -1;
    copyIn = () -> sendCopy(bytes, end);
    return query(sql);
  }

  /// After so many bytes of its data the last COPY was done, whether the client meant it or not;
  /// -1: it never said so.
  int copied() {
    return copied;
  }

  /// Whether the server has to take it as the end of the data. It does not look at what is in a
  /// CopyDone, nor does PostgreSQL.
  private static boolean isCopyDone(Buffer message) {
    return message.length() >= 5
        && message.getByte(0) == 'c'
        && message.getInt(1) >= 4
        && message.getInt(1) < message.length();
  }

  private void sendCopy(byte[] bytes, CopyEnd end) {
    SimulatedPipe open = pipe;
    if (open == null) {
      return;
    }
    int length =
        end == CopyEnd.DONE ? bytes.length : bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    int at = 0;
    while (at < length) {
      int n = 1 + random.nextInt(Math.min(length - at, 4000));
      open.send(message('d', Buffer.buffer().appendBytes(bytes, at, n)));
      at += n;
    }
    trace.tell(() -> name + " ends its COPY: " + end);
    switch (end) {
      case DONE -> {
        copied = length;
        open.send(message('c', Buffer.buffer()));
      }
      case FAIL -> open.send(message('f', cstring(Buffer.buffer(), "changed its mind")));
      case VANISH -> {
        Buffer whole = message('d', Buffer.buffer().appendBytes(bytes));
        open.send(whole.getBuffer(0, random.nextInt(whole.length())));
        open.disconnect();
        lost();
      }
      case NONSENSE -> {
        Buffer nonsense = nonsense();
        copied = isCopyDone(nonsense) ? length : -1;
        say(open, nonsense);
      }
    }
  }

  /// Says good-bye.
  void close() {
    SimulatedPipe open = pipe;
    if (open != null) {
      pipe = null;
      open.send(message('X', Buffer.buffer()));
      open.disconnect();
    }
  }

  /// The server's life is over, and this client's with it.
  void lifeEnded() {
    over = true;
    lost();
  }

  private Future<Answer> send(String what, Buffer bytes) {
    SimulatedPipe open = pipe;
    if (open == null || over) {
      return Future.failedFuture(new Lost("no connection"));
    }
    if (pending != null) {
      throw new IllegalStateException(name + " has not been answered yet");
    }
    Promise<Answer> promise = Promise.promise();
    pending = promise;
    request = what;
    trace.tell(() -> name + " > " + what);
    open.send(bytes);
    scheduler.schedule(
        ANSWER_NANOS_MAX,
        () -> {
          if (!promise.future().isComplete()) {
            throw new AssertionError(name + " was never answered: " + what);
          }
        });
    return promise.future();
  }

  private void lost() {
    pipe = null;
    Promise<Answer> waiting = pending;
    pending = null;
    String why = sqlState == null ? null : sqlState + " " + message;
    clear();
    if (waiting != null) {
      trace.tell(() -> name + " < connection lost " + why);
      waiting.fail(new Lost(why));
    }
  }

  private void clear() {
    copyIn = null;
    columns = 0;
    rows = new ArrayList<>();
    tags = new ArrayList<>();
    sqlState = null;
    message = null;
  }

  private void received(Buffer bytes) {
    input.appendBuffer(bytes);
    int at = 0;
    while (input.length() - at >= 5 && input.length() - at >= 1 + input.getInt(at + 1)) {
      int end = at + 1 + input.getInt(at + 1);
      Buffer body = input.getBuffer(at + 5, end);
      char type = (char) input.getByte(at);
      at = end;
      accept(type, body);
    }
    input = input.getBuffer(at, input.length());
  }

  private void accept(char type, Buffer body) {
    switch (type) {
      case 'D' -> rows.add(row(body));
      case 'C' -> tags.add(body.getString(0, body.length() - 1));
      case 'E' -> error(body);
      case 'G' -> beginCopy();
      case 'Z' -> ready((char) body.getByte(0));
      case 'T' -> columns = body.getShort(0);
      case 'R', 'S', 'N', 'K', 'I', '1', '2', '3', 'n', 't', 'H', 'd', 'c' -> {}
      default -> throw new AssertionError(name + " got a message of type " + type);
    }
  }

  private void beginCopy() {
    Runnable supply = copyIn;
    copyIn = null;
    if (supply == null) {
      throw new AssertionError(name + " was asked for data that it does not have");
    }
    supply.run();
  }

  private void ready(char status) {
    Promise<Answer> waiting = pending;
    pending = null;
    Answer answer = new Answer(columns, rows, tags, sqlState, message, status);
    clear();
    trace.tell(() -> name + " < " + answer);
    if (waiting == null) {
      throw new AssertionError(name + " was answered twice: " + answer);
    }
    if (!toleratesCorruption && CORRUPTION.contains(String.valueOf(answer.sqlState()))) {
      throw new AssertionError(name + ": " + request + ": " + answer);
    }
    waiting.complete(answer);
  }

  private void error(Buffer body) {
    for (String field : body.toString(StandardCharsets.UTF_8).split("\0", -1)) {
      if (field.startsWith("C")) {
        sqlState = field.substring(1);
      } else if (field.startsWith("M")) {
        message = field.substring(1);
      }
    }
  }

  private static List<@Nullable String> row(Buffer body) {
    List<@Nullable String> row = new ArrayList<>();
    int at = 2;
    for (int i = 0; i < body.getShort(0); i++) {
      int length = body.getInt(at);
      at += 4;
      row.add(length < 0 ? null : body.getString(at, at + length));
      at += Math.max(length, 0);
    }
    return row;
  }

  private static Buffer message(char type, Buffer body) {
    return Buffer.buffer().appendByte((byte) type).appendInt(body.length() + 4).appendBuffer(body);
  }

  private static Buffer cstring(Buffer to, String text) {
    return to.appendString(text).appendByte((byte) 0);
  }
}
