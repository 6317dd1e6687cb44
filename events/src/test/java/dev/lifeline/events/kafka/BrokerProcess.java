package dev.lifeline.events.kafka;

import dev.lifeline.events.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A real KRaft broker in a JVM of its own, which can be killed and started again on its data.
final class BrokerProcess implements AutoCloseable {
  private final Path configuration;
  private final int port = freePort();
  private final int insidePort = freePort();
  private final boolean secure;
  private ChildJvm jvm;

  /// A user that a broker with security knows, by SCRAM-SHA-512 and by PLAIN.
  static final String USER = "lifeline";

  static final String PASSWORD = "a-secret-1";

  /// @param keystore with the broker's certificate, for a listener with TLS and SASL alone; null
  ///   for one without
  private BrokerProcess(Path directory, @Nullable Path keystore) throws Exception {
    secure = keystore != null;
    int controllerPort = freePort();
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names", "CONTROLLER",
            "controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort,
            "log.dirs", directory.resolve("kafka").toString(),
            "num.partitions", "1",
            "offsets.topic.replication.factor", "1"));
    settings.putAll(
        Map.of(
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "3",
            // A killed broker may come back under its id once its old session is over.
            "broker.session.timeout.ms", "2000",
            "broker.heartbeat.interval.ms", "500",
            "controller.quorum.election.timeout.ms", "500",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
            "log.cleaner.dedupe.buffer.size", "4194304"));
    if (keystore != null) {
      settings.putAll(security(keystore, controllerPort));
    }
    configuration = directory.resolve("server.properties");
    try (var out = Files.newOutputStream(configuration)) {
      settings.store(out, null);
    }
    String clusterId = Uuid.randomUuid().toString();
    try (ChildJvm format =
        ChildJvm.start(
            "kafka.tools.StorageTool",
            List.of(),
            "format",
            "--standalone",
            "-t",
            clusterId,
            "-c",
            configuration.toString(),
            "--add-scram",
            "SCRAM-SHA-512=[name=" + USER + ",password=" + PASSWORD + "]")) {
      format.await("Formatting");
      while (format.readLine() != null) {
        // until it is done
      }
    }
    jvm = launch();
  }

  static BrokerProcess start(Path directory) throws Exception {
    return new BrokerProcess(directory, null);
  }

  static BrokerProcess startSecure(Path directory, Path keystore) throws Exception {
    return new BrokerProcess(directory, keystore);
  }

  private Map<String, String> security(Path keystore, int controllerPort) {
    String plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    return Map.of(
        "listeners",
        "CLIENTS://127.0.0.1:"
            + port
            + ",INSIDE://127.0.0.1:"
            + insidePort
            + ",CONTROLLER://127.0.0.1:"
            + controllerPort,
        "advertised.listeners",
        "CLIENTS://localhost:" + port + ",INSIDE://127.0.0.1:" + insidePort,
        "inter.broker.listener.name",
        "INSIDE",
        "listener.security.protocol.map",
        "CLIENTS:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listener.name.clients.sasl.enabled.mechanisms",
        "SCRAM-SHA-512,PLAIN",
        "listener.name.clients.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "listener.name.clients.plain.sasl.jaas.config",
        plain + " user_" + USER + "=\"" + PASSWORD + "\";",
        "ssl.keystore.location",
        keystore.toString(),
        "ssl.keystore.password",
        PASSWORD);
  }

  String bootstrapServers() {
    return secure ? "localhost:" + port : "127.0.0.1:" + port;
  }

  /// Where tests come in without proving who they are.
  String insideServers() {
    return "127.0.0.1:" + (secure ? insidePort : port);
  }

  void kill() throws Exception {
    jvm.kill();
    jvm.close();
  }

  void restart() throws Exception {
    jvm = launch();
  }

  private ChildJvm launch() throws Exception {
    ChildJvm child = ChildJvm.start("kafka.Kafka", List.of("-Xmx256m"), configuration.toString());
    for (int attempt = 0; ; attempt++) {
      try (Admin admin =
          Admin.create(
              Map.of(
                  "bootstrap.servers", insideServers(),
                  "default.api.timeout.ms", 1000,
                  "request.timeout.ms", 1000))) {
        admin.describeCluster().nodes().get(1, TimeUnit.SECONDS);
        return child;
      } catch (ExecutionException | TimeoutException e) {
        if (attempt > 60 || !child.isAlive()) {
          child.close();
          throw e;
        }
      }
    }
  }

  /// A port that nobody listens on, below those that the system gives to connections: one of these
  /// could be taken by any client before the broker is there.
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // It is taken.
      }
    }
  }

  @Override
  public void close() throws IOException {
    jvm.close();
  }
}
