package dev.lifeline.utils.fmgr;

import java.util.List;

/// A row of `pg_proc`.
///
/// @param kind `f` function, `a` aggregate, `w` window function
/// @param strict whether it yields null as soon as an argument is null, without being called
/// @param volatility `i` immutable, `s` stable, `v` volatile
/// @param argTypes the types of the input arguments
/// @param variadicOid the element type of the variadic argument (`any` for VARIADIC "any"), or 0
/// @param defaults how many of the last input arguments have defaults
/// @param allArgTypes the types of all arguments where there are output arguments, else empty
/// @param argModes one letter for each of `allArgTypes` (`i`, `o`, `b`, `v`, `t`), or empty
/// @param argNames names of all arguments, or empty
/// @param source `prosrc`: the name of its code
public record PgProc(
    int oid,
    String name,
    char kind,
    boolean returnsSet,
    boolean strict,
    char volatility,
    int returnType,
    List<Integer> argTypes,
    int variadicOid,
    int defaults,
    List<Integer> allArgTypes,
    String argModes,
    List<String> argNames,
    String source,
    char parallel,
    boolean leakproof) {

  /// The schema that it is in: `information_schema` has the functions of its views, whose names
  /// alone begin so.
  public String schema() {
    return name.startsWith("_pg_") ? "information_schema" : "pg_catalog";
  }

  public boolean isAggregate() {
    return kind == 'a';
  }

  public boolean isWindow() {
    return kind == 'w';
  }

  public boolean isVolatile() {
    return volatility == 'v';
  }

  public boolean isImmutable() {
    return volatility == 'i';
  }
}
