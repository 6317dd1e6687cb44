package dev.lifeline.differential;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A client of one of the servers. It speaks the simple protocol itself, because no driver shows
/// types, tags and errors as they are sent.
public final class Session implements AutoCloseable {
  private static final int TIMEOUT_MS = 120_000;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  private Session(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    out = new BufferedOutputStream(socket.getOutputStream());
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /// A superuser's session, which needs no password.
  public static Session connect(int port, String database) throws IOException {
    Session session = new Session(port);
    byte[] words =
        ("user\0postgres\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
    session.out.write(
        ByteBuffer.allocate(8 + words.length)
            .putInt(8 + words.length)
            .putInt(3 << 16)
            .put(words)
            .array());
    session.out.flush();
    Answer greeting = session.receive();
    if (greeting.failed()) {
      throw new IOException(greeting.error());
    }
    return session;
  }

  /// Sends a statement and does not wait for what comes of it.
  void send(String sql) throws IOException {
    byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
    out.write(
        ByteBuffer.allocate(5 + text.length)
            .put((byte) 'Q')
            .putInt(4 + text.length)
            .put(text)
            .array());
    out.flush();
  }

  Answer run(String sql) throws IOException {
    send(sql);
    return receive();
  }

  /// The answer to the statement that was sent.
  Answer receive() throws IOException {
    List<String> columns = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    String error = "";
    while (true) {
      int type = in.read();
      if (type < 0) {
        throw new IOException("the server has closed the connection");
      }
      ByteBuffer content = ByteBuffer.wrap(in.readNBytes(in.readInt() - 4));
      switch (type) {
        case 'T' -> columns = columns(content);
        case 'D' -> rows.add(row(content));
        case 'd' -> rows.add(List.of(text(content, content.remaining())));
        case 'C' -> tags.add(word(content));
        case 'I' -> tags.add("empty");
        case 'E' -> error = error(content);
        case 'Z' -> {
          return new Answer(columns, rows, tags, error);
        }
        default -> {}
      }
    }
  }

  private static List<String> columns(ByteBuffer content) {
    List<String> columns = new ArrayList<>();
    int count = content.getShort();
    for (int i = 0; i < count; i++) {
      String name = word(content);
      content.getInt();
      content.getShort();
      int type = content.getInt();
      content.getShort();
      columns.add(name + " " + type + " " + content.getInt());
      content.getShort();
    }
    return columns;
  }

  private static List<String> row(ByteBuffer content) {
    List<String> values = new ArrayList<>();
    int count = content.getShort();
    for (int i = 0; i < count; i++) {
      int length = content.getInt();
      values.add(length < 0 ? Answer.NULL : text(content, length));
    }
    return values;
  }

  private static String text(ByteBuffer content, int length) {
    byte[] bytes = new byte[length];
    content.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String word(ByteBuffer content) {
    int end = content.position();
    while (content.get(end) != 0) {
      end++;
    }
    String word = text(content, end - content.position());
    content.get();
    return word;
  }

  private static String error(ByteBuffer content) {
    Map<Character, String> fields = new HashMap<>();
    while (content.get(content.position()) != 0) {
      char field = (char) content.get();
      fields.put(field, word(content));
    }
    String place = fields.containsKey('P') ? " at " + fields.get('P') : "";
    return fields.get('C') + " " + fields.get('M') + place;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
