package dev.lifeline.commands;

import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AlterSystemStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DiscardStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.VariableSetStmt;
import dev.lifeline.parser.tree.VariableShowStmt;
import dev.lifeline.utils.TimeZoneSetting;
import dev.lifeline.utils.adt.Interval;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucContext;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// SET, RESET, SHOW, DISCARD and ALTER SYSTEM.
final class VariableCommands {
  /// The parameters whose value is a list of identifiers, which SET quotes one by one.
  private static final Set<String> IDENTIFIER_LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "session_preload_libraries",
          "shared_preload_libraries",
          "local_preload_libraries");

  /// Where the files are, and what belongs to a session or its transaction, is no setting of the
  /// cluster.
  private static final Set<String> NOT_IN_AUTO_CONF =
      Set.of(
          "data_directory",
          "config_file",
          "role",
          "session_authorization",
          "seed",
          "transaction_isolation",
          "transaction_read_only",
          "transaction_deferrable");

  private final CommandContext context;
  private final SessionContext session;

  VariableCommands(CommandContext context) {
    this.context = context;
    this.session = context.session();
  }

  String set(VariableSetStmt statement) {
    GucSession gucs = session.gucs();
    String name = String.valueOf(statement.name());
    boolean reset =
        statement.kind() == VariableSetStmt.Kind.RESET
            || statement.kind() == VariableSetStmt.Kind.RESET_ALL;
    if (statement.isLocal() && !session.inTransactionBlock()) {
      session.notice(
          new PgException(
              Severity.WARNING,
              SqlState.NO_ACTIVE_SQL_TRANSACTION,
              "SET LOCAL can only be used in transaction blocks"));
    }
    switch (statement.kind()) {
      case VALUE, CURRENT -> {
        String value = String.valueOf(value(statement));
        if (statement.isLocal()) {
          gucs.setLocal(name, value);
        } else {
          gucs.set(name, value);
        }
      }
      case DEFAULT, RESET -> gucs.reset(name);
      case RESET_ALL -> gucs.resetAll();
      case MULTI -> setCharacteristics(statement, name);
    }
    return reset ? "RESET" : "SET";
  }

  private void setCharacteristics(VariableSetStmt statement, String name) {
    if (!name.equals("SESSION CHARACTERISTICS")) {
      throw PgException.notSupported("SET " + name);
    }
    for (Node item : statement.args()) {
      DefElem option = (DefElem) item;
      String value = option.arg() instanceof AConst c ? text(c, false) : DefElems.string(option);
      session.gucs().set("default_" + option.defname(), value);
    }
  }

  /// The value that a SET gives, as text; null where it takes one back.
  @Nullable String value(VariableSetStmt statement) {
    if (statement.kind() == VariableSetStmt.Kind.CURRENT) {
      return session.gucs().show(String.valueOf(statement.name()));
    }
    if (statement.kind() != VariableSetStmt.Kind.VALUE) {
      return null;
    }
    String name = String.valueOf(statement.name()).toLowerCase(Locale.ROOT);
    boolean identifiers = IDENTIFIER_LISTS.contains(name);
    boolean list = identifiers || name.equals("datestyle") || name.startsWith("log_");
    if (statement.args().size() > 1 && !list) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE, "SET %s takes only one argument", name);
    }
    List<String> values = new ArrayList<>();
    for (Node argument : statement.args()) {
      values.add(
          switch (argument) {
            case AConst constant -> text(constant, identifiers);
            case TypeCast cast -> zoneOffset(cast);
            default -> throw new IllegalStateException("the value of SET is " + argument);
          });
    }
    return String.join(", ", values);
  }

  /// `SET TIME ZONE INTERVAL '-08:30' HOUR TO MINUTE`
  private String zoneOffset(TypeCast cast) {
    if (!(cast.arg() instanceof AConst text && text.value() instanceof Value.Str written)) {
      throw new IllegalStateException("the time zone is " + cast);
    }
    int typmod = -1;
    if (!cast.typeName().typmods().isEmpty()
        && cast.typeName().typmods().getFirst() instanceof AConst fields
        && fields.value() instanceof Value.Int mask) {
      typmod = mask.value() << 16 | 0xFFFF; // of these fields, with all digits of the seconds
    }
    PgType type = Types.get(Types.INTERVAL);
    Interval interval =
        (Interval) Values.read(type, Text.of(written.value()), typmod, session.evalContext());
    String shown = "INTERVAL '" + Values.write(type, interval, session.evalContext()) + "'";
    if (interval.months() != 0) {
      throw invalidZone(shown).detail("Cannot specify months in time zone interval.");
    }
    if (interval.days() != 0) {
      throw invalidZone(shown).detail("Cannot specify days in time zone interval.");
    }
    TimeZoneSetting setting = TimeZoneSetting.ofSeconds(interval.micros() / 1_000_000);
    if (setting == null) {
      throw invalidZone(shown).detail("UTC timezone offset is out of range.");
    }
    return setting.shown();
  }

  private static PgException invalidZone(String value) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"TimeZone\": \"%s\"",
        value);
  }

  private static String text(AConst constant, boolean identifier) {
    return switch (constant.value()) {
      case Value.Str s -> identifier ? QuoteIdent.quote(s.value()) : s.value();
      case Value.Int i -> Integer.toString(i.value());
      case Value.Numeric n -> n.digits();
      case Value.Bool b -> b.value() ? "true" : "false";
      case Value.BitStr b -> b.value();
      case Value.Null n -> "";
    };
  }

  /// The columns of SHOW's result.
  static List<ResultColumn> columns(VariableShowStmt statement) {
    if (statement.name().equalsIgnoreCase("all")) {
      return List.of(text("name"), text("setting"), text("description"));
    }
    Guc<?> guc = Gucs.find(statement.name());
    return List.of(text(guc == null ? statement.name() : guc.name()));
  }

  private static ResultColumn text(String name) {
    return new ResultColumn(name, 0, 0, Types.TEXT, -1, -1);
  }

  Future<String> show(VariableShowStmt statement) {
    if (!statement.name().equalsIgnoreCase("all")) {
      Batch one = new Batch(List.of(Rep.OBJECT), 1);
      one.column(0).setObject(0, Text.of(session.gucs().show(statement.name())));
      return send(one, 1);
    }
    List<Guc<?>> all = Gucs.all();
    Batch rows = new Batch(List.of(Rep.OBJECT, Rep.OBJECT, Rep.OBJECT), all.size());
    int count = 0;
    for (Guc<?> guc : all) {
      rows.column(0).setObject(count, Text.of(guc.name()));
      rows.column(1).setObject(count, Text.of(session.gucs().show(guc.name())));
      rows.column(2).setObject(count, Text.of(guc.description()));
      count++;
    }
    return send(rows, count);
  }

  private Future<String> send(Batch rows, int count) {
    rows.setSize(count);
    Future<Void> taken = context.destination().receive(rows, 0, count);
    return taken == null ? Future.succeededFuture("SHOW") : taken.map(ignored -> "SHOW");
  }

  String discard(DiscardStmt statement, Steps steps) {
    switch (statement.target()) {
      case ALL -> {
        context.preventInTransactionBlock("DISCARD ALL");
        new TempSchema(context).discard(steps);
        steps.add(() -> {
          session.gucs().reset(Gucs.SESSION_AUTHORIZATION.name());
          session.gucs().resetAll();
          session.discardStatements();
          session.notifications().unlisten(null);
        });
      }
      case TEMP -> new TempSchema(context).discard(steps);
      case PLANS, SEQUENCES -> {
        // Plans are shared and looked after by their cache, and sequences hand out one value each.
      }
    }
    return "DISCARD " + statement.target().name();
  }

  Future<String> alterSystem(AlterSystemStmt statement) {
    context.preventInTransactionBlock("ALTER SYSTEM");
    VariableSetStmt set = statement.setstmt();
    boolean all = set.kind() == VariableSetStmt.Kind.RESET_ALL;
    if (!context.catalog().superuser()) {
      throw all
          ? PgException.error(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied to perform ALTER SYSTEM RESET ALL")
          : PgException.error(
              SqlState.INSUFFICIENT_PRIVILEGE,
              "permission denied to set parameter \"%s\"",
              set.name());
    }
    if (all) {
      return context.server().alterSystem("all", null).map(ignored -> "ALTER SYSTEM");
    }
    String name = String.valueOf(set.name());
    String value = value(set);
    if (value != null) {
      Guc<?> guc = Gucs.get(name);
      if (guc.context() == GucContext.INTERNAL || NOT_IN_AUTO_CONF.contains(guc.name())) {
        throw PgException.error(
            SqlState.CANT_CHANGE_RUNTIME_PARAM, "parameter \"%s\" cannot be changed", guc.name());
      }
      var _ = Gucs.parse(guc, value);
    }
    return context.server().alterSystem(name, value).map(ignored -> "ALTER SYSTEM");
  }
}
