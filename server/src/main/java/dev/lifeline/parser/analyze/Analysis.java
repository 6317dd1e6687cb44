package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.parser.func.ParseCoerce;
import dev.lifeline.parser.func.ParseFunc;
import dev.lifeline.parser.func.ParseOper;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is known about the whole statement while it is analyzed, whatever the level: its
/// parameters, its range entries, the relations that it uses.
final class Analysis {
  private static final int DEPTH_MAX = 500;

  /// How a statement uses a relation: the strongest lock, and what the role must be allowed to do.
  private final Map<Integer, RelationUse> relations = new LinkedHashMap<>();

  private final SessionCatalog catalog;
  private final EvalContext context;
  private final ParameterTypes parameters;
  private final ParseCoerce coerce;
  private final ParseOper operators;
  private final ParseFunc functions;
  private final List<RangeEntry> ranges = new ArrayList<>();
  private int nextRange = 1;
  private int depth;

  /// As whom the relations are used: the owner of the view that is being put in its place; 0 for
  /// the role of the session.
  private int checkAs;

  private final @Nullable DefinitionNames definition;

  private RecursionContext recursion = RecursionContext.ALLOWED;

  Analysis(SessionCatalog catalog, EvalContext context, ParameterTypes parameters) {
    this(catalog, context, parameters, null);
  }

  /// @param definition notes what names mean, of a view's query that is being defined
  Analysis(
      SessionCatalog catalog,
      EvalContext context,
      ParameterTypes parameters,
      @Nullable DefinitionNames definition) {
    this.definition = definition;
    this.catalog = catalog;
    this.context = context;
    this.parameters = parameters;
    this.coerce = new ParseCoerce(context, parameters);
    this.operators = new ParseOper(coerce);
    this.functions = new ParseFunc(coerce, context);
  }

  /// Where in a recursive term the analysis is.
  RecursionContext recursion() {
    return recursion;
  }

  <T> T within(RecursionContext context, Supplier<T> part) {
    RecursionContext before = recursion;
    recursion = context;
    try {
      return part.get();
    } finally {
      recursion = before;
    }
  }

  ParseCoerce coerce() {
    return coerce;
  }

  ParseOper operators() {
    return operators;
  }

  ParseFunc functions() {
    return functions;
  }

  SessionCatalog catalog() {
    return catalog;
  }

  /// The type that a name in the text means.
  TypeNames.Resolved type(TypeName name) {
    TypeNames.Resolved type = TypeNames.resolve(name, catalog);
    DefinitionNames names = definition();
    boolean reference =
        name.names().size() > 1 && UserTypes.referenced(name.names().getLast()) != 0;
    if (names != null && !reference && UserTypes.isUserType(type.oid())) {
      names.type(name.location(), type.oid());
    }
    return type;
  }

  EvalContext context() {
    return context;
  }

  ParameterTypes parameters() {
    return parameters;
  }

  int newRangeId() {
    return nextRange++;
  }

  <R extends RangeEntry> R add(R range) {
    ranges.add(range);
    return range;
  }

  List<RangeEntry> ranges() {
    return ranges;
  }

  void use(Relation relation, LockMode lockMode, Privilege privilege) {
    relations
        .computeIfAbsent(relation.oid(), oid -> new RelationUse(relation))
        .add(lockMode, privilege, checkAs);
  }

  /// Analyzes the query of a view, whose relations are used as its owner may.
  <T> T asOwnerOf(Relation view, Supplier<T> part) {
    int before = checkAs;
    checkAs = view.owner();
    try {
      return catalog.readingStored(part);
    } finally {
      checkAs = before;
    }
  }

  /// Where names are to be noted; null where they need not be, or are not of the text itself.
  @Nullable DefinitionNames definition() {
    return checkAs == 0 ? definition : null;
  }

  List<RelationUse> relations() {
    return List.copyOf(relations.values());
  }

  /// Called where the analysis goes down into an expression or a subquery, so that a statement that
  /// is nested too deeply is an error and not the end of the stack.
  void enter() {
    if (++depth > DEPTH_MAX) {
      throw PgException.error(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
          .hint(
              "The statement's expressions are nested more than %s levels deep.",
              Integer.toString(DEPTH_MAX));
    }
  }

  void leave() {
    depth--;
  }
}
