package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthMethod;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientAccess;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.ClientHost;
import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.HbaLine;
import dev.lifeline.libpq.HbaOptions.ClientCert;
import dev.lifeline.libpq.HbaOptions.ClientName;
import dev.lifeline.libpq.HbaRequest;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the rule of `pg_hba.conf` that a client falls under, and lets the client prove who it is.
final class Authentication {
  private final BackendEnvironment environment;
  private final ClientChannel channel;
  private final BackendWriter writer;
  private final SessionReports reports;
  private final @Nullable TlsSession tls;
  private final ClientAccess access;
  private HbaRequest request;
  private @Nullable PasswordExchange passwords;

  /// @param tls what is known of the encryption; null where there is none
  Authentication(
      BackendEnvironment environment,
      ClientChannel channel,
      BackendWriter writer,
      SessionReports reports,
      HbaRequest request,
      @Nullable TlsSession tls) {
    this.environment = environment;
    this.channel = channel;
    this.writer = writer;
    this.reports = reports;
    this.request = request;
    this.tls = tls;
    this.access = environment.access().get();
  }

  /// Completes when the client is who it says; fails with a FATAL error when it is not, or may not
  /// connect.
  Future<Void> start() {
    Future<Set<String>> memberships =
        access.hba().needsMemberships()
            ? environment.authCatalog().memberships(request.user())
            : Future.succeededFuture(Set.of());
    return memberships
        .compose(this::match)
        .map(rule -> {
          writer.authenticationOk();
          return null;
        });
  }

  /// Takes what the client answers.
  void answer(MessageReader message) {
    PasswordExchange exchange = passwords;
    if (exchange == null) {
      throw PgException.fatal(SqlState.PROTOCOL_VIOLATION, "unexpected password message");
    }
    exchange.answer(message);
  }

  private Future<Void> match(Set<String> memberships) {
    HbaLine rule;
    try {
      rule = access.hba().match(request, memberships, environment.localNetworks());
    } catch (ClientHost.NotResolved e) {
      return channel
          .host()
          .compose(host -> {
            request = request.with(host);
            return match(memberships);
          });
    }
    if (rule == null) {
      String detail = request.host().logDetail();
      if (detail != null) {
        reports.authenticationFailed(detail);
      }
      return Future.failedFuture(HbaFile.rejection(request, null));
    }
    return checkEncryption(rule).compose(done -> authenticate(rule));
  }

  /// What a rule asks of a client's certificate comes before its method.
  private Future<Void> checkEncryption(HbaLine rule) {
    if (rule.options().clientCert() == ClientCert.OFF) {
      return Future.succeededFuture();
    }
    TlsContext context = access.tls();
    if (context == null || !context.verifiesClients()) {
      return Future.failedFuture(
          PgException.fatal(
              SqlState.CONFIG_FILE_ERROR,
              "client certificates can only be checked if a root certificate store is available"));
    }
    if (client() == null) {
      return Future.failedFuture(
          PgException.fatal(
              SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
              "connection requires a valid client certificate"));
    }
    return Future.succeededFuture();
  }

  private TlsSession.@Nullable Client client() {
    return tls == null ? null : tls.client();
  }

  private Future<Void> authenticate(HbaLine rule) {
    Future<Boolean> proven =
        switch (rule.method()) {
          case REJECT -> Future.failedFuture(HbaFile.rejection(request, rule));
          case TRUST, CERT -> Future.succeededFuture(true);
          case PEER -> peer(rule);
          case PASSWORD, MD5, SCRAM_SHA_256 -> password(rule);
        };
    return proven.compose(known -> {
      boolean checked = rule.options().clientCert() != ClientCert.VERIFY_FULL || certificate(rule);
      return known && checked ? Future.succeededFuture() : Future.failedFuture(failed(rule));
    });
  }

  private Future<Boolean> password(HbaLine rule) {
    PasswordExchange exchange = new PasswordExchange(environment, writer, request.user(), tls);
    passwords = exchange;
    return exchange
        .start(rule.method())
        .onSuccess(known -> {
          if (known) {
            identified(request.user(), rule);
          }
        });
  }

  private Future<Boolean> peer(HbaLine rule) {
    return channel
        .peerUser()
        .map(name -> {
          identified(name, rule);
          return maps(rule, name);
        })
        .recover(failure -> {
          reports.log(String.valueOf(failure.getMessage()));
          return Future.succeededFuture(false);
        });
  }

  /// Whether the certificate was issued to the user.
  private boolean certificate(HbaLine rule) {
    TlsSession.Client client = client();
    boolean byName = rule.options().clientName() == ClientName.DN;
    String name = client == null ? null : byName ? client.rfc2253() : client.commonName();
    if (client == null || name == null || name.isEmpty()) {
      reports.log(
          "certificate authentication failed for user \"%s\": client certificate contains no user name"
              .formatted(request.user()));
      return false;
    }
    if (rule.method() == AuthMethod.CERT) {
      identified(client.rfc2253(), rule);
    }
    boolean matches = maps(rule, name);
    if (!matches && rule.method() != AuthMethod.CERT) {
      reports.log(
          "certificate validation (clientcert=verify-full) failed for user \"%s\": %s mismatch"
              .formatted(request.user(), byName ? "DN" : "CN"));
    }
    return matches;
  }

  private boolean maps(HbaLine rule, String systemUser) {
    PgException denied = access.ident().check(rule.options().map(), request.user(), systemUser);
    if (denied != null) {
      reports.log(denied);
    }
    return denied == null;
  }

  /// It is known who the client is; what it may call itself here is another question.
  private void identified(String identity, HbaLine rule) {
    reports.authenticated(identity, rule, access.hba().file().toString());
  }

  private PgException failed(HbaLine rule) {
    PasswordExchange exchange = passwords;
    String detail = exchange == null ? null : exchange.logDetail();
    String matched =
        "Connection matched pg_hba.conf line %d: \"%s\"".formatted(rule.number(), rule.raw());
    reports.authenticationFailed(detail == null ? matched : detail + "\n" + matched);
    String message =
        switch (rule.method()) {
          case REJECT -> "authentication failed for user \"%s\": host rejected";
          case TRUST -> "\"trust\" authentication failed for user \"%s\"";
          case PEER -> "Peer authentication failed for user \"%s\"";
          case CERT -> "certificate authentication failed for user \"%s\"";
          case PASSWORD, MD5, SCRAM_SHA_256 -> "password authentication failed for user \"%s\"";
        };
    boolean password = exchange != null;
    return PgException.fatal(
        password ? SqlState.INVALID_PASSWORD : SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        message,
        request.user());
  }
}
