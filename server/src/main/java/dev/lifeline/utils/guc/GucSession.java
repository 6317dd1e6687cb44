package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A session's parameters: its own settings over the server's. What a transaction or savepoint has
/// set is undone when it is rolled back, and what it has set LOCAL when it ends. Belongs to one
/// event loop.
public final class GucSession {
  /// Parameters whose every change the client is told by ParameterStatus, in the order in which a
  /// new session tells them.
  private static final List<Guc<?>> REPORT_ORDER =
      List.of(
          Gucs.APPLICATION_NAME,
          Gucs.CLIENT_ENCODING,
          Gucs.DATESTYLE,
          Gucs.DEFAULT_TRANSACTION_READ_ONLY,
          Gucs.IN_HOT_STANDBY,
          Gucs.INTEGER_DATETIMES,
          Gucs.INTERVALSTYLE,
          Gucs.IS_SUPERUSER,
          Gucs.SERVER_ENCODING,
          Gucs.SERVER_VERSION,
          Gucs.SESSION_AUTHORIZATION,
          Gucs.STANDARD_CONFORMING_STRINGS,
          Gucs.TIMEZONE);

  private static final Set<Guc<?>> REPORTED = Set.copyOf(REPORT_ORDER);

  /// What RESET ALL leaves alone: who the session is, and the state of its transaction.
  private static final Set<Guc<?>> NOT_RESET =
      Set.of(
          Gucs.ROLE,
          Gucs.SESSION_AUTHORIZATION,
          Gucs.TRANSACTION_ISOLATION,
          Gucs.TRANSACTION_READ_ONLY,
          Gucs.TRANSACTION_DEFERRABLE);

  private final Supplier<ServerConfig> server;
  private final Map<Guc<?>, Value> own = new HashMap<>();
  private final Map<Guc<?>, Value> resetValues = new HashMap<>();
  private final Map<String, String> custom = new HashMap<>();
  private final Set<Guc<?>> changedReports = new LinkedHashSet<>();

  /// What to restore at each transaction nesting level, the innermost on top.
  private final Deque<Map<Guc<?>, Undo>> levels = new ArrayDeque<>();

  /// Who has logged in, and whom the session acts as; null where it is nobody's session.
  private @Nullable ActingRole authenticated;

  private @Nullable ActingRole acting;
  private ActingRole.@Nullable Lookup roles;
  private @Nullable Function<Guc<?>, @Nullable Object> inForceOf;
  private int generation;

  /// @param role whom the value means, where the parameter names a role
  private record Value(Object value, GucSource source, @Nullable ActingRole role) {}

  /// How a level found a parameter.
  ///
  /// @param before the value to go back to when the level is rolled back; null: the server's
  /// @param kept the value that outlives the level when it commits, where a SET LOCAL hides it
  /// @param local whether the level's own value ends with it
  private record Undo(@Nullable Value before, @Nullable Value kept, boolean local) {}

  public GucSession(Supplier<ServerConfig> server) {
    this.server = server;
  }

  public static List<Guc<?>> reported() {
    return REPORT_ORDER;
  }

  /// Says who has logged in.
  public void login(ActingRole role) {
    authenticated = role;
    Value value = new Value(role.name(), GucSource.OVERRIDE, role);
    resetValues.put(Gucs.SESSION_AUTHORIZATION, value);
    put(Gucs.SESSION_AUTHORIZATION, value);
  }

  /// Says where the names of roles are looked up. Without it the session's role is what it is.
  public void roles(ActingRole.Lookup lookup) {
    roles = lookup;
  }

  /// The role that the session acts as; null where nobody has logged in.
  public @Nullable ActingRole acting() {
    return acting;
  }

  private boolean superuser() {
    return acting != null && acting.superuser();
  }

  /// Changes with each change of a setting, so that what was derived from them can be told stale.
  public int generation() {
    return generation;
  }

  @SuppressWarnings("unchecked") // Values come from Gucs.parse, which gives the parameter's type.
  public <T> T get(Guc<T> guc) {
    Value value = own.isEmpty() ? null : own.get(guc);
    return value == null ? server.get().get(guc) : (T) value.value;
  }

  public boolean isOn(Guc<Boolean> guc) {
    return get(guc);
  }

  /// The value as SHOW prints it.
  ///
  /// @throws PgException 42704 for a name that nothing has
  public String show(String name) {
    Guc<?> guc = Gucs.find(name);
    if (guc != null) {
      Object inForce = inForce(guc);
      // Somebody else's word has no unit.
      return inForce == null ? guc.show(get(guc)) : guc.plain(inForce);
    }
    String value = custom.get(name.toLowerCase(Locale.ROOT));
    if (value == null) {
      value = server.get().custom().get(name.toLowerCase(Locale.ROOT));
    }
    if (value == null) {
      throw Gucs.unrecognized(name);
    }
    return value;
  }

  /// What somebody else says of a parameter that only asks for something; null for all others.
  public @Nullable Object inForce(Guc<?> guc) {
    return inForceOf == null ? null : inForceOf.apply(guc);
  }

  /// Who answers [#inForce].
  public void inForceBy(Function<Guc<?>, @Nullable Object> answer) {
    inForceOf = answer;
  }

  /// Where the current value comes from.
  public GucSource source(Guc<?> guc) {
    Value value = own.get(guc);
    if (value != null) {
      return value.source;
    }
    ServerConfig.Setting setting = server.get().setting(guc);
    return setting == null ? GucSource.DEFAULT : setting.source();
  }

  /// The value that RESET brings back.
  public Object resetValue(Guc<?> guc) {
    Value value = resetValues.get(guc);
    return value == null ? server.get().value(guc) : value.value;
  }

  /// Where the server's configuration sets it; null where it does not.
  public ServerConfig.@Nullable Setting serverSetting(Guc<?> guc) {
    return server.get().setting(guc);
  }

  /// Whether the files say something that only a restart brings.
  public boolean pendingRestart(Guc<?> guc) {
    return server.get().pendingRestart().contains(guc.name());
  }

  /// A value that holds for the session from its start, as RESET brings it back: from the role's
  /// and the database's settings and from the client's startup packet.
  public void setAtStart(String name, String text, GucSource source) {
    Guc<?> guc = Gucs.find(name);
    if (guc == null) {
      setCustom(name, text);
      return;
    }
    mayStartWith(guc, source);
    Value value = value(guc, text, source);
    resetValues.put(guc, value);
    put(guc, value);
  }

  /// Whether the session could set the parameter to the value; sets nothing.
  ///
  /// @throws PgException when it could not
  public void check(String name, String text) {
    Guc<?> guc = Gucs.find(name);
    if (guc == null) {
      checkCustom(name);
      return;
    }
    mayChange(guc);
    var _ = value(guc, text, GucSource.SESSION);
  }

  /// SET: until the session ends, or until the transaction is rolled back.
  public void set(String name, String text) {
    change(name, text, false);
  }

  /// SET LOCAL: until the transaction ends.
  public void setLocal(String name, String text) {
    change(name, text, true);
  }

  /// RESET, or SET ... TO DEFAULT.
  public void reset(String name) {
    Guc<?> guc = Gucs.find(name);
    if (guc == null) {
      custom.remove(name.toLowerCase(Locale.ROOT));
      return;
    }
    mayChange(guc);
    remember(guc, false);
    put(guc, resetValues.get(guc));
    if (guc.equals(Gucs.SESSION_AUTHORIZATION)) {
      reset(Gucs.ROLE.name());
    }
  }

  /// RESET ALL.
  public void resetAll() {
    for (Guc<?> guc : List.copyOf(own.keySet())) {
      boolean settable = guc.context() == GucContext.USER || guc.context() == GucContext.SUPERUSER;
      if (settable && !NOT_RESET.contains(guc)) {
        remember(guc, false);
        put(guc, resetValues.get(guc));
      }
    }
    custom.clear();
  }

  /// Sets what only the server itself may: the user of the session, the state of the transaction.
  /// Not undone by anything but another call.
  public <T> void override(Guc<T> guc, T value) {
    put(guc, new Value(value, GucSource.OVERRIDE, null));
  }

  /// A transaction or a savepoint begins.
  public void beginLevel() {
    levels.push(new HashMap<>(4));
  }

  /// The innermost level ends well: what it SET belongs to the level around it.
  public void commitLevel() {
    Map<Guc<?>, Undo> ended = levels.pop();
    Map<Guc<?>, Undo> outer = levels.peek();
    ended.forEach((guc, undo) -> {
      if (undo.local) {
        put(guc, undo.kept == null ? undo.before : undo.kept);
      }
      boolean survives = !undo.local || undo.kept != null;
      if (survives && outer != null && !outer.containsKey(guc)) {
        outer.put(guc, new Undo(undo.before, null, false));
      }
    });
  }

  /// The innermost level is rolled back: everything is as it was before.
  public void rollbackLevel() {
    levels.pop().forEach((guc, undo) -> put(guc, undo.before));
  }

  /// The reported parameters that changed since the last call.
  public Set<Guc<?>> takeChangedReports() {
    if (changedReports.isEmpty()) {
      return Set.of();
    }
    Set<Guc<?>> changed = new LinkedHashSet<>(changedReports);
    changedReports.clear();
    return changed;
  }

  private void change(String name, String text, boolean local) {
    Guc<?> guc = Gucs.find(name);
    if (guc == null) {
      setCustom(name, text);
      return;
    }
    mayChange(guc);
    Value value = value(guc, text, GucSource.SESSION);
    remember(guc, local);
    put(guc, value);
    if (guc.equals(Gucs.SESSION_AUTHORIZATION)) {
      // Another session's role is nothing that this one may act as.
      change(Gucs.ROLE.name(), Gucs.ROLE.bootValue(), local);
    }
  }

  private Value value(Guc<?> guc, String text, GucSource source) {
    Object value = Gucs.parse(guc, text);
    if (!ActingRole.isValueOf(guc)) {
      return new Value(value, source, null);
    }
    ActingRole login = authenticated;
    if (login == null || roles == null) {
      throw PgException.notSupported("changing the role of this session");
    }
    return new Value(value, source, ActingRole.check(guc, text, login, sessionRole(login), roles));
  }

  private ActingRole sessionRole(ActingRole login) {
    Value session = own.get(Gucs.SESSION_AUTHORIZATION);
    return session == null || session.role == null ? login : session.role;
  }

  private void act(ActingRole login) {
    Value role = own.get(Gucs.ROLE);
    ActingRole now = role == null || role.role == null ? sessionRole(login) : role.role;
    acting = now;
    override(Gucs.IS_SUPERUSER, now.superuser());
  }

  private void setCustom(String name, String text) {
    checkCustom(name);
    custom.put(name.toLowerCase(Locale.ROOT), text);
  }

  private static void checkCustom(String name) {
    int dot = name.indexOf('.');
    if (dot <= 0 || dot == name.length() - 1) {
      throw Gucs.unrecognized(name);
    }
    if (name.toLowerCase(Locale.ROOT).startsWith("lifeline.")) {
      throw PgException.error(
              SqlState.INVALID_NAME, "invalid configuration parameter name \"%s\"", name)
          .detail("\"lifeline\" is a reserved prefix.");
    }
  }

  private void remember(Guc<?> guc, boolean local) {
    Map<Guc<?>, Undo> level = levels.peek();
    if (level == null) {
      return;
    }
    Undo earlier = level.get(guc);
    Value current = own.get(guc);
    if (earlier == null) {
      level.put(guc, new Undo(current, null, local));
    } else if (local && !earlier.local) {
      // SET and then SET LOCAL: the first value comes back when the level commits.
      level.put(guc, new Undo(earlier.before, current, true));
    } else if (!local) {
      level.put(guc, new Undo(earlier.before, null, false));
    }
  }

  private void put(Guc<?> guc, @Nullable Value value) {
    Object before = REPORTED.contains(guc) ? get(guc) : null;
    if (value == null) {
      own.remove(guc);
    } else {
      own.put(guc, value);
    }
    generation++;
    ActingRole login = authenticated;
    if (login != null && ActingRole.isValueOf(guc)) {
      act(login);
    }
    if (before != null && !before.equals(get(guc))) {
      changedReports.add(guc);
    }
  }

  private void mayStartWith(Guc<?> guc, GucSource source) {
    switch (guc.context()) {
      case INTERNAL, POSTMASTER, SIGHUP -> mayChange(guc);
      case SUPERUSER_BACKEND, SUPERUSER -> {
        if (source == GucSource.CLIENT && !superuser()) {
          throw denied(guc);
        }
      }
      case BACKEND, USER -> {}
    }
  }

  private void mayChange(Guc<?> guc) {
    switch (guc.context()) {
      case INTERNAL -> throw cannot("parameter \"%s\" cannot be changed", guc);
      case POSTMASTER ->
          throw cannot("parameter \"%s\" cannot be changed without restarting the server", guc);
      case SIGHUP -> throw cannot("parameter \"%s\" cannot be changed now", guc);
      case SUPERUSER_BACKEND, BACKEND ->
          throw cannot("parameter \"%s\" cannot be set after connection start", guc);
      case SUPERUSER -> {
        if (!superuser()) {
          throw denied(guc);
        }
      }
      case USER -> {}
    }
  }

  private static PgException cannot(String format, Guc<?> guc) {
    return PgException.error(SqlState.CANT_CHANGE_RUNTIME_PARAM, format, guc.name());
  }

  private static PgException denied(Guc<?> guc) {
    return PgException.error(
        SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to set parameter \"%s\"", guc.name());
  }
}
