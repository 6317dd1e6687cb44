package dev.lifeline.tcop;

import dev.lifeline.events.TraceContext;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.ClientHost;
import dev.lifeline.libpq.HbaRequest;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.StartupPacket;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ActingRole;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.GucSource;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a startup packet to an authorized client: admission, authentication, authorization, the
/// session's parameters, in PostgreSQL's order, so that a client sees the same error first.
final class SessionStart {
  /// What a startup packet says that is not a parameter of the session.
  private static final Set<String> NOT_PARAMETERS =
      Set.of("user", "database", "options", "replication");

  private final BackendEnvironment environment;
  private final BackendWriter writer;
  private final SessionReports reports;
  private final StartupPacket.Startup startup;
  private final ClientChannel channel;
  private final @Nullable TlsSession tls;
  private final ClientAddress address;
  private final int pid;
  private @Nullable Authentication authentication;

  /// Whether the client wants to stream changes of a database.
  private boolean replicates;

  /// @param tls what is known of the encryption; null where there is none
  SessionStart(
      BackendEnvironment environment,
      BackendWriter writer,
      SessionReports reports,
      StartupPacket.Startup startup,
      ClientChannel channel,
      @Nullable TlsSession tls,
      int pid) {
    this.environment = environment;
    this.writer = writer;
    this.reports = reports;
    this.startup = startup;
    this.channel = channel;
    this.tls = tls;
    this.address = channel.remoteAddress();
    this.pid = pid;
  }

  /// An authorized client, with the parameters that its session begins with.
  ///
  /// @param replicates whether it may give the commands of replication
  record Authorized(SessionIdentity identity, GucSession gucs, boolean replicates) {}

  /// Fails with a FATAL error when the client may not connect.
  Future<Authorized> run() {
    PgException refusal = environment.postmaster().canAcceptConnections().refusal();
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    String replication = startup.parameters().get("replication");
    replicates = replication != null && !isFalse(replication);
    if (replication != null && replicates && !replication.equalsIgnoreCase("database")) {
      return Future.failedFuture(Errors.asFatal(PgException.notSupported("physical replication")));
    }
    if (replicates) {
      reports.becomesWalSender();
    }
    if (!environment.postmaster().takeConnectionSlot(pid)) {
      return Future.failedFuture(
          PgException.fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already"));
    }
    if (startup.needsNegotiation()) {
      writer.negotiateProtocolVersion(StartupPacket.PROTOCOL_LATEST, startup.unknownOptions());
    }
    HbaRequest request =
        new HbaRequest(
            address, ClientHost.UNRESOLVED, startup.user(), startup.database(), tls != null, false);
    Authentication exchange =
        new Authentication(environment, channel, writer, reports, request, tls);
    authentication = exchange;
    return exchange.start().compose(authenticated -> authorize());
  }

  /// Takes a message of the authentication.
  void answer(MessageReader message) {
    Authentication exchange = authentication;
    if (exchange == null) {
      throw PgException.fatal(SqlState.PROTOCOL_VIOLATION, "unexpected password message");
    }
    exchange.answer(message);
  }

  private static boolean isFalse(String value) {
    return Set.of("false", "off", "no", "0", "f", "n").contains(value.toLowerCase(Locale.ROOT));
  }

  private Future<Authorized> authorize() {
    reports.authorized(
        startup.user(),
        startup.database(),
        replicates,
        startup.parameters().getOrDefault("application_name", ""),
        tls);
    AuthCatalog catalog = environment.authCatalog();
    return catalog
        .role(startup.user())
        .map(this::admitted)
        .compose(role ->
            catalog
                .database(startup.database())
                .map(database -> admitted(role, database))
                .map(database -> new SessionIdentity(pid, address, role, database)))
        .compose(identity ->
            catalog
                .settings(identity.database().oid(), identity.role().oid())
                .compose(settings ->
                    StartRoles.read(catalog, identity.role(), named(settings))
                        .map(roles -> session(identity, settings, roles))));
  }

  private AuthCatalog.Role admitted(AuthCatalog.@Nullable Role role) {
    if (role == null) {
      throw PgException.fatal(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "role \"%s\" does not exist",
          startup.user());
    }
    if (!role.canLogin()) {
      throw PgException.fatal(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "role \"%s\" is not permitted to log in",
          role.name());
    }
    PostmasterHooks postmaster = environment.postmaster();
    if (replicates && !role.superuser() && !role.replication()) {
      throw PgException.fatal(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be superuser or replication role to start walsender");
    }
    long senders = environment.config().get().get(Gucs.MAX_WAL_SENDERS);
    if (replicates && !postmaster.becomesWalSender(pid, senders)) {
      throw PgException.fatal(
          SqlState.TOO_MANY_CONNECTIONS,
          "number of requested standby connections exceeds max_wal_senders (currently %d)",
          senders);
    }
    if (!role.superuser()) {
      int limit = role.connectionLimit();
      if (limit >= 0 && postmaster.connectionsOfRole(role.oid()) >= limit) {
        throw tooMany("too many connections for role \"%s\"", role.name());
      }
      long reserved = environment.config().get().get(Gucs.SUPERUSER_RESERVED_CONNECTIONS);
      if (postmaster.freeConnectionSlots() < reserved) {
        throw PgException.fatal(
            SqlState.TOO_MANY_CONNECTIONS,
            "remaining connection slots are reserved for non-replication superuser connections");
      }
    }
    return role;
  }

  private AuthCatalog.Database admitted(
      AuthCatalog.Role role, AuthCatalog.@Nullable Database database) {
    if (database == null) {
      throw PgException.fatal(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", startup.database());
    }
    if (!database.allowConnections()) {
      throw PgException.fatal(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "database \"%s\" is not currently accepting connections",
          database.name());
    }
    int limit = database.connectionLimit();
    boolean full =
        limit >= 0 && environment.postmaster().connectionsToDatabase(database.oid()) >= limit;
    if (full && !role.superuser()) {
      throw tooMany("too many connections for database \"%s\"", database.name());
    }
    return database;
  }

  private static PgException tooMany(String message, String name) {
    return PgException.fatal(SqlState.TOO_MANY_CONNECTIONS, message, name);
  }

  /// The roles that stored settings and the client's own make the session act as.
  private Set<String> named(List<AuthCatalog.StoredSetting> settings) {
    Set<String> names = new HashSet<>();
    settings.forEach(setting -> named(ServerConfig.Option.parse(setting.text()), names));
    for (String option : StartupOptions.parse(startup.parameters().getOrDefault("options", ""))) {
      named(ServerConfig.Option.parse(option), names);
    }
    startup
        .parameters()
        .forEach((name, value) -> named(new ServerConfig.Option(name, value), names));
    return names;
  }

  private static void named(ServerConfig.Option option, Set<String> names) {
    Guc<?> guc = Gucs.find(option.name());
    if (Gucs.ROLE.equals(guc) || Gucs.SESSION_AUTHORIZATION.equals(guc)) {
      names.add(option.value());
    }
  }

  private Authorized session(
      SessionIdentity identity, List<AuthCatalog.StoredSetting> settings, ActingRole.Lookup roles) {
    AuthCatalog.Role role = identity.role();
    environment.postmaster().authorized(pid, identity.database().oid(), role.oid());
    GucSession gucs = new GucSession(environment.config());
    gucs.login(new ActingRole(role.oid(), role.name(), role.superuser()));
    gucs.roles(roles);
    for (AuthCatalog.StoredSetting setting : settings) {
      setStored(gucs, setting);
    }
    String options = startup.parameters().get("options");
    if (options != null) {
      for (String setting : StartupOptions.parse(options)) {
        set(gucs, setting, GucSource.CLIENT);
      }
    }
    for (Map.Entry<String, String> parameter : startup.parameters().entrySet()) {
      if (!NOT_PARAMETERS.contains(parameter.getKey())) {
        gucs.setAtStart(parameter.getKey(), parameter.getValue(), GucSource.CLIENT);
      }
    }
    TraceContext trace = TraceContext.parse(gucs.get(Gucs.LIFELINE_TRACEPARENT));
    if (trace != null) {
      reports.trace(trace);
    }
    announce(gucs);
    return new Authorized(identity, gucs, replicates);
  }

  private static void set(GucSession gucs, String setting, GucSource source) {
    ServerConfig.Option option = ServerConfig.Option.parse(setting);
    gucs.setAtStart(option.name(), option.value(), source);
  }

  /// What was stored once may not be right any more; that must not lock the role out.
  private void setStored(GucSession gucs, AuthCatalog.StoredSetting setting) {
    try {
      set(gucs, setting.text(), setting.source());
    } catch (PgException e) {
      reports.log(new PgException(Severity.WARNING, e.sqlState(), e.message()));
    }
  }

  private void announce(GucSession gucs) {
    for (Guc<?> parameter : GucSession.reported()) {
      writer.parameterStatus(parameter.name(), gucs.show(parameter.name()));
    }
    gucs.takeChangedReports();
  }
}
