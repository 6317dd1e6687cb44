package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.AuthMethod;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.Md5Password;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.ScramServer;
import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Lets a client prove that it knows its role's password, by one of the methods `password`, `md5`
/// and `scram-sha-256`. A role that has none, or does not exist, is asked all the same.
final class PasswordExchange {
  private final BackendEnvironment environment;
  private final BackendWriter writer;
  private final String user;
  private final @Nullable TlsSession tls;
  private final Promise<Boolean> done = Promise.promise();
  private final byte[] salt = new byte[Md5Password.SALT_BYTES];

  /// The role's password as it is stored, if it can be used.
  private @Nullable String secret;

  private @Nullable String logDetail;
  private @Nullable ScramServer scram;
  private boolean md5;
  private boolean first = true;

  PasswordExchange(
      BackendEnvironment environment, BackendWriter writer, String user, @Nullable TlsSession tls) {
    this.environment = environment;
    this.writer = writer;
    this.user = user;
    this.tls = tls;
  }

  /// Completes with whether the client knows the password; fails with a FATAL error when it does
  /// not keep to the protocol.
  Future<Boolean> start(AuthMethod method) {
    return environment
        .authCatalog()
        .role(user)
        .compose(role -> {
          secret = usable(role);
          ask(method);
          writer.flush();
          return done.future();
        });
  }

  /// What only the log may know of the reason of a failure; null for nothing.
  @Nullable String logDetail() {
    return logDetail;
  }

  private @Nullable String usable(AuthCatalog.@Nullable Role role) {
    if (role == null) {
      logDetail = "Role \"%s\" does not exist.".formatted(user);
      return null;
    }
    if (role.password() == null) {
      logDetail = "User \"%s\" has no password assigned.".formatted(user);
      return null;
    }
    Long validUntil = role.validUntilMicros();
    if (validUntil != null && validUntil < environment.clock().epochMicros()) {
      logDetail = "User \"%s\" has an expired password.".formatted(user);
      return null;
    }
    return role.password();
  }

  private void ask(AuthMethod method) {
    String stored = secret;
    if (method == AuthMethod.PASSWORD) {
      writer.authenticationCleartextPassword();
    } else if (method == AuthMethod.MD5 && keptAsMd5(stored)) {
      md5 = true;
      environment.random().nextBytes(salt);
      writer.authenticationMd5Password(salt);
    } else {
      ScramServer exchange = scram(stored);
      scram = exchange;
      writer.authenticationSasl(exchange.mechanisms());
    }
  }

  /// Nobody can tell by the question whether a role exists.
  private boolean keptAsMd5(@Nullable String stored) {
    return stored == null
        ? environment.config().get().get(Gucs.PASSWORD_ENCRYPTION).equals("md5")
        : Md5Password.isStored(stored);
  }

  private ScramServer scram(@Nullable String stored) {
    ScramVerifier verifier = stored == null ? null : ScramVerifier.parse(stored);
    if (stored != null && verifier == null) {
      logDetail = "User \"%s\" does not have a valid SCRAM secret.".formatted(user);
    }
    String endPoint = tls == null ? null : tls.serverEndPoint();
    return verifier == null
        ? ScramServer.mock(
            user,
            environment.mockNonce().getBytes(StandardCharsets.UTF_8),
            environment.random(),
            endPoint)
        : ScramServer.of(verifier, environment.random(), endPoint);
  }

  /// Takes what the client answers.
  void answer(MessageReader message) {
    try {
      ScramServer exchange = scram;
      if (exchange == null) {
        password(message);
      } else {
        sasl(exchange, message);
      }
    } catch (PgException e) {
      done.tryFail(Errors.asFatal(e));
    }
  }

  private void password(MessageReader message) {
    String answer = message.readString();
    message.end();
    if (answer.isEmpty()) {
      throw PgException.fatal(SqlState.INVALID_PASSWORD, "empty password returned by client");
    }
    String stored = secret;
    boolean right = stored != null && (md5 ? provesMd5(stored, answer) : is(stored, answer));
    if (stored != null && !right && logDetail == null) {
      logDetail = "Password does not match for user \"%s\".".formatted(user);
    }
    done.tryComplete(right);
  }

  private boolean provesMd5(String stored, String answer) {
    return Md5Password.equal(Md5Password.answer(stored, salt), answer);
  }

  private boolean is(String stored, String password) {
    if (Md5Password.isStored(stored)) {
      return Md5Password.equal(Md5Password.stored(password, user), stored);
    }
    ScramVerifier verifier = ScramVerifier.parse(stored);
    if (verifier == null) {
      logDetail = "Password of user \"%s\" is in unrecognized format.".formatted(user);
      return false;
    }
    return verifier.matches(password);
  }

  private void sasl(ScramServer exchange, MessageReader message) {
    String data = first ? initialResponse(exchange, message) : rest(message);
    first = false;
    String answer = exchange.next(data);
    if (answer == null) {
      done.tryComplete(false);
    } else if (exchange.done()) {
      writer.authenticationSaslFinal(answer);
      done.tryComplete(true);
    } else {
      writer.authenticationSaslContinue(answer);
      writer.flush();
    }
  }

  private static String initialResponse(ScramServer exchange, MessageReader message) {
    exchange.choose(message.readString());
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
}
