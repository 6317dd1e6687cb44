package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.AuthMethod;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.HbaLine;
import dev.lifeline.libpq.HbaRequest;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.ScramServer;
import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the rule of `pg_hba.conf` that a client falls under, and lets the client prove who it is.
final class Authentication {
  private final BackendEnvironment environment;
  private final BackendWriter writer;
  private final SessionReports reports;
  private final HbaRequest request;
  private final Promise<Void> done = Promise.promise();
  private @Nullable ScramVerifier verifier;
  private @Nullable ScramServer scram;
  private @Nullable HbaLine rule;
  private String logDetail = "";
  private boolean first = true;

  Authentication(
      BackendEnvironment environment,
      BackendWriter writer,
      SessionReports reports,
      HbaRequest request) {
    this.environment = environment;
    this.writer = writer;
    this.reports = reports;
    this.request = request;
  }

  /// Completes when the client is who it says; fails with a FATAL error when it is not, or may not
  /// connect.
  Future<Void> start() {
    HbaFile hba = environment.hba().get();
    Future<Set<String>> memberships =
        hba.needsMemberships()
            ? environment.authCatalog().memberships(request.user())
            : Future.succeededFuture(Set.of());
    return memberships.compose(
        groups -> decide(hba.match(request, groups, environment.localNetworks())));
  }

  private Future<Void> decide(@Nullable HbaLine matched) {
    rule = matched;
    if (matched == null || matched.method() == AuthMethod.REJECT) {
      return Future.failedFuture(HbaFile.rejection(request, matched));
    }
    return switch (matched.method()) {
      case REJECT -> throw new IllegalStateException("rejected above");
      case TRUST -> {
        writer.authenticationOk();
        yield Future.succeededFuture();
      }
      case PASSWORD -> readVerifier().compose(read -> askPassword());
      case MD5, SCRAM_SHA_256 -> readVerifier().compose(read -> askScram());
    };
  }

  private Future<Void> readVerifier() {
    return environment
        .authCatalog()
        .role(request.user())
        .map(role -> {
          verifier = usableVerifier(role);
          return null;
        });
  }

  /// What is wrong with a role's password is told to the log only.
  private @Nullable ScramVerifier usableVerifier(AuthCatalog.@Nullable Role role) {
    if (role == null) {
      logDetail = "Role \"%s\" does not exist.".formatted(request.user());
      return null;
    }
    String password = role.password();
    ScramVerifier stored = password == null ? null : ScramVerifier.parse(password);
    if (stored == null) {
      logDetail =
          (password == null
                  ? "User \"%s\" has no password assigned."
                  : "User \"%s\" does not have a valid SCRAM secret.")
              .formatted(request.user());
      return null;
    }
    Long validUntil = role.validUntilMicros();
    if (validUntil != null && validUntil < environment.clock().epochMicros()) {
      logDetail = "User \"%s\" has an expired password.".formatted(request.user());
      return null;
    }
    return stored;
  }

  private Future<Void> askPassword() {
    writer.authenticationCleartextPassword();
    writer.flush();
    return done.future();
  }

  private Future<Void> askScram() {
    ScramVerifier known = verifier;
    scram =
        known == null
            ? ScramServer.mock(
                request.user(),
                environment.mockNonce().getBytes(StandardCharsets.UTF_8),
                environment.random())
            : ScramServer.of(known, environment.random());
    writer.authenticationSasl(List.of(ScramServer.MECHANISM));
    writer.flush();
    return done.future();
  }

  /// Takes what the client answers.
  void answer(MessageReader message) {
    try {
      if (scram == null) {
        password(message);
      } else {
        sasl(scram, message);
      }
    } catch (PgException e) {
      done.tryFail(Errors.asFatal(e));
    }
  }

  private void password(MessageReader message) {
    String password = message.readString();
    message.end();
    if (password.isEmpty()) {
      throw PgException.fatal(SqlState.INVALID_PASSWORD, "empty password returned by client");
    }
    ScramVerifier known = verifier;
    if (known == null || !known.matches(password)) {
      if (known != null) {
        logDetail = "Password does not match for user \"%s\".".formatted(request.user());
      }
      throw failed();
    }
    succeeded();
  }

  private void sasl(ScramServer exchange, MessageReader message) {
    String data = first ? initialResponse(message) : rest(message);
    first = false;
    String answer = exchange.next(data);
    if (answer == null) {
      throw failed();
    }
    if (exchange.done()) {
      writer.authenticationSaslFinal(answer);
      succeeded();
    } else {
      writer.authenticationSaslContinue(answer);
      writer.flush();
    }
  }

  private static String initialResponse(MessageReader message) {
    String mechanism = message.readString();
    if (!mechanism.equals(ScramServer.MECHANISM)) {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION, "client selected an invalid SASL authentication mechanism");
    }
    int length = message.readInt32();
    String data = length == -1 ? "" : text(message.readBytes(length));
    message.end();
    return data;
  }

  private static String rest(MessageReader message) {
    return text(message.readBytes(message.remaining()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void succeeded() {
    HbaLine matched = rule;
    if (matched != null) {
      reports.authenticated(request.user(), matched, environment.hba().get().file().toString());
    }
    writer.authenticationOk();
    done.tryComplete();
  }

  private PgException failed() {
    HbaLine matched = rule;
    if (matched != null) {
      String connection =
          "Connection matched pg_hba.conf line %d: \"%s\""
              .formatted(matched.number(), matched.raw());
      reports.authenticationFailed(
          logDetail.isEmpty() ? connection : logDetail + "\n" + connection);
    }
    return PgException.fatal(
        SqlState.INVALID_PASSWORD,
        "password authentication failed for user \"%s\"",
        request.user());
  }
}
