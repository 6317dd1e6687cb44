package dev.lifeline.main;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A client that sends messages that are right, and messages that are not, and does not care what
/// comes back. When the server ends the connection, it opens another.
final class FuzzedSession {
  /// A length that is wrong makes the server wait for what never comes: so no session lives long.
  private static final int BURSTS_MAX = 20;

  private static final int BURST_MESSAGES_MAX = 16;

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 1",
          "SELECT id, v FROM kept WHERE id = $1",
          "SELECT id, v FROM kept ORDER BY v DESC LIMIT 7",
          "SELECT k.v, count(*) FROM kept k JOIN kept l ON k.id = l.id GROUP BY k.v",
          "INSERT INTO played VALUES ($1, 'x')",
          "INSERT INTO played SELECT i, repeat('y', 50) FROM generate_series(1, 5) i",
          "UPDATE played SET v = v || 'z' WHERE id = 1",
          "DELETE FROM played",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT a",
          "ROLLBACK TO a",
          "DECLARE c CURSOR FOR SELECT * FROM kept",
          "FETCH 3 FROM c",
          "COPY played FROM STDIN",
          "COPY kept TO STDOUT",
          "SET work_mem = '1MB'",
          "SHOW ALL",
          "SELECT 1/0",
          "SELEC",
          "",
          "SELECT $1::text || $2");

  private final int port;
  private final Random random;
  private @Nullable SocketChannel channel;
  private int bursts;

  FuzzedSession(int port, Random random) {
    this.port = port;
    this.random = random;
  }

  /// Sends some messages and returns how many.
  int burst() throws IOException {
    SocketChannel open = channel;
    if (open == null || bursts++ > BURSTS_MAX) {
      close();
      open = connect();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int messages = 1 + random.nextInt(BURST_MESSAGES_MAX);
    for (int i = 0; i < messages; i++) {
      bytes.writeBytes(mutate(message()));
    }
    try {
      send(open, ByteBuffer.wrap(bytes.toByteArray()));
    } catch (IOException e) {
      // The server has had enough of it.
      close();
    }
    return messages;
  }

  private SocketChannel connect() throws IOException {
    SocketChannel fresh =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel = fresh;
    bursts = 0;
    byte[] startup =
        packet(
            null,
            ints(3 << 16),
            text("user"),
            text("fuzzer"),
            text("database"),
            text("postgres"),
            new byte[1]);
    fresh.write(ByteBuffer.wrap(random.nextInt(8) == 0 ? mutate(startup) : startup));
    fresh.configureBlocking(false);
    return fresh;
  }

  private void send(SocketChannel open, ByteBuffer bytes) throws IOException {
    long until = System.nanoTime() + 200_000_000L;
    while (bytes.hasRemaining() && System.nanoTime() < until) {
      int written = open.write(bytes);
      drain(open);
      if (written == 0) {
        Thread.onSpinWait();
      }
    }
    drain(open);
  }

  private static void drain(SocketChannel open) throws IOException {
    int read;
    do {
      ProtocolFuzzEndToEndTest.DRAIN.clear();
      read = open.read(ProtocolFuzzEndToEndTest.DRAIN);
    } while (read > 0);
    if (read < 0) {
      throw new IOException("closed by the server");
    }
  }

  void close() throws IOException {
    SocketChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  private byte[] message() {
    String name = random.nextBoolean() ? "" : "n" + random.nextInt(3);
    String sql = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
    return switch (random.nextInt(16)) {
      case 0, 1, 2 -> packet('Q', text(sql));
      case 3, 4 -> packet('P', text(name), text(sql), new byte[2]);
      case 5, 6 -> bind(name, random.nextBoolean() ? "1" : "nothing");
      case 7, 8 -> packet('E', text(name), ints(random.nextInt(3)));
      case 9 -> packet('D', text((random.nextBoolean() ? "S" : "P") + name));
      case 10 -> packet('C', text((random.nextBoolean() ? "S" : "P") + name));
      case 11, 12 -> packet('S');
      case 13 -> packet('d', "1\tsome data\n".getBytes(StandardCharsets.US_ASCII));
      case 14 -> packet("cfHX".charAt(random.nextInt(4)), text("end"));
      default -> packet("pF".charAt(random.nextInt(2)), text("p"));
    };
  }

  private static byte[] bind(String name, String value) {
    byte[] argument = value.getBytes(StandardCharsets.US_ASCII);
    return packet(
        'B',
        text(name),
        text(name),
        new byte[] {0, 0, 0, 1},
        ints(argument.length),
        argument,
        new byte[2]);
  }

  private static byte[] packet(@Nullable Character type, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    if (type != null) {
      packet.write(type);
    }
    packet.writeBytes(ints(body.size() + 4));
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  private static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private byte[] mutate(byte[] message) {
    byte[] mutated = message.clone();
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      case 3 -> {
        for (int i = 0; i < 4; i++) {
          mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 4 ->
          ByteBuffer.wrap(mutated).putInt(Math.min(1, mutated.length - 4), random.nextInt(40));
      case 5 -> {
        if (random.nextInt(4) == 0) {
          ByteBuffer.wrap(mutated).putInt(Math.min(1, mutated.length - 4), random.nextInt());
        }
      }
      case 6 -> {
        if (mutated.length > 8) {
          // A piece is repeated, the length tells it.
          int from = 5 + random.nextInt(mutated.length - 5);
          int length = Math.min(mutated.length - from, 1 + random.nextInt(8));
          byte[] longer = java.util.Arrays.copyOf(mutated, mutated.length + length);
          System.arraycopy(mutated, from, longer, mutated.length, length);
          ByteBuffer.wrap(longer).putInt(1, longer.length - 1);
          mutated = longer;
        }
      }
      default -> {}
    }
    return mutated;
  }
}
