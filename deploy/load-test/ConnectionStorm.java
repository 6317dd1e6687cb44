import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// Connects, runs one point query of pgbench's accounts, disconnects, over and over: `pgbench -C -S`
/// from a client that costs little, so that what is measured is the server. With a scale of 0 the query
/// is `SELECT 1`.
///
///     java ConnectionStorm.java PORT CLIENTS SECONDS SCALE [USER [PASSWORD]]
///     java ConnectionStorm.java --canned PORT
///
/// Prints `connections per second`, the client's own CPU time for one, and what the middle and the
/// slowest hundredth took. Each client is a thread with blocking sockets: seven system calls a
/// connection. As RFC 5802 allows, the salted password is computed once, where libpq does it anew for
/// each connection.
///
/// The second form is a server that answers any client with bytes prepared beforehand, a thread for
/// each connection: the least that a connection can cost, and so the most that a client can do.
public final class ConnectionStorm {
  private static final int SSL_REQUEST = 80877103;
  private static final int PROTOCOL = 196608;
  private static final String SELECT = "SELECT abalance FROM pgbench_accounts WHERE aid = ";

  private final int port;
  private final int accounts;
  private final String user;
  private final String password;
  private final byte[] startup;
  private final Map<String, byte[]> salted = new ConcurrentHashMap<>();
  private volatile long until;

  private ConnectionStorm(int port, int scale, String user, String password) {
    this.port = port;
    this.accounts = scale * 100_000;
    this.user = user;
    this.password = password;
    byte[] names = utf8("user\0" + user + "\0database\0postgres\0application_name\0storm\0\0");
    this.startup =
        ByteBuffer.allocate(8 + names.length)
            .putInt(8 + names.length)
            .putInt(PROTOCOL)
            .put(names)
            .array();
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("--canned")) {
      new Canned().serve(Integer.parseInt(args[1]));
      return;
    }
    if (args.length < 4) {
      System.err.println(
          "usage: ConnectionStorm PORT CLIENTS SECONDS SCALE [USER [PASSWORD]] | --canned PORT");
      System.exit(2);
    }
    String user = args.length > 4 ? args[4] : "postgres";
    String password = args.length > 5 ? args[5] : "";
    new ConnectionStorm(Integer.parseInt(args[0]), Integer.parseInt(args[3]), user, password)
        .run(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
  }

  private void run(int clients, int seconds) throws Exception {
    List<Client> running = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    long cpu = cpuMicros();
    long began = System.nanoTime();
    until = began + seconds * 1_000_000_000L;
    for (int i = 0; i < clients; i++) {
      Client client = new Client();
      running.add(client);
      threads.add(Thread.ofPlatform().start(client));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - began) / 1e9;
    cpu = cpuMicros() - cpu;
    long[] nanos =
        running.stream().flatMapToLong(client -> Arrays.stream(client.times())).sorted().toArray();
    Exception failure =
        running.stream()
            .map(client -> client.failure)
            .filter(e -> e != null)
            .findAny()
            .orElse(null);
    if (failure != null) {
      throw failure;
    }
    System.out.printf(
        "connections processed: %d%nconnections per second: %.1f%nclient CPU: %.1f us%np50: %.3f ms%np99: %.3f ms%n",
        nanos.length,
        nanos.length / took,
        (double) cpu / nanos.length,
        nanos[nanos.length / 2] / 1e6,
        nanos[(int) (nanos.length * 99L / 100)] / 1e6);
  }

  /// Of this process, user and system.
  private static long cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One connection after the other.
  private final class Client implements Runnable {
    private final ByteBuffer in = ByteBuffer.allocateDirect(8192);
    private final ByteBuffer out = ByteBuffer.allocateDirect(1024);
    private long[] nanos = new long[1024];
    private int done;
    private volatile Exception failure;

    long[] times() {
      return Arrays.copyOf(nanos, done);
    }

    @Override
    public void run() {
      try {
        long now = System.nanoTime();
        while (now < until) {
          one();
          long after = System.nanoTime();
          if (done == nanos.length) {
            nanos = Arrays.copyOf(nanos, done * 2);
          }
          nanos[done++] = after - now;
          now = after;
        }
      } catch (IOException | GeneralSecurityException e) {
        failure = e;
      }
    }

    private void one() throws IOException, GeneralSecurityException {
      try (SocketChannel channel = SocketChannel.open()) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        in.clear().flip();
        send(channel, out.clear().put(startup));
        authenticate(channel);
        untilReady(channel, false);
        byte[] query = query();
        out.clear().put((byte) 'Q').putInt(4 + query.length);
        send(channel, out.put(query));
        untilReady(channel, true);
        send(channel, out.clear().put((byte) 'X').putInt(4));
      }
    }

    private byte[] query() {
      return accounts == 0
          ? utf8("SELECT 1\0")
          : utf8(SELECT + (ThreadLocalRandom.current().nextInt(accounts) + 1) + '\0');
    }

    private void authenticate(SocketChannel channel) throws IOException, GeneralSecurityException {
      Scram scram = null;
      while (true) {
        byte[] body = message(channel, 'R');
        ByteBuffer fields = ByteBuffer.wrap(body);
        switch (fields.getInt()) {
          case 0 -> {
            return;
          }
          case 10 -> {
            scram = new Scram();
            byte[] first = utf8(scram.first());
            byte[] mechanism = utf8("SCRAM-SHA-256\0");
            out.clear().put((byte) 'p').putInt(4 + mechanism.length + 4 + first.length);
            send(channel, out.put(mechanism).putInt(first.length).put(first));
          }
          case 11 -> {
            byte[] last =
                utf8(scram.last(new String(body, 4, body.length - 4, StandardCharsets.UTF_8)));
            send(channel, out.clear().put((byte) 'p').putInt(4 + last.length).put(last));
          }
          case 12 -> scram.verify(new String(body, 4, body.length - 4, StandardCharsets.UTF_8));
          default ->
              throw new IOException("the server wants an authentication that is not known here");
        }
      }
    }

    private void untilReady(SocketChannel channel, boolean row) throws IOException {
      boolean seen = !row;
      while (true) {
        need(channel, 5);
        int kind = in.get();
        int length = in.getInt() - 4;
        need(channel, length);
        if (kind == 'E') {
          byte[] body = new byte[length];
          in.get(body);
          throw new IOException(new String(body, StandardCharsets.UTF_8).replace('\0', ' '));
        }
        in.position(in.position() + length);
        seen |= kind == 'D';
        if (kind == 'Z') {
          if (!seen) {
            throw new IOException("the query found no row");
          }
          return;
        }
      }
    }

    private byte[] message(SocketChannel channel, int wanted) throws IOException {
      need(channel, 5);
      int kind = in.get();
      byte[] body = new byte[in.getInt() - 4];
      need(channel, body.length);
      in.get(body);
      if (kind != wanted) {
        throw new IOException(new String(body, StandardCharsets.UTF_8).replace('\0', ' '));
      }
      return body;
    }

    private void need(SocketChannel channel, int bytes) throws IOException {
      if (in.remaining() < bytes) {
        in.compact();
        while (in.position() < bytes) {
          if (channel.read(in) < 0) {
            throw new IOException("the server closed the connection");
          }
        }
        in.flip();
      }
    }

    private void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
      bytes.flip();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
  private final class Scram {
    private final String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private String authMessage;
    private byte[] saltedPassword;

    String first() {
      return "n,,n=,r=" + nonce;
    }

    String last(String serverFirst) throws GeneralSecurityException {
      String[] fields = serverFirst.split(",");
      saltedPassword =
          salted.computeIfAbsent(
              fields[1] + fields[2], key -> salt(fields[1].substring(2), fields[2].substring(2)));
      String withoutProof = "c=biws," + fields[0];
      authMessage = "n=,r=" + nonce + "," + serverFirst + "," + withoutProof;
      byte[] clientKey = hmac(saltedPassword, "Client Key");
      byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage);
      for (int i = 0; i < clientKey.length; i++) {
        clientKey[i] ^= signature[i];
      }
      return withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey);
    }

    void verify(String serverFinal) throws IOException, GeneralSecurityException {
      byte[] expected = hmac(hmac(saltedPassword, "Server Key"), authMessage);
      if (!serverFinal.equals("v=" + Base64.getEncoder().encodeToString(expected))) {
        throw new IOException("the server does not know the password of " + user);
      }
    }

    private byte[] salt(String salt, String iterations) {
      try {
        PBEKeySpec spec =
            new PBEKeySpec(
                password.toCharArray(),
                Base64.getDecoder().decode(salt),
                Integer.parseInt(iterations),
                256);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(spec)
            .getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(message));
    }
  }

  /// The server that has one answer for everybody.
  private static final class Canned {
    private static final String[] PARAMETERS = {
      "application_name",
      "pgbench",
      "client_encoding",
      "UTF8",
      "DateStyle",
      "ISO, MDY",
      "default_transaction_read_only",
      "off",
      "in_hot_standby",
      "off",
      "integer_datetimes",
      "on",
      "IntervalStyle",
      "postgres",
      "is_superuser",
      "on",
      "server_encoding",
      "UTF8",
      "server_version",
      "15.18",
      "session_authorization",
      "postgres",
      "standard_conforming_strings",
      "on",
      "TimeZone",
      "Etc/UTC"
    };
    private static final int THREADS = 64;

    private final byte[] welcome;
    private final byte[] row;

    Canned() {
      ByteBuffer bytes = ByteBuffer.allocate(1024);
      bytes.put((byte) 'R').putInt(8).putInt(0);
      for (int i = 0; i < PARAMETERS.length; i += 2) {
        byte[] body = utf8(PARAMETERS[i] + "\0" + PARAMETERS[i + 1] + "\0");
        bytes.put((byte) 'S').putInt(4 + body.length).put(body);
      }
      bytes.put((byte) 'K').putInt(12).putInt(1).putInt(1);
      bytes.put((byte) 'Z').putInt(5).put((byte) 'I');
      welcome = Arrays.copyOf(bytes.array(), bytes.position());
      bytes.clear();
      byte[] name = utf8("abalance\0");
      bytes.put((byte) 'T').putInt(6 + name.length + 18).putShort((short) 1).put(name);
      bytes
          .putInt(0)
          .putShort((short) 0)
          .putInt(23)
          .putShort((short) 4)
          .putInt(-1)
          .putShort((short) 0);
      bytes.put((byte) 'D').putInt(11).putShort((short) 1).putInt(1).put((byte) '0');
      byte[] tag = utf8("SELECT 1\0");
      bytes.put((byte) 'C').putInt(4 + tag.length).put(tag);
      bytes.put((byte) 'Z').putInt(5).put((byte) 'I');
      row = Arrays.copyOf(bytes.array(), bytes.position());
    }

    void serve(int port) throws Exception {
      ServerSocketChannel listener = ServerSocketChannel.open();
      listener.bind(new InetSocketAddress("127.0.0.1", port), 1024);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(Thread.ofPlatform().start(() -> accept(listener)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private void accept(ServerSocketChannel listener) {
      ByteBuffer in = ByteBuffer.allocateDirect(8192);
      while (true) {
        try (SocketChannel channel = listener.accept()) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
          answer(channel, in);
        } catch (IOException e) {
          System.err.println("canned: " + e.getMessage());
        }
      }
    }

    private void answer(SocketChannel channel, ByteBuffer in) throws IOException {
      while (channel.read(in.clear()) > 0) {
        if (in.position() == 8 && in.getInt(4) == SSL_REQUEST) {
          channel.write(ByteBuffer.wrap(new byte[] {'N'}));
        } else if (in.get(0) == 0) {
          channel.write(ByteBuffer.wrap(welcome));
        } else if (in.get(0) == 'Q') {
          channel.write(ByteBuffer.wrap(row));
        } else {
          return;
        }
      }
    }
  }
}
