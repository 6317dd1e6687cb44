package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The server's part of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677). Where the connection is
/// encrypted the client may bind the exchange to it (SCRAM-SHA-256-PLUS), so that nobody in the
/// middle can pass it on:
///
/// ```text
/// FIRST   client-first-message   -> server-first-message   -> FINAL
/// FINAL   client-final-message   -> server-final-message   -> DONE, or the proof is wrong
/// ```
public final class ScramServer {
  public static final String MECHANISM = "SCRAM-SHA-256";
  public static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";
  private static final String CHANNEL_BINDING_TYPE = "tls-server-end-point";
  private static final int NONCE_BYTES = 18;

  private final ScramVerifier verifier;

  /// Whether the exchange must fail whatever the client sends: there is no such role.
  private final boolean doomed;

  private final RandomGenerator random;

  /// The hash of the server's certificate, in Base64; null where the connection is not encrypted.
  private final @Nullable String serverEndPoint;

  /// Whether the client has chosen the mechanism with channel binding.
  private boolean bound;

  private State state = State.FIRST;
  private String gs2Header = "";
  private String clientFirstBare = "";
  private String serverFirst = "";
  private String nonce = "";

  private enum State {
    FIRST,
    FINAL,
    DONE
  }

  private ScramServer(
      ScramVerifier verifier,
      boolean doomed,
      RandomGenerator random,
      @Nullable String serverEndPoint) {
    this.verifier = verifier;
    this.doomed = doomed;
    this.random = random;
    this.serverEndPoint = serverEndPoint;
  }

  /// The exchange with a role that has a password.
  ///
  /// @param serverEndPoint the hash of the server's certificate that channel binding is about; null
  ///   where the connection is not encrypted
  public static ScramServer of(
      ScramVerifier verifier, RandomGenerator random, @Nullable String serverEndPoint) {
    return new ScramServer(verifier, false, random, serverEndPoint);
  }

  /// An exchange that looks like any other and fails at its end: for a role that does not exist or
  /// has no password.
  ///
  /// @param mockNonce a secret of the cluster, so that a name keeps its salt
  public static ScramServer mock(
      String user, byte[] mockNonce, RandomGenerator random, @Nullable String serverEndPoint) {
    return new ScramServer(ScramVerifier.mock(user, mockNonce), true, random, serverEndPoint);
  }

  /// What the client may choose from.
  public List<String> mechanisms() {
    return serverEndPoint == null ? List.of(MECHANISM) : List.of(MECHANISM_PLUS, MECHANISM);
  }

  /// The client has chosen.
  public void choose(String mechanism) {
    if (!mechanisms().contains(mechanism)) {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION, "client selected an invalid SASL authentication mechanism");
    }
    bound = mechanism.equals(MECHANISM_PLUS);
  }

  public boolean done() {
    return state == State.DONE;
  }

  /// Takes the client's next message and returns the answer; null when the proof is wrong.
  public @Nullable String next(String message) {
    if (message.isEmpty()) {
      throw malformed("The message is empty.");
    }
    return switch (state) {
      case FIRST -> first(message);
      case FINAL -> last(message);
      case DONE -> throw new IllegalStateException("the exchange is over");
    };
  }

  private String first(String message) {
    Cursor cursor = new Cursor(message);
    readGs2Header(cursor);
    gs2Header = message.substring(0, cursor.position());
    clientFirstBare = message.substring(cursor.position());
    if (cursor.peek() == 'm') {
      throw PgException.fatal(
          SqlState.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension");
    }
    // The startup packet has told the user already; the name here is ignored, as PostgreSQL does.
    cursor.attribute('n');
    String clientNonce = cursor.attribute('r');
    if (!clientNonce.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION, "non-printable characters in SCRAM nonce");
    }
    cursor.skipExtensions();
    byte[] own = new byte[NONCE_BYTES];
    random.nextBytes(own);
    nonce = clientNonce + Base64.getEncoder().encodeToString(own);
    serverFirst = "r=" + nonce + ",s=" + verifier.saltBase64() + ",i=" + verifier.iterations();
    state = State.FINAL;
    return serverFirst;
  }

  private void readGs2Header(Cursor cursor) {
    char binding = cursor.peek();
    switch (binding) {
      case 'n', 'y' -> {
        if (bound) {
          throw malformed(
              "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                  + " channel binding data.");
        }
        if (binding == 'y' && serverEndPoint != null) {
          throw PgException.fatal(
                  SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                  "SCRAM channel binding negotiation error")
              .detail(
                  "The client supports SCRAM channel binding but thinks the server does not. "
                      + " However, this server does support channel binding.");
        }
        cursor.skip();
        cursor.comma();
      }
      case 'p' -> readBindingType(cursor);
      default ->
          throw malformed("Unexpected channel-binding flag \"%s\".".formatted(sanitize(binding)));
    }
    if (cursor.peek() == 'a') {
      throw PgException.fatal(
          SqlState.FEATURE_NOT_SUPPORTED,
          "client uses authorization identity, but it is not supported");
    }
    cursor.comma();
  }

  private void readBindingType(Cursor cursor) {
    if (!bound) {
      throw malformed(
          "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message"
              + " includes channel binding data.");
    }
    String type = cursor.attribute('p');
    if (!type.equals(CHANNEL_BINDING_TYPE)) {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION, "unsupported SCRAM channel-binding type \"%s\"", type);
    }
  }

  /// What the client must have seen: its own header and, where it has bound the exchange, the
  /// server's certificate.
  private String expectedBinding() {
    byte[] header = gs2Header.getBytes(StandardCharsets.UTF_8);
    if (!bound || serverEndPoint == null) {
      return Base64.getEncoder().encodeToString(header);
    }
    byte[] certificate = Base64.getDecoder().decode(serverEndPoint);
    byte[] both = Arrays.copyOf(header, header.length + certificate.length);
    System.arraycopy(certificate, 0, both, header.length, certificate.length);
    return Base64.getEncoder().encodeToString(both);
  }

  private @Nullable String last(String message) {
    state = State.DONE;
    Cursor cursor = new Cursor(message);
    String binding = cursor.attribute('c');
    if (!binding.equals(expectedBinding())) {
      if (bound) {
        throw PgException.fatal(
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "SCRAM channel binding check failed");
      }
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "unexpected SCRAM channel-binding attribute in client-final-message");
    }
    if (!cursor.attribute('r').equals(nonce)) {
      throw PgException.fatal(SqlState.PROTOCOL_VIOLATION, "invalid SCRAM response")
          .detail("Nonce does not match.");
    }
    int proofAt = message.lastIndexOf(",p=");
    if (proofAt < cursor.position() - 1) {
      throw malformed("Malformed proof in client-final-message.");
    }
    byte[] proof = decodeProof(message.substring(proofAt + 3));
    String withoutProof = message.substring(0, proofAt);
    byte[] authMessage =
        (clientFirstBare + "," + serverFirst + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
    // Verified in any case, so that a doomed exchange takes as long as a good one.
    boolean proven = verifier.verify(proof, authMessage);
    if (!proven || doomed) {
      return null;
    }
    return "v=" + Base64.getEncoder().encodeToString(verifier.serverSignature(authMessage));
  }

  private static byte[] decodeProof(String base64) {
    byte[] proof;
    try {
      proof = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw malformed("Malformed proof in client-final-message.");
    }
    if (proof.length != ScramVerifier.KEY_BYTES) {
      throw malformed("Malformed proof in client-final-message.");
    }
    return proof;
  }

  private static PgException malformed(String detail) {
    return PgException.fatal(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message").detail(detail);
  }

  private static String sanitize(char c) {
    return c >= 0x21 && c <= 0x7e ? String.valueOf(c) : "0x%02x".formatted((int) c);
  }

  /// Reads `x=value,y=value`.
  private static final class Cursor {
    private final String message;
    private int at;

    Cursor(String message) {
      this.message = message;
    }

    int position() {
      return at;
    }

    char peek() {
      return at < message.length() ? message.charAt(at) : 0;
    }

    void skip() {
      at++;
    }

    void comma() {
      if (peek() != ',') {
        throw malformed("Comma expected, but found character \"%s\".".formatted(sanitize(peek())));
      }
      at++;
    }

    String attribute(char name) {
      if (peek() != name) {
        throw malformed(
            "Expected attribute \"%s\" but found \"%s\".".formatted(name, sanitize(peek())));
      }
      at++;
      if (peek() != '=') {
        throw malformed("Expected character \"=\" for attribute \"%s\".".formatted(name));
      }
      int start = ++at;
      int comma = message.indexOf(',', start);
      int end = comma < 0 ? message.length() : comma;
      at = comma < 0 ? end : comma + 1;
      return message.substring(start, end);
    }

    void skipExtensions() {
      while (at < message.length()) {
        char name = peek();
        boolean letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
        if (!letter) {
          throw malformed(
              "Attribute expected, but found invalid character \"%s\".".formatted(sanitize(name)));
        }
        attribute(name);
      }
    }
  }
}
