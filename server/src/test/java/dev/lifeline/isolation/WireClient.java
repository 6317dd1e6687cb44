package dev.lifeline.isolation;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A connection of the smallest kind: it sends a statement by the simple protocol and does not wait
/// for the answer. What the server says is collected by a thread of its own.
final class WireClient implements AutoCloseable {
  private static final int PROTOCOL_3 = 3 << 16;

  private final Socket socket;
  private final DataOutputStream out;

  // Guarded by this.
  private final List<String> said = new ArrayList<>();
  private boolean busy = true;
  private boolean closed;
  private int pid;

  WireClient(String host, int port, String database, String application) throws IOException {
    socket = new Socket(host, port);
    socket.setTcpNoDelay(true);
    out = new DataOutputStream(socket.getOutputStream());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String word :
        List.of("user", "postgres", "database", database, "application_name", application)) {
      body.writeBytes(word.getBytes(StandardCharsets.UTF_8));
      body.write(0);
    }
    body.write(0);
    out.writeInt(body.size() + 8);
    out.writeInt(PROTOCOL_3);
    out.write(body.toByteArray());
    out.flush();
    Thread.ofVirtual().start(this::listen);
  }

  /// The server process of the connection.
  synchronized int pid() {
    return pid;
  }

  synchronized boolean closed() {
    return closed;
  }

  synchronized boolean busy() {
    return busy && !closed;
  }

  void send(String sql) throws IOException {
    synchronized (this) {
      busy = true;
    }
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    out.writeByte('Q');
    out.writeInt(text.length + 5);
    out.write(text);
    out.writeByte(0);
    out.flush();
  }

  /// Waits until the server is ready for the next statement or the connection is gone.
  ///
  /// @return whether that is so within the time
  synchronized boolean await(long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    while (busy && !closed) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /// Waits until the server has closed the connection.
  synchronized boolean awaitClose(long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    while (!closed) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /// Says goodbye and waits until the server has closed the connection, having given back what the
  /// session held.
  void end(long millis) throws InterruptedException {
    if (!closed() && !busy()) {
      try {
        out.writeByte('X');
        out.writeInt(4);
        out.flush();
      } catch (IOException alreadyClosed) {
        // The server was faster.
      }
      awaitClose(millis);
    }
    close();
  }

  /// What the server has said since this was asked last, one line each.
  synchronized List<String> take() {
    List<String> lines = List.copyOf(said);
    said.clear();
    return lines;
  }

  /// Sends a statement and returns what comes of it.
  List<String> run(String sql, long millis) throws IOException, InterruptedException {
    send(sql);
    if (!await(millis)) {
      throw new IllegalStateException("no answer to " + sql);
    }
    return take();
  }

  private void listen() {
    try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
      while (true) {
        char type = (char) in.readByte();
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        heard(type, ByteBuffer.wrap(body));
      }
    } catch (IOException end) {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
    }
  }

  private synchronized void heard(char type, ByteBuffer body) {
    switch (type) {
      case 'K' -> pid = body.getInt();
      case 'T' -> said.add(String.join(" | ", columns(body)));
      case 'D' -> said.add(String.join(" | ", values(body)));
      case 'C' -> said.add(cstring(body));
      case 'E', 'N' -> said.addAll(message(body));
      case 'Z' -> {
        busy = false;
        notifyAll();
      }
      default -> {}
    }
  }

  private static List<String> columns(ByteBuffer body) {
    List<String> names = new ArrayList<>();
    for (int n = body.getShort(); n > 0; n--) {
      names.add(cstring(body));
      body.position(body.position() + 18);
    }
    return names;
  }

  private static List<String> values(ByteBuffer body) {
    List<String> values = new ArrayList<>();
    for (int n = body.getShort(); n > 0; n--) {
      int length = body.getInt();
      if (length < 0) {
        values.add("<null>");
      } else {
        byte[] text = new byte[length];
        body.get(text);
        values.add(new String(text, StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  private static List<String> message(ByteBuffer body) {
    Map<Character, String> fields = new HashMap<>();
    for (byte field = body.get(); field != 0; field = body.get()) {
      fields.put((char) field, cstring(body));
    }
    List<String> lines = new ArrayList<>();
    lines.add(fields.get('V') + " " + fields.get('C') + ": " + fields.get('M'));
    addField(lines, "DETAIL", fields.get('D'));
    addField(lines, "HINT", fields.get('H'));
    addField(lines, "CONTEXT", fields.get('W'));
    return lines;
  }

  private static void addField(List<String> lines, String title, String text) {
    if (text != null) {
      for (String line : text.lines().toList()) {
        lines.add(title + ": " + line);
      }
    }
  }

  private static String cstring(ByteBuffer body) {
    int start = body.position();
    while (body.get() != 0) {
      // to the end of the string
    }
    byte[] text = new byte[body.position() - 1 - start];
    body.get(start, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
