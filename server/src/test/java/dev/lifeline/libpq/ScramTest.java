package dev.lifeline.libpq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import dev.lifeline.utils.error.PgException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
  private final RandomGenerator random = new Random(42);

  /// The example of RFC 7677, section 3.
  @Test
  void verifierIsThatOfTheRfc() {
    byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    ScramVerifier verifier = ScramVerifier.of("pencil", salt, 4096);
    byte[] authMessage =
        ("n=user,r=rOprNGfwEbeRWgbNEkqO,"
                + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] proof = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertTrue(verifier.verify(proof, authMessage));
    assertEquals(
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        Base64.getEncoder().encodeToString(verifier.serverSignature(authMessage)));
  }

  /// Made by a real PostgreSQL 15: CREATE ROLE ... PASSWORD 'sécret', then pg_authid.rolpassword.
  @Test
  void readsWhatPostgresStores() {
    ScramVerifier verifier = ScramVerifier.parse(POSTGRES_VERIFIER);
    assertNotNull(verifier);
    assertEquals(POSTGRES_VERIFIER, verifier.stored());
    assertTrue(verifier.matches("sécret"));
    assertFalse(verifier.matches("secret"));
  }

  private static final String POSTGRES_VERIFIER =
      "SCRAM-SHA-256$4096:aEZZh8Ub+N3gt9WbfnLK0w==$WwEp2neDHShQORDtOXEEeiDKFQ0Y6sZHdiMy8uPc3fw=:TqKZJuS+6xdG99efFHzlJ+smISZOfSkVGzSJouk6uzw=";

  @ParameterizedTest
  @ValueSource(strings = {"pencil", "", "päss\u00a0wörd", "\u00ad soft", "a\u0007bell", "日本語"})
  void aClientThatKnowsThePasswordGetsIn(String password) throws ScramException {
    ScramVerifier verifier = ScramVerifier.of(password, random);
    assertTrue(verifier.matches(password));
    assertNotEquals(verifier.stored(), ScramVerifier.of(password, random).stored());
    if (!password.isEmpty() && password.indexOf('\u0007') < 0) {
      assertTrue(authenticates(ScramServer.of(verifier, random, null), password));
      assertFalse(authenticates(ScramServer.of(verifier, random, null), password + "x"));
    }
  }

  @Test
  void anUnknownRoleCannotBeToldFromAWrongPassword() throws ScramException {
    byte[] nonce = new byte[32];
    ScramServer server = ScramServer.mock("nobody", nonce, random, null);
    assertFalse(authenticates(server, "pencil"));
    String one = ScramServer.mock("nobody", nonce, random, null).next("n,,n=,r=abc");
    String two = ScramServer.mock("nobody", nonce, random, null).next("n,,n=,r=abc");
    assertNotNull(one);
    assertNotNull(two);
    assertEquals(one.substring(one.indexOf(",s=")), two.substring(two.indexOf(",s=")));
    assertNotEquals(one, two);
  }

  @Test
  void malformedMessagesAreRefused() {
    for (List<String> bad :
        List.of(
            List.of("", "malformed SCRAM message"),
            List.of("p=tls-server-end-point,,n=,r=abc", "malformed SCRAM message"),
            List.of("x,,n=,r=abc", "malformed SCRAM message"),
            List.of(
                "n,a=joe,n=,r=abc", "client uses authorization identity, but it is not supported"),
            List.of("n,,m=ext,n=,r=abc", "client requires an unsupported SCRAM extension"),
            List.of("n,,n=,r=a\u0001c", "non-printable characters in SCRAM nonce"),
            List.of("n,,r=abc", "malformed SCRAM message"),
            List.of("n", "malformed SCRAM message"))) {
      assertEquals(bad.get(1), failure(server(), bad.get(0)));
    }
    ScramServer server = server();
    server.next("n,,n=,r=abc");
    assertEquals("invalid SCRAM response", failure(server, "c=biws,r=other,p=AAAA"));
    ScramServer another = server();
    another.next("y,,n=,r=abc");
    assertEquals(
        "unexpected SCRAM channel-binding attribute in client-final-message",
        failure(another, "c=biws,r=abc,p=AAAA"));
  }

  @Test
  void notEveryTextIsAVerifier() {
    assertNull(ScramVerifier.parse("md5e4d909c290d0fb1ca068ffaddf22cbd0"));
    assertNull(ScramVerifier.parse("SCRAM-SHA-256$4096:abcd$AAAA:AAAA"));
    assertNull(ScramVerifier.parse("SCRAM-SHA-256$-1:abcd$AAAA:AAAA"));
    assertNull(ScramVerifier.parse("secret"));
  }

  private ScramServer server() {
    return ScramServer.of(ScramVerifier.of("pencil", random), random, null);
  }

  private static String failure(ScramServer server, String message) {
    return assertThrows(PgException.class, () -> server.next(message)).message();
  }

  private static boolean authenticates(ScramServer server, String password) throws ScramException {
    ScramClient client =
        ScramClient.builder()
            .advertisedMechanisms(List.of(ScramServer.MECHANISM))
            .username("*")
            .password(password.toCharArray())
            .build();
    String serverFirst = server.next(client.clientFirstMessage().toString());
    assertNotNull(serverFirst);
    client.serverFirstMessage(serverFirst);
    @Nullable String serverFinal = server.next(client.clientFinalMessage().toString());
    assertTrue(server.done());
    if (serverFinal == null) {
      return false;
    }
    client.serverFinalMessage(serverFinal);
    return true;
  }
}
