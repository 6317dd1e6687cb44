package dev.lifeline.events.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A real broker that lets nobody in without TLS and a password.
class KafkaSecurityTest {
  @TempDir private static Path dir;
  private static BrokerProcess broker;
  private static Path truststore;

  @BeforeAll
  static void startBroker() throws Exception {
    Path keystore = dir.resolve("broker.p12");
    truststore = dir.resolve("trust.p12");
    Path certificate = dir.resolve("broker.pem");
    keytool(
        keystore,
        "-genkeypair -alias broker -keyalg EC -dname CN=localhost -ext san=dns:localhost"
            + " -validity 2");
    keytool(keystore, "-exportcert -alias broker -rfc -file " + certificate);
    keytool(truststore, "-importcert -noprompt -alias broker -file " + certificate);
    broker = BrokerProcess.startSecure(dir, keystore);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  private static void keytool(Path store, String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", BrokerProcess.PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private static Path settings(String mechanism, String password, String compression)
      throws IOException {
    String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
    Path file =
        Files.createTempFile(
            dir,
            "client",
            ".properties",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(
        file,
        """
        security.protocol=SASL_SSL
        ssl.truststore.location=%s
        ssl.truststore.password=%s
        sasl.mechanism=%s
        sasl.jaas.config=org.apache.kafka.common.security.%s required \\
          username="%s" password="%s";
        compression.type=%s
        """
            .formatted(
                truststore,
                BrokerProcess.PASSWORD,
                mechanism,
                module,
                BrokerProcess.USER,
                password,
                compression));
  }

  private static void emit(Journal journal) throws InterruptedException {
    for (int i = 1; i <= 500; i++) {
      journal.emit(new Subject("client backend", 7), new TransactionEvent.Committed(i, 1, i));
    }
    journal.awaitFlush(Duration.ofSeconds(20));
  }

  /// The clusters share a topic; each test looks at its own.
  private static List<String> lines(long cluster) {
    return KafkaLog.lines(broker.insideServers()).stream()
        .filter(line -> line.contains("\"lifeline://" + cluster + "\""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"SCRAM-SHA-512, gzip, 101", "PLAIN, zstd, 102", "PLAIN, lz4, 103"})
  void publishesOverTlsWithAPasswordAndCompressed(
      String mechanism, String compression, long cluster) throws Exception {
    Path data = Files.createDirectory(dir.resolve("data" + cluster));
    KafkaConfig config =
        KafkaConfig.of(broker.bootstrapServers())
            .withClientProperties(
                ClientProperties.read(settings(mechanism, BrokerProcess.PASSWORD, compression)));
    try (Journal journal = Journal.open(data, JournalConfig.of(cluster));
        KafkaPublisher publisher = KafkaPublisher.start(journal, config, status -> {})) {
      emit(journal);
      while (publisher.status().publishedSequence() < 500) {
        Thread.sleep(10);
      }
    }
    assertEquals(KafkaLog.journal(data.resolve(Journal.DIRECTORY)), lines(cluster));
    assertEquals(compression, String.valueOf(KafkaDump.lastCompression(dir.resolve("kafka"))));
  }

  @Test
  void aWrongPasswordIsToldAndTheSecretIsNot() throws Exception {
    Path data = Files.createDirectory(dir.resolve("wrong"));
    List<String> reasons = new CopyOnWriteArrayList<>();
    KafkaConfig config =
        KafkaConfig.of(broker.bootstrapServers())
            .withClientProperties(
                ClientProperties.read(settings("SCRAM-SHA-512", "not-the-secret", "none")));
    try (Journal journal = Journal.open(data, JournalConfig.of(104))) {
      emit(journal);
      KafkaPublisher publisher =
          KafkaPublisher.start(journal, config, status -> reasons.add(status.toString()));
      while (reasons.isEmpty()) {
        Thread.sleep(10);
      }
      publisher.close(Duration.ofMillis(100));
    }
    assertTrue(reasons.getFirst().contains("AWAY"), reasons::toString);
    assertTrue(reasons.getFirst().contains("uthentication failed"), reasons::toString);
    assertFalse(reasons.toString().contains("not-the-secret"), reasons::toString);
    assertEquals(List.of(), lines(104));
  }

  @Test
  void theFileIsItsOwnersAndSetsOnlyWhatIsItsToSet() throws Exception {
    Path file = settings("PLAIN", "x", "none");
    Files.writeString(file, "transactional.id=mine");
    IOException refused = assertThrows(IOException.class, () -> ClientProperties.read(file));
    assertTrue(
        refused.toString().contains("\"transactional.id\" cannot be set"), refused::toString);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    IOException open = assertThrows(IOException.class, () -> ClientProperties.read(file));
    assertTrue(open.toString().contains("group or world access"), open::toString);
  }
}
