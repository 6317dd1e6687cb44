package dev.lifeline.tcop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.StartupPacket;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendStartupTest {
  private final BackendHarness harness = new BackendHarness();

  @Test
  void aTrustedClientGetsItsParametersAndKey() {
    List<String> answer =
        harness.send(
            Wire.startup(
                "user",
                "postgres",
                "database",
                "mydb",
                "application_name",
                "psql",
                "options",
                "-c statement_timeout=5s --geqo=off"));
    assertEquals("Auth 0", answer.getFirst());
    assertTrue(answer.contains("Parameter application_name=psql"), answer.toString());
    assertTrue(answer.contains("Parameter DateStyle=SQL, DMY"), answer.toString());
    assertTrue(answer.contains("Parameter is_superuser=on"), answer.toString());
    assertTrue(answer.contains("Parameter session_authorization=postgres"), answer.toString());
    assertTrue(answer.contains("Parameter integer_datetimes=on"), answer.toString());
    assertEquals(13, answer.stream().filter(a -> a.startsWith("Parameter ")).count());
    assertEquals(List.of("Key 7 1234", "Ready I"), answer.subList(14, 16));
    assertEquals(List.of("authorized 7 5 10"), harness.postmaster.calls);
    assertEquals("postgres", harness.backend().activity().user());
    assertEquals(BackendActivity.State.IDLE, harness.backend().activity().state());
  }

  @Test
  void theDatabaseIsNamedAsTheUserByDefault() {
    assertEquals(
        List.of("Auth 0", "Error FATAL 3D000 database \"postgres\" does not exist"),
        harness.send(Wire.startup("user", "postgres")));
    assertTrue(harness.channel.closed);
    assertTrue(harness.backend().ended().succeeded());
    assertEquals(1, harness.backend().exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody | mydb | FATAL 28000 role \"nobody\" does not exist",
        "nologin | mydb | FATAL 28000 role \"nologin\" is not permitted to log in",
        "postgres | template0 | FATAL 55000 database \"template0\" is not currently accepting"
            + " connections",
      })
  void whoMayNotConnectIsTold(String user, String database, String error) {
    assertEquals(
        "Error " + error, harness.send(Wire.startup("user", user, "database", database)).getLast());
    assertTrue(harness.ended());
  }

  @Test
  void encryptionIsRefusedAndTheClientMayGoOn() {
    for (int code : new int[] {StartupPacket.SSL_REQUEST_CODE, StartupPacket.GSSENC_REQUEST_CODE}) {
      harness.backend().handle(Wire.request(code));
      assertEquals("N", harness.channel.take().toString());
    }
    assertEquals(
        "Ready I", harness.send(Wire.startup("user", "postgres", "database", "mydb")).getLast());
  }

  @ParameterizedTest
  @CsvSource({
    StartupPacket.SSL_REQUEST_CODE + ", SSL",
    StartupPacket.GSSENC_REQUEST_CODE + ", GSSAPI encryption"
  })
  void bytesSentBehindARequestForEncryptionAreAnError(int code, String what) {
    harness
        .backend()
        .handle(Wire.all(Wire.request(code), Wire.startup("user", "postgres", "database", "mydb")));
    Buffer answer = harness.channel.take();
    assertEquals('N', answer.getByte(0));
    assertTrue(
        Wire.read(answer.getBuffer(1, answer.length()))
            .getFirst()
            .startsWith("Error FATAL 08P01 received unencrypted data after " + what + " request"));
    assertTrue(harness.ended());
  }

  @Test
  void aCancelRequestIsHandedOnAndNeverAnswered() {
    assertEquals(
        List.of(), harness.send(Wire.request(StartupPacket.CANCEL_REQUEST_CODE, 99, 4711)));
    assertEquals(List.of("cancel 99 4711"), harness.postmaster.calls);
    assertTrue(harness.channel.closed);
    assertTrue(harness.ended());
  }

  @Test
  void aNewerMinorVersionIsNegotiated() {
    Buffer newer = Wire.startup("user", "postgres", "database", "mydb", "_pq_.x", "1");
    newer.setInt(4, 3 << 16 | 2);
    List<String> answer = harness.send(newer);
    assertEquals("Negotiate 196608 1", answer.getFirst());
    assertEquals("Ready I", answer.getLast());
  }

  @Test
  void otherProtocolsAreRefused() {
    Buffer old = Wire.startup("user", "postgres");
    old.setInt(4, 2 << 16);
    assertEquals(
        List.of("Error FATAL 0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.0"),
        harness.send(old));
    assertTrue(harness.ended());
  }

  @Test
  void anImpossiblePacketClosesTheConnectionWithoutAWord() {
    assertEquals(List.of(), harness.send(Buffer.buffer("GET / HTTP/1.1\r\n\r\n")));
    assertTrue(harness.ended());
    assertEquals("LOG: invalid length of startup packet", harness.log.getLast());
  }

  @ParameterizedTest
  @CsvSource({
    "STARTUP, FATAL 57P03 the database system is starting up",
    "SHUTDOWN, FATAL 57P03 the database system is shutting down",
    "RECOVERY, FATAL 57P03 the database system is in recovery mode",
    "TOO_MANY, 'FATAL 53300 sorry, too many clients already'",
  })
  void thePostmastersStateIsTold(CanAcceptConnections state, String error) {
    harness.postmaster.canAccept = state;
    assertEquals(
        List.of("Error " + error),
        harness.send(Wire.startup("user", "postgres", "database", "mydb")));
    assertTrue(harness.ended());
    assertEquals(ConnectionEvent.Rejected.class, harness.events.getLast().getClass());
  }

  @Test
  void connectionLimits() {
    harness.postmaster.freeSlots = 0;
    assertEquals(List.of("Error FATAL 53300 sorry, too many clients already"), connect("postgres"));
    BackendHarness reserved = new BackendHarness();
    reserved.postmaster.freeSlots = 3;
    assertEquals(
        "Error FATAL 53300 remaining connection slots are reserved for non-replication superuser"
            + " connections",
        reserved.send(Wire.startup("user", "joe", "database", "mydb")).getLast());
    BackendHarness ofRole = new BackendHarness();
    ofRole.postmaster.ofRole = 3;
    assertEquals(
        "Error FATAL 53300 too many connections for role \"joe\"",
        ofRole.send(Wire.startup("user", "joe", "database", "mydb")).getLast());
    BackendHarness ofDatabase = new BackendHarness();
    ofDatabase.postmaster.ofDatabase = 4;
    assertEquals(
        "Error FATAL 53300 too many connections for database \"mydb\"",
        ofDatabase.send(Wire.startup("user", "joe", "database", "mydb")).getLast());
  }

  private List<String> connect(String user) {
    return harness.send(Wire.startup("user", user, "database", "mydb"));
  }

  @Test
  void noRuleIsARejection() {
    harness.hba = "local all all trust";
    assertEquals(
        List.of(
            "Error FATAL 28000 no pg_hba.conf entry for host \"127.0.0.1\", user \"joe\","
                + " database \"mydb\", no encryption"),
        connect("joe"));
  }

  @Test
  void aLocalClientIsNamedSo() {
    BackendHarness local = new BackendHarness(ClientAddress.LOCAL);
    local.hba = "local all joe reject";
    assertEquals(
        List.of(
            "Error FATAL 28000 pg_hba.conf rejects connection for host \"[local]\", user \"joe\","
                + " database \"mydb\", no encryption"),
        local.send(Wire.startup("user", "joe", "database", "mydb")));
  }

  @Test
  void aPlainPasswordIsCheckedAgainstTheVerifier() {
    harness.hba = "host all all all password";
    assertEquals(List.of("Auth 3"), connect("joe"));
    assertEquals("Ready I", harness.send(Wire.password(BackendHarness.PASSWORD)).getLast());
    for (String wrong : List.of("Secret", "secret ")) {
      BackendHarness other = new BackendHarness();
      other.hba = harness.hba;
      other.send(Wire.startup("user", "joe", "database", "mydb"));
      assertEquals(
          List.of("Error FATAL 28P01 password authentication failed for user \"joe\""),
          other.send(Wire.password(wrong)));
      assertTrue(other.ended());
    }
    BackendHarness unknown = new BackendHarness();
    unknown.hba = harness.hba;
    unknown.send(Wire.startup("user", "nobody", "database", "mydb"));
    assertEquals(
        List.of("Error FATAL 28P01 password authentication failed for user \"nobody\""),
        unknown.send(Wire.password("x")));
    assertEquals(
        "FATAL: password authentication failed for user \"nobody\" | Role \"nobody\" does not"
            + " exist.\nConnection matched pg_hba.conf line 1: \"host all all all password\"",
        unknown.log.getLast());
  }

  @Test
  void scramLetsInWhoKnowsThePassword() throws ScramException {
    assertEquals("Ready I", scram("joe", BackendHarness.PASSWORD).getLast());
    ConnectionEvent.Authenticated authenticated =
        harness.events.stream()
            .filter(ConnectionEvent.Authenticated.class::isInstance)
            .map(ConnectionEvent.Authenticated.class::cast)
            .findAny()
            .orElseThrow();
    assertEquals("scram-sha-256", authenticated.authMethod());
  }

  @Test
  void scramKeepsOutWhoDoesNot() throws ScramException {
    assertEquals(
        List.of("Error FATAL 28P01 password authentication failed for user \"joe\""),
        scram("joe", "wrong"));
    assertTrue(harness.ended());
  }

  @Test
  void scramDoesNotTellWhetherARoleExists() throws ScramException {
    assertEquals(
        List.of("Error FATAL 28P01 password authentication failed for user \"nobody\""),
        scram("nobody", "wrong"));
  }

  private List<String> scram(String user, String password) throws ScramException {
    harness.hba = "host all all all scram-sha-256";
    assertEquals(List.of("Auth 10 SCRAM-SHA-256"), connect(user));
    ScramClient client =
        ScramClient.builder()
            .advertisedMechanisms(List.of("SCRAM-SHA-256"))
            .username("*")
            .password(password.toCharArray())
            .build();
    byte[] first = client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
    Buffer initial = Buffer.buffer("SCRAM-SHA-256\0").appendInt(first.length).appendBytes(first);
    String serverFirst = harness.send(Wire.message('p', initial)).getFirst();
    client.serverFirstMessage(serverFirst.substring("Auth 11 ".length()));
    return harness.send(Wire.message('p', Buffer.buffer(client.clientFinalMessage().toString())));
  }

  @Test
  void authenticationIsNotWaitedForForEver() {
    harness.settings.put(Gucs.LOG_LINE_PREFIX, "");
    harness.backend();
    harness.time.advanceMillis(59_999);
    assertFalse(harness.ended());
    harness.time.advanceMillis(2);
    assertEquals(List.of(), harness.received());
    assertTrue(harness.ended());
    BackendHarness asked = new BackendHarness();
    asked.hba = "host all all all password";
    asked.send(Wire.startup("user", "joe", "database", "mydb"));
    asked.time.advanceMillis(60_001);
    assertEquals(List.of(), asked.received(), "only the log is told");
    assertEquals(1, asked.backend().exitCode());
    assertTrue(asked.ended());
  }

  @Test
  void anAuthenticatedClientIsNotTimedOut() {
    harness.connected();
    harness.time.advanceMillis(100_000);
    assertFalse(harness.ended());
  }

  @Test
  void parametersThatCannotBeEndTheConnection() {
    assertEquals(
        "Error FATAL 42704 unrecognized configuration parameter \"nope\"",
        harness.send(Wire.startup("user", "postgres", "database", "mydb", "nope", "1")).getLast());
    assertEquals(
        "Error FATAL 22023 invalid value for parameter \"client_encoding\": \"LATIN1\"",
        new BackendHarness()
            .send(Wire.startup("user", "postgres", "database", "mydb", "client_encoding", "LATIN1"))
            .getLast());
    assertEquals(
        "Error FATAL 42601 invalid command-line argument for server process: -z"
            + " | H:Try \"postgres --help\" for more information.",
        new BackendHarness()
            .send(Wire.startup("user", "postgres", "database", "mydb", "options", "-z"))
            .getLast());
    assertEquals(
        "Error FATAL 0A000 physical replication is not supported by Lifeline",
        new BackendHarness()
            .send(Wire.startup("user", "postgres", "database", "mydb", "replication", "true"))
            .getLast());
  }
}
