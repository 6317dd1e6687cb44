package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterPublicationStmt;
import dev.lifeline.parser.tree.AlterSubscriptionStmt;
import dev.lifeline.parser.tree.CreatePublicationStmt;
import dev.lifeline.parser.tree.CreateSubscriptionStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropSubscriptionStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.PublicationObjSpec;
import dev.lifeline.parser.tree.PublicationTable;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Publications and subscriptions of logical replication.
final class PublicationParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  PublicationParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  // ---- publications

  Stmt createPublication() {
    c.expect(PUBLICATION);
    String name = c.colId();
    boolean allTables = false;
    List<Written> objects = List.of();
    if (c.accept(FOR)) {
      if (c.at(ALL)) {
        c.expect(ALL, TABLES);
        allTables = true;
      } else {
        objects = c.commaList(this::object);
      }
    }
    List<DefElem> options = u.definitions.optDefinition();
    return new CreatePublicationStmt(name, options, resolve(objects), allTables);
  }

  /// ALTER PUBLICATION, its name read.
  Stmt alterPublication(String name) {
    if (c.at(SET) && c.peek(1) == '(') {
      c.advance();
      return new AlterPublicationStmt(
          name, u.definitions.definition(), List.of(), AlterPublicationStmt.Action.SET);
    }
    AlterPublicationStmt.Action action =
        switch (c.peek()) {
          case ADD -> AlterPublicationStmt.Action.ADD;
          case DROP -> AlterPublicationStmt.Action.DROP;
          case SET -> AlterPublicationStmt.Action.SET;
          default -> throw c.unexpected();
        };
    c.advance();
    List<PublicationObjSpec> objects = resolve(c.commaList(this::object));
    return new AlterPublicationStmt(name, List.of(), objects, action);
  }

  /// An object as written: one without a kind goes on with that of the one before it.
  private record Written(
      PublicationObjSpec.@Nullable Type type,
      @Nullable String name,
      @Nullable PublicationTable table,
      int location) {}

  private static List<PublicationObjSpec> resolve(List<Written> all) {
    if (!all.isEmpty() && all.get(0).type() == null) {
      throw Cursor.syntaxError(all.get(0).location(), "invalid publication object list")
          .detail(
              "One of TABLE or TABLES IN SCHEMA must be specified before a standalone table or"
                  + " schema name.");
    }
    List<PublicationObjSpec> specs = new ArrayList<>(all.size());
    PublicationObjSpec.Type type = PublicationObjSpec.Type.TABLE;
    for (Written written : all) {
      PublicationObjSpec.Type own = written.type();
      PublicationObjSpec spec = resolve(written, own == null ? type : own);
      specs.add(spec);
      type = spec.pubobjtype();
    }
    return List.copyOf(specs);
  }

  private static PublicationObjSpec resolve(Written written, PublicationObjSpec.Type type) {
    String name = written.name();
    PublicationTable table = written.table();
    int location = written.location();
    if (type == PublicationObjSpec.Type.TABLE) {
      if (name == null && table == null) {
        throw error(location, "invalid table name");
      }
      if (name != null) {
        RangeVar relation = Cursor.rangeVar(null, null, name, location);
        table = new PublicationTable(relation, null, List.of());
      }
      return new PublicationObjSpec(type, null, table, location);
    }
    if (table != null) {
      if (table.whereClause() != null) {
        throw error(location, "WHERE clause not allowed for schema");
      }
      if (!table.columns().isEmpty()) {
        throw error(location, "column specification not allowed for schema");
      }
      throw error(location, "invalid schema name");
    }
    return new PublicationObjSpec(
        name != null
            ? PublicationObjSpec.Type.TABLES_IN_SCHEMA
            : PublicationObjSpec.Type.TABLES_IN_CUR_SCHEMA,
        name,
        null,
        location);
  }

  private static PgException error(int location, String message) {
    return Cursor.syntaxError(location, message);
  }

  /// `PublicationObjSpec`
  private Written object() {
    int location = c.location();
    if (c.accept(TABLE)) {
      PublicationTable table = table(g.from.relationExpr());
      return new Written(PublicationObjSpec.Type.TABLE, null, table, location);
    }
    if (c.at(TABLES, IN)) {
      c.expect(TABLES, IN, SCHEMA);
      int nameLocation = c.location();
      if (c.accept(CURRENT_SCHEMA)) {
        return new Written(PublicationObjSpec.Type.TABLES_IN_CUR_SCHEMA, null, null, nameLocation);
      }
      return new Written(PublicationObjSpec.Type.TABLES_IN_SCHEMA, c.colId(), null, nameLocation);
    }
    if (c.accept(CURRENT_SCHEMA)) {
      return new Written(null, null, null, location);
    }
    boolean plain = c.atColId() && !isTable(c.peek(1));
    if (plain) {
      return new Written(null, c.colId(), null, location);
    }
    // PostgreSQL gives no place to the forms with ONLY or a star.
    int place = c.at(ONLY) ? 0 : location;
    return new Written(null, null, table(g.from.relationExpr()), place);
  }

  private static boolean isTable(int next) {
    return next == '.' || next == '[' || next == '*' || next == '(' || next == WHERE;
  }

  private PublicationTable table(RangeVar relation) {
    List<String> columns = c.optParenthesized(c::colId);
    Expr where = null;
    if (c.accept(WHERE)) {
      c.expect('(');
      where = g.expr.aExpr();
      c.expect(')');
    }
    return new PublicationTable(relation, where, columns);
  }

  // ---- subscriptions

  Stmt createSubscription() {
    c.expect(SUBSCRIPTION);
    String name = c.colId();
    c.expect(CONNECTION);
    String connection = c.sconst();
    c.expect(PUBLICATION);
    List<String> publications = c.nameList();
    return new CreateSubscriptionStmt(
        name, connection, publications, u.definitions.optDefinition());
  }

  /// ALTER SUBSCRIPTION, its name read.
  Stmt alterSubscription(String name) {
    int location = c.location();
    return switch (c.peek()) {
      case SET -> {
        c.advance();
        if (c.at('(')) {
          yield alter(
              AlterSubscriptionStmt.Kind.OPTIONS, name, List.of(), u.definitions.definition());
        }
        yield publications(AlterSubscriptionStmt.Kind.SET_PUBLICATION, name);
      }
      case ADD -> {
        c.advance();
        yield publications(AlterSubscriptionStmt.Kind.ADD_PUBLICATION, name);
      }
      case DROP -> {
        c.advance();
        yield publications(AlterSubscriptionStmt.Kind.DROP_PUBLICATION, name);
      }
      case CONNECTION -> {
        c.advance();
        yield new AlterSubscriptionStmt(
            AlterSubscriptionStmt.Kind.CONNECTION, name, c.sconst(), List.of(), List.of());
      }
      case REFRESH -> {
        c.expect(REFRESH, PUBLICATION);
        yield alter(
            AlterSubscriptionStmt.Kind.REFRESH, name, List.of(), u.definitions.optDefinition());
      }
      case ENABLE, DISABLE -> {
        boolean enable = c.at(ENABLE);
        c.advance();
        DefElem enabled = DefinitionParser.flag("enabled", enable, location);
        yield alter(AlterSubscriptionStmt.Kind.ENABLED, name, List.of(), List.of(enabled));
      }
      case SKIP -> {
        c.advance();
        yield alter(AlterSubscriptionStmt.Kind.SKIP, name, List.of(), u.definitions.definition());
      }
      default -> throw c.unexpected();
    };
  }

  private Stmt publications(AlterSubscriptionStmt.Kind kind, String name) {
    c.expect(PUBLICATION);
    List<String> publications = c.nameList();
    return alter(kind, name, publications, u.definitions.optDefinition());
  }

  private static AlterSubscriptionStmt alter(
      AlterSubscriptionStmt.Kind kind,
      String name,
      List<String> publications,
      List<DefElem> options) {
    return new AlterSubscriptionStmt(kind, name, null, publications, options);
  }

  Stmt dropSubscription() {
    c.expect(SUBSCRIPTION);
    boolean missingOk = c.ifExists();
    String name = c.colId();
    return new DropSubscriptionStmt(name, missingOk, u.maintenance.dropBehavior());
  }
}
