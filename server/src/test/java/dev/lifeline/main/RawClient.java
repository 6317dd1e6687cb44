package dev.lifeline.main;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client that sends the messages of the protocol as a test wants them, which no driver does.
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  /// A message's content.
  private static final class Body {
    private ByteBuffer bytes = ByteBuffer.allocate(256);

    private Body room(int length) {
      if (bytes.remaining() < length) {
        bytes.flip();
        bytes = ByteBuffer.allocate(2 * (bytes.limit() + length)).put(bytes);
      }
      return this;
    }

    Body int32(int value) {
      room(4).bytes.putInt(value);
      return this;
    }

    Body int16(int value) {
      room(2).bytes.putShort((short) value);
      return this;
    }

    Body raw(byte[] value) {
      room(value.length).bytes.put(value);
      return this;
    }

    Body string(String value) {
      return raw((value + "\0").getBytes(StandardCharsets.UTF_8));
    }
  }

  private String greeting = "";

  private RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MS);
    // Messages that belong together are written one by one.
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
  }

  /// A client that asks for TLS, is allowed to begin, and says no more.
  static RawClient stalledHandshake(int port) throws IOException {
    RawClient client = new RawClient(port);
    client.out.write(ByteBuffer.allocate(8).putInt(8).putInt(80877103).array());
    if (client.in.readByte() != 'S') {
      throw new IOException("the server has no TLS");
    }
    return client;
  }

  /// Waits until the server closes the connection.
  void awaitEnd() throws IOException {
    in.readAllBytes();
  }

  /// A session that needs no password.
  static RawClient connect(int port, String user, String database) throws IOException {
    RawClient client = new RawClient(port);
    Body startup = new Body();
    for (String word : List.of("user", user, "database", database, "application_name", "raw", "")) {
      startup.string(word);
    }
    byte[] content = new byte[startup.bytes.flip().limit()];
    startup.bytes.get(content);
    client.out.write(
        ByteBuffer.allocate(8 + content.length)
            .putInt(8 + content.length)
            .putInt(3 << 16)
            .put(content)
            .array());
    List<String> said = client.untilReady();
    client.greeting = said.isEmpty() ? "" : said.getFirst();
    return client;
  }

  /// Empty for a session; otherwise why there is none.
  String greeting() {
    return greeting;
  }

  private RawClient send(char type, Body body) throws IOException {
    body.bytes.flip();
    int length = body.bytes.limit();
    out.write(
        ByteBuffer.allocate(5 + length)
            .put((byte) type)
            .putInt(4 + length)
            .put(body.bytes)
            .array());
    return this;
  }

  RawClient parse(String name, String sql) throws IOException {
    return send('P', new Body().string(name).string(sql).int16(0));
  }

  /// Binds values in text form.
  RawClient bind(String portal, String statement, @Nullable String... values) throws IOException {
    Body body = new Body().string(portal).string(statement).int16(0).int16(values.length);
    for (String value : values) {
      if (value == null) {
        body.int32(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        body.int32(bytes.length).raw(bytes);
      }
    }
    return send('B', body.int16(0));
  }

  /// Binds an int4 in binary form.
  RawClient bindBinary(String portal, String statement, int value) throws IOException {
    return send(
        'B',
        new Body()
            .string(portal)
            .string(statement)
            .int16(1)
            .int16(1)
            .int16(1)
            .int32(4)
            .int32(value)
            .int16(0));
  }

  RawClient execute(String portal, int rowsMax) throws IOException {
    return send('E', new Body().string(portal).int32(rowsMax));
  }

  List<String> sync() throws IOException {
    send('S', new Body());
    return untilReady();
  }

  /// Sends a simple query and does not wait for what comes of it.
  RawClient query(String sql) throws IOException {
    return send('Q', new Body().string(sql));
  }

  List<String> run(String sql) throws IOException {
    query(sql);
    return untilReady();
  }

  /// A message's type and length, of which the content is still to be sent.
  void announce(char type, int length) throws IOException {
    out.write(ByteBuffer.allocate(5).put((byte) type).putInt(length).array());
  }

  void sendBytes(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /// What the server says until it is ready for the next query or closes: the tags of what is done,
  /// and errors as `SQLSTATE message | detail | context`.
  List<String> untilReady() throws IOException {
    List<String> said = new ArrayList<>();
    while (true) {
      int type = in.read();
      if (type < 0) {
        said.add("closed");
        return said;
      }
      byte[] content = in.readNBytes(in.readInt() - 4);
      switch (type) {
        case 'C' -> said.add(new String(content, 0, content.length - 1, StandardCharsets.UTF_8));
        case 'E' -> said.add(error(content));
        case 'N' -> said.add("notice " + error(content));
        case 's' -> said.add("suspended");
        case 'I' -> said.add("empty");
        case 'Z' -> {
          return said;
        }
        default -> {}
      }
    }
  }

  private static String error(byte[] content) {
    String[] fields = new String(content, StandardCharsets.UTF_8).split("\0", -1);
    StringBuilder text = new StringBuilder();
    for (String wanted : List.of("C", "M", "D", "W")) {
      for (String field : fields) {
        if (field.startsWith(wanted)) {
          text.append(text.isEmpty() ? "" : " | ").append(field.substring(1));
        }
      }
    }
    return text.toString();
  }

  /// Goes away without a word.
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
