package dev.lifeline.libpq.client;

import static dev.lifeline.libpq.client.ConnectionString.failure;

import dev.lifeline.libpq.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The client's part of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding.
/// The server proves that it knows the password's verifier too, or the exchange fails.
final class ScramClient {
  private static final int NONCE_BYTES = 18;

  /// A server that asks for more wants to keep us busy.
  private static final int ITERATIONS_MAX = 10_000_000;

  private final String password;
  private final String clientNonce;
  private String authMessage = "";
  private ScramVerifier.@Nullable ClientKeys keys;

  ScramClient(String password, RandomGenerator random) {
    this.password = password;
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    this.clientNonce = Base64.getEncoder().encodeToString(nonce);
  }

  private String firstBare() {
    return "n=,r=" + clientNonce;
  }

  String first() {
    return "n,," + firstBare();
  }

  /// Answers the server's first message.
  String answer(String serverFirst) {
    String[] parts = serverFirst.split(",", -1);
    if (parts.length < 3
        || !parts[0].startsWith("r=")
        || !parts[1].startsWith("s=")
        || !parts[2].startsWith("i=")) {
      throw failure("malformed SCRAM message");
    }
    String nonce = parts[0].substring(2);
    if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
      throw failure("invalid SCRAM response (nonce mismatch)");
    }
    byte[] salt;
    int iterations;
    try {
      salt = Base64.getDecoder().decode(parts[1].substring(2));
      iterations = Integer.parseInt(parts[2].substring(2));
    } catch (IllegalArgumentException e) {
      throw failure("malformed SCRAM message (invalid salt or iteration count)");
    }
    if (iterations < 1 || iterations > ITERATIONS_MAX) {
      throw failure("malformed SCRAM message (invalid iteration count)");
    }
    String withoutProof = "c=biws,r=" + nonce;
    authMessage = firstBare() + "," + serverFirst + "," + withoutProof;
    ScramVerifier.ClientKeys made = ScramVerifier.clientKeys(password, salt, iterations);
    keys = made;
    byte[] proof = made.proof(authMessage.getBytes(StandardCharsets.UTF_8));
    return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
  }

  /// Checks the server's last message.
  void verify(String serverFinal) {
    ScramVerifier.ClientKeys made = keys;
    if (serverFinal.startsWith("e=")) {
      throw failure("error received from server in SCRAM exchange: " + serverFinal.substring(2));
    }
    if (made == null || !serverFinal.startsWith("v=")) {
      throw failure("malformed SCRAM message");
    }
    String signature = serverFinal.substring(2).split(",", 2)[0];
    String expected =
        Base64.getEncoder()
            .encodeToString(made.serverSignature(authMessage.getBytes(StandardCharsets.UTF_8)));
    if (!expected.equals(signature)) {
      throw failure("incorrect server signature");
    }
  }
}
