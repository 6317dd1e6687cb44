package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.TextResource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The functions, operators, casts and aggregates that are there from initdb on, as rows of
/// PostgreSQL 15's catalogs: read from the tab-separated files beside this class, which
/// `bootstrap-catalog.sh` wrote.
public final class BootstrapCatalog {
  private static final Map<Integer, PgProc> PROCS = new LinkedHashMap<>();
  private static final Map<String, List<PgProc>> PROCS_BY_NAME = new HashMap<>();
  private static final Map<Integer, PgOperator> OPERATORS = new LinkedHashMap<>();
  private static final Map<String, List<PgOperator>> OPERATORS_BY_NAME = new HashMap<>();
  private static final Map<Long, PgCast> CASTS = new LinkedHashMap<>();
  private static final Map<Integer, PgAggregate> AGGREGATES = new LinkedHashMap<>();

  static {
    rows("pg_proc.tsv", BootstrapCatalog::proc).forEach(BootstrapCatalog::addProc);
    InformationSchemaProcs.all().forEach(BootstrapCatalog::addProc);
    LifelineProcs.all().forEach(BootstrapCatalog::addProc);
    rows("pg_operator.tsv", BootstrapCatalog::operator).forEach(BootstrapCatalog::addOperator);
    rows("pg_cast.tsv", BootstrapCatalog::cast).forEach(BootstrapCatalog::addCast);
    rows("pg_aggregate.tsv", BootstrapCatalog::aggregate).forEach(BootstrapCatalog::addAggregate);
  }

  private BootstrapCatalog() {}

  public static @Nullable PgProc proc(int oid) {
    return PROCS.get(oid);
  }

  /// All functions of this name.
  public static List<PgProc> procs(String name) {
    return PROCS_BY_NAME.getOrDefault(name, List.of());
  }

  public static Collection<PgProc> procs() {
    return Collections.unmodifiableCollection(PROCS.values());
  }

  public static @Nullable PgOperator operator(int oid) {
    return OPERATORS.get(oid);
  }

  /// All operators of this name.
  public static List<PgOperator> operators(String name) {
    return OPERATORS_BY_NAME.getOrDefault(name, List.of());
  }

  /// The operator of exactly these types; 0 is the left type of a prefix operator.
  public static @Nullable PgOperator operator(String name, int leftType, int rightType) {
    for (PgOperator operator : operators(name)) {
      if (operator.leftType() == leftType && operator.rightType() == rightType) {
        return operator;
      }
    }
    return null;
  }

  public static Collection<PgOperator> operators() {
    return Collections.unmodifiableCollection(OPERATORS.values());
  }

  public static @Nullable PgCast cast(int source, int target) {
    return CASTS.get(castKey(source, target));
  }

  public static Collection<PgCast> casts() {
    return Collections.unmodifiableCollection(CASTS.values());
  }

  /// The aggregate of this row of `pg_proc`.
  public static @Nullable PgAggregate aggregate(int function) {
    return AGGREGATES.get(function);
  }

  public static Collection<PgAggregate> aggregates() {
    return Collections.unmodifiableCollection(AGGREGATES.values());
  }

  private static void addProc(PgProc proc) {
    PROCS.put(proc.oid(), proc);
    PROCS_BY_NAME.computeIfAbsent(proc.name(), name -> new ArrayList<>(4)).add(proc);
  }

  private static void addOperator(PgOperator operator) {
    OPERATORS.put(operator.oid(), operator);
    OPERATORS_BY_NAME.computeIfAbsent(operator.name(), name -> new ArrayList<>(8)).add(operator);
  }

  private static void addCast(PgCast cast) {
    CASTS.put(castKey(cast.source(), cast.target()), cast);
  }

  private static void addAggregate(PgAggregate aggregate) {
    AGGREGATES.put(aggregate.function(), aggregate);
  }

  private static long castKey(int source, int target) {
    return (long) source << 32 | Integer.toUnsignedLong(target);
  }

  private static PgProc proc(String[] f) {
    return new PgProc(
        number(f[0]),
        f[1],
        f[2].charAt(0),
        f[3].equals("1"),
        f[4].equals("1"),
        f[5].charAt(0),
        number(f[6]),
        numbers(f[7]),
        number(f[8]),
        number(f[9]),
        numbers(f[10]),
        f[11],
        f[12].isEmpty() ? List.of() : List.of(f[12].split(",", -1)),
        f[13],
        f[15].charAt(0),
        f[16].equals("1"));
  }

  private static PgOperator operator(String[] f) {
    return new PgOperator(
        number(f[0]),
        f[1],
        f[2].charAt(0),
        f[3].equals("1"),
        f[4].equals("1"),
        number(f[5]),
        number(f[6]),
        number(f[7]),
        number(f[8]),
        number(f[9]),
        number(f[10]),
        f[11],
        f[12]);
  }

  private static PgCast cast(String[] f) {
    return new PgCast(
        number(f[0]), number(f[1]), number(f[2]), number(f[3]), f[4].charAt(0), f[5].charAt(0));
  }

  private static PgAggregate aggregate(String[] f) {
    return new PgAggregate(
        number(f[0]), f[1].charAt(0), number(f[2]), f[3], f[4], number(f[5]), number(f[6]), f[7]);
  }

  private static int number(String field) {
    return Integer.parseInt(field);
  }

  private static List<Integer> numbers(String field) {
    return field.isEmpty()
        ? List.of()
        : Arrays.stream(field.split(" ")).map(Integer::valueOf).toList();
  }

  private static <T> List<T> rows(String file, Function<String[], T> row) {
    return TextResource.rows(BootstrapCatalog.class, file, row);
  }
}
