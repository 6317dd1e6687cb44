package dev.lifeline.libpq.client;

import static dev.lifeline.libpq.client.ConnectionString.failure;

import dev.lifeline.libpq.Md5Password;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.ScramServer;
import dev.lifeline.libpq.client.ConnectionString.SslMode;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Connects as libpq does: each host in its turn, encrypted or not as `sslmode` says, then the
/// startup packet and what the server asks for as a proof.
public final class PgConnector {
  private static final int PROTOCOL = 3 << 16;
  private static final int SSL_REQUEST = 80877103;

  private final Dialer dialer;
  private final Timers timers;
  private final RandomGenerator random;

  /// @param random must not be guessable
  public PgConnector(Dialer dialer, Timers timers, RandomGenerator random) {
    this.dialer = dialer;
    this.timers = timers;
    this.random = random;
  }

  /// Connects.
  ///
  /// @param applicationName where the string has none
  /// @param parameters of the session: `replication`, and settings
  /// @return fails with 08006 and libpq's words
  public Future<PgConnection> connect(
      ConnectionString to, String applicationName, Map<String, String> parameters) {
    List<Attempt> attempts = new ArrayList<>();
    try {
      to.checkSupported();
      Map<String, String> startup = startup(to, applicationName, parameters);
      for (Dialer.Address address : to.addresses()) {
        for (boolean tls : tlsOrder(to.sslMode(), address)) {
          attempts.add(new Attempt(to, address, tls, startup));
        }
      }
    } catch (PgException e) {
      return Future.failedFuture(e);
    }
    return tryNext(attempts, 0, "");
  }

  private static List<Boolean> tlsOrder(SslMode mode, Dialer.Address address) {
    if (address.isUnix()) {
      return List.of(false);
    }
    return switch (mode) {
      case DISABLE -> List.of(false);
      case ALLOW -> List.of(false, true);
      case PREFER -> List.of(true, false);
      case REQUIRE, VERIFY_CA, VERIFY_FULL -> List.of(true);
    };
  }

  private static Map<String, String> startup(
      ConnectionString to, String applicationName, Map<String, String> parameters) {
    Map<String, String> startup = new LinkedHashMap<>();
    startup.put("user", to.user());
    startup.put("database", to.database());
    String fallback = to.get("fallback_application_name");
    String said = to.get("application_name");
    startup.put(
        "application_name", said != null ? said : fallback != null ? fallback : applicationName);
    String options = to.get("options");
    if (options != null) {
      startup.put("options", options);
    }
    startup.putAll(parameters);
    return startup;
  }

  private Future<PgConnection> tryNext(List<Attempt> attempts, int i, String before) {
    return attempts
        .get(i)
        .run()
        .recover(reason -> {
          String message = before.isEmpty() ? text(reason) : before + "\n" + text(reason);
          int next = i + 1;
          if (reason instanceof Unreachable) {
            // Nor would it be reached in another way.
            while (next < attempts.size()
                && attempts.get(next).address.equals(attempts.get(i).address)) {
              next++;
            }
          }
          return next == attempts.size()
              ? Future.failedFuture(failure(message))
              : tryNext(attempts, next, reason instanceof NoTls ? before : message);
        });
  }

  private static String text(Throwable reason) {
    return String.valueOf(reason.getMessage());
  }

  /// The server does not speak TLS; where that is no must, the next attempt goes without.
  private static final class NoTls extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoTls(String message) {
      super(message, null, false, false);
    }
  }

  /// Nobody listens there.
  private static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message) {
      super(message, null, false, false);
    }
  }

  /// One host, with or without TLS.
  private final class Attempt {
    private final ConnectionString to;
    private final Dialer.Address address;
    private final boolean tls;
    private final Map<String, String> startup;
    private @Nullable ScramClient scram;

    Attempt(ConnectionString to, Dialer.Address address, boolean tls, Map<String, String> startup) {
      this.to = to;
      this.address = address;
      this.tls = tls;
      this.startup = startup;
    }

    Future<PgConnection> run() {
      return dialer
          .dial(address)
          .recover(refused -> Future.failedFuture(new Unreachable(unreachable(text(refused)))))
          .compose(socket -> {
            PgConnection connection = new PgConnection(socket);
            Future<PgConnection> ready = start(connection);
            return Dialer.within(timers, to.connectTimeoutSeconds(), ready, connection::close)
                .onFailure(failed -> connection.close());
          });
    }

    private String unreachable(String reason) {
      return reason.equals(Dialer.UNKNOWN_HOST)
          ? "could not translate host name \"" + address.host() + "\" to address: " + reason
          : address.describe() + " failed: " + reason + "\n" + address.question();
    }

    private PgException failed(String reason) {
      return failure(address.describe() + " failed: " + reason);
    }

    private Future<PgConnection> start(PgConnection connection) {
      Future<Void> secured = tls ? secure(connection) : Future.succeededFuture();
      return secured
          .compose(done -> {
            sendStartup(connection);
            return authenticate(connection);
          })
          .recover(reason ->
              Future.failedFuture(
                  reason instanceof NoTls
                      ? reason
                      : failed(
                          reason instanceof PgException e && e.severity() == Severity.FATAL
                              ? ErrorFields.text(e)
                              : text(reason))))
          .map(connection);
    }

    private Future<Void> secure(PgConnection connection) {
      connection.socket().write(Buffer.buffer().appendInt(8).appendInt(SSL_REQUEST));
      return connection
          .rawByte()
          .compose(answer -> {
            if (answer == 'N' && to.sslMode() == SslMode.PREFER) {
              // It goes on without, on the same connection.
              return Future.succeededFuture();
            }
            if (answer != 'S') {
              return Future.failedFuture(
                  new NoTls(
                      address.describe()
                          + " failed: server does not support SSL, but SSL was required"));
            }
            String root = to.get("sslrootcert");
            // As libpq: whoever names an authority wants it to be asked.
            boolean verify =
                to.sslMode().compareTo(SslMode.VERIFY_CA) >= 0
                    || (to.sslMode() == SslMode.REQUIRE && root != null);
            if (verify && root == null) {
              return Future.failedFuture(
                  failure("root certificate file is not given (sslrootcert)"));
            }
            return connection
                .socket()
                .startTls(
                    new Dialer.Tls(
                        verify ? root : null,
                        to.sslMode() == SslMode.VERIFY_FULL ? address.host() : null,
                        to.get("sslcert"),
                        to.get("sslkey")))
                .recover(e -> Future.failedFuture(failure(untrusted(e))));
          });
    }

    /// What libpq says of a certificate that is no good.
    private String untrusted(Throwable reason) {
      for (Throwable e = reason; e != null; e = e.getCause()) {
        String words = text(e);
        if (words.contains("No name matching") || words.contains("No subject alternative")) {
          return "server certificate does not match host name \"" + address.host() + "\"";
        }
        if (e instanceof CertPathBuilderException || e instanceof CertPathValidatorException) {
          return "SSL error: certificate verify failed";
        }
      }
      return reason.getMessage() == null
          ? "SSL SYSCALL error: EOF detected"
          : "SSL error: " + reason.getMessage();
    }

    private void sendStartup(PgConnection connection) {
      ByteWriter body = new ByteWriter(256);
      body.int32(0);
      body.int32(PROTOCOL);
      startup.forEach((name, value) -> {
        body.utf8(name);
        body.int8(0);
        body.utf8(value);
        body.int8(0);
      });
      body.int8(0);
      body.setInt32(0, body.size());
      connection.socket().write(Buffer.buffer(body.toBytes()));
    }

    /// Answers until the server is ready for queries.
    private Future<Void> authenticate(PgConnection connection) {
      return connection
          .next()
          .compose(message -> {
            switch (message.type()) {
              case 'Z' -> {
                connection.established();
                return Future.succeededFuture();
              }
              case 'E' -> {
                return Future.failedFuture(PgConnection.error(message));
              }
              case 'R' -> challenge(connection, message);
              default -> {}
            }
            return authenticate(connection);
          });
    }

    private void challenge(PgConnection connection, MessageReader message) {
      int kind = message.readInt32();
      switch (kind) {
        case 0 -> {}
        case 3 -> answer(connection, password());
        case 5 ->
            answer(
                connection,
                Md5Password.answer(
                    Md5Password.stored(password(), to.user()),
                    message.readBytes(Md5Password.SALT_BYTES)));
        case 10 -> beginSasl(connection, message);
        case 11 -> {
          ByteWriter body = new ByteWriter(256);
          body.utf8(exchange().answer(rest(message)));
          connection.send('p', body);
        }
        case 12 -> exchange().verify(rest(message));
        default ->
            throw PgException.error(
                SqlState.CONNECTION_FAILURE, "authentication method %d not supported", kind);
      }
    }

    private ScramClient exchange() {
      ScramClient begun = scram;
      if (begun == null) {
        throw failure("malformed SCRAM message");
      }
      return begun;
    }

    private static String rest(MessageReader message) {
      return new String(message.readBytes(message.remaining()), StandardCharsets.UTF_8);
    }

    private String password() {
      String password = to.get("password");
      if (password == null) {
        throw failure("fe_sendauth: no password supplied");
      }
      return password;
    }

    private static void answer(PgConnection connection, String text) {
      ByteWriter body = new ByteWriter(64);
      body.utf8(text);
      body.int8(0);
      connection.send('p', body);
    }

    private void beginSasl(PgConnection connection, MessageReader message) {
      boolean offered = false;
      while (message.remaining() > 1) {
        offered |= message.readString().equals(ScramServer.MECHANISM);
      }
      if (!offered) {
        throw failure("none of the server's SASL authentication mechanisms are supported");
      }
      ScramClient begun = new ScramClient(password(), random);
      scram = begun;
      byte[] first = begun.first().getBytes(StandardCharsets.UTF_8);
      ByteWriter body = new ByteWriter(128);
      body.utf8(ScramServer.MECHANISM);
      body.int8(0);
      body.int32(first.length);
      body.bytes(first);
      connection.send('p', body);
    }
  }
}
