package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The place in the token stream, and the small productions that every part of the grammar needs:
/// names, constants, lists.
final class Cursor {
  final Lexer lexer;
  private final int[] kinds;
  private int pos;

  Cursor(Lexer lexer) {
    this.lexer = lexer;
    this.kinds = lexer.kinds;
  }

  // ---- tokens

  int peek() {
    return kinds[pos];
  }

  int peek(int ahead) {
    int i = pos + ahead;
    return i < lexer.count ? kinds[i] : EOF;
  }

  boolean at(int kind) {
    return kinds[pos] == kind;
  }

  boolean at(int kind, int next) {
    return kinds[pos] == kind && peek(1) == next;
  }

  /// Byte offset of the next token.
  int location() {
    return lexer.starts[pos];
  }

  /// Where the previous token ended.
  int endOfPrevious() {
    return pos == 0 ? 0 : lexer.ends[pos - 1];
  }

  int position() {
    return pos;
  }

  /// Takes the next token and returns its location.
  int advance() {
    return lexer.starts[pos++];
  }

  boolean accept(int kind) {
    if (kinds[pos] == kind) {
      pos++;
      return true;
    }
    return false;
  }

  boolean accept(int kind, int next) {
    if (at(kind, next)) {
      pos += 2;
      return true;
    }
    return false;
  }

  /// Takes the token that must come next and returns its location.
  int expect(int kind) {
    if (kinds[pos] != kind) {
      throw unexpected();
    }
    return lexer.starts[pos++];
  }

  int expect(int first, int second) {
    int location = expect(first);
    expect(second);
    return location;
  }

  int expect(int first, int second, int third) {
    int location = expect(first, second);
    expect(third);
    return location;
  }

  /// The error that the next token may not stand here: of the lexer, where it could not read it.
  PgException unexpected() {
    int kind = kinds[pos];
    PgException error = lexer.error;
    if (error != null && (kind == LEX_ERROR || (looksAhead(kind) && peek(1) == LEX_ERROR))) {
      return error;
    }
    return lexer.errorAt("syntax error", lexer.starts[pos], lexer.ends[pos]);
  }

  private static boolean looksAhead(int kind) {
    return kind == NOT || kind == NULLS || kind == WITH || kind == WITHOUT || kind == FORMAT;
  }

  /// As [#unexpected], with another message.
  PgException errorHere(String message) {
    return lexer.errorAt(message, lexer.starts[pos], lexer.ends[pos]);
  }

  static PgException syntaxError(int location, String format, @Nullable Object... args) {
    return PgException.error(SqlState.SYNTAX_ERROR, format, args).at(location);
  }

  static PgException featureError(int location, String format, @Nullable Object... args) {
    return PgException.error(SqlState.FEATURE_NOT_SUPPORTED, format, args).at(location);
  }

  // ---- lists

  <T> List<T> commaList(Supplier<T> item) {
    T first = item.get();
    if (kinds[pos] != ',') {
      return List.of(first);
    }
    List<T> items = new ArrayList<>();
    items.add(first);
    while (accept(',')) {
      items.add(item.get());
    }
    return List.copyOf(items);
  }

  <T> List<T> parenthesized(Supplier<T> item) {
    expect('(');
    List<T> items = commaList(item);
    expect(')');
    return items;
  }

  <T> List<T> optParenthesized(Supplier<T> item) {
    return at('(') ? parenthesized(item) : List.of();
  }

  // ---- names

  private String take() {
    return TokenText.string(lexer, pos++);
  }

  static boolean isColId(int kind) {
    if (kind < FIRST_KEYWORD) {
      return kind == IDENT;
    }
    byte category = Keywords.category(kind);
    return category == Keywords.UNRESERVED || category == Keywords.COL_NAME;
  }

  static boolean isTypeFunctionName(int kind) {
    if (kind < FIRST_KEYWORD) {
      return kind == IDENT;
    }
    byte category = Keywords.category(kind);
    return category == Keywords.UNRESERVED || category == Keywords.TYPE_FUNC_NAME;
  }

  static boolean isNonReservedWord(int kind) {
    return kind == IDENT || (kind >= FIRST_KEYWORD && Keywords.category(kind) != Keywords.RESERVED);
  }

  static boolean isColLabel(int kind) {
    return kind == IDENT || kind >= FIRST_KEYWORD;
  }

  static boolean isBareColLabel(int kind) {
    return kind == IDENT || (kind >= FIRST_KEYWORD && Keywords.isBareLabel(kind));
  }

  boolean atColId() {
    return isColId(kinds[pos]);
  }

  String colId() {
    if (!isColId(kinds[pos])) {
      throw unexpected();
    }
    return take();
  }

  String colLabel() {
    if (!isColLabel(kinds[pos])) {
      throw unexpected();
    }
    return take();
  }

  String typeFunctionName() {
    if (!isTypeFunctionName(kinds[pos])) {
      throw unexpected();
    }
    return take();
  }

  String nonReservedWord() {
    if (!isNonReservedWord(kinds[pos])) {
      throw unexpected();
    }
    return take();
  }

  String nonReservedWordOrSconst() {
    return at(SCONST) ? take() : nonReservedWord();
  }

  /// A name that is no keyword.
  String ident() {
    if (kinds[pos] != IDENT) {
      throw unexpected();
    }
    return take();
  }

  /// The value of whatever token comes next.
  String text() {
    return take();
  }

  List<String> nameList() {
    return commaList(this::colId);
  }

  /// `any_name`
  List<String> anyName() {
    String first = colId();
    return at('.') ? attrs(first) : List.of(first);
  }

  /// `attrs` behind a first name.
  List<String> attrs(String first) {
    List<String> names = new ArrayList<>(3);
    names.add(first);
    while (accept('.')) {
      names.add(colLabel());
    }
    return List.copyOf(names);
  }

  List<List<String>> anyNameList() {
    return commaList(this::anyName);
  }

  /// The names in an indirection that may hold nothing else.
  List<String> namesOnly(String first, List<Indirection> indirection) {
    if (indirection.isEmpty()) {
      return List.of(first);
    }
    List<String> names = new ArrayList<>(indirection.size() + 1);
    names.add(first);
    for (Indirection step : indirection) {
      if (!(step instanceof Indirection.Field field)) {
        throw unexpected();
      }
      names.add(field.name());
    }
    return List.copyOf(names);
  }

  /// `qualified_name`, with subscripts and stars refused where the grammar would have taken them.
  RangeVar qualifiedName(Grammar g) {
    int location = location();
    String first = colId();
    if (!at('.') && !at('[')) {
      return rangeVar(null, null, first, location);
    }
    return rangeVar(namesOnly(first, g.expr.indirection()), location);
  }

  RangeVar rangeVar(List<String> names, int location) {
    return switch (names.size()) {
      case 1 -> rangeVar(null, null, names.get(0), location);
      case 2 -> rangeVar(null, names.get(0), names.get(1), location);
      case 3 -> rangeVar(names.get(0), names.get(1), names.get(2), location);
      default ->
          throw syntaxError(
              location,
              "improper qualified name (too many dotted names): %s",
              String.join(".", names));
    };
  }

  static RangeVar rangeVar(
      @Nullable String catalog, @Nullable String schema, String name, int location) {
    return new RangeVar(catalog, schema, name, true, Persistence.PERMANENT, null, location);
  }

  // ---- constants

  String sconst() {
    if (kinds[pos] != SCONST) {
      throw unexpected();
    }
    return take();
  }

  int iconst() {
    if (kinds[pos] != ICONST) {
      throw unexpected();
    }
    return lexer.numbers[pos++];
  }

  int signedIconst() {
    if (accept('+')) {
      return iconst();
    }
    return accept('-') ? -iconst() : iconst();
  }

  boolean atSignedIconst() {
    return at(ICONST) || ((at('+') || at('-')) && peek(1) == ICONST);
  }

  boolean atNumericOnly() {
    return at(ICONST) || at(FCONST) || at('+') || at('-');
  }

  Value numericOnly() {
    boolean negative = at('-');
    if (negative || at('+')) {
      advance();
    }
    if (at(FCONST)) {
      return new Value.Numeric(negative ? "-" + take() : take());
    }
    int value = iconst();
    return new Value.Int(negative ? -value : value);
  }

  Value.Str string(String value) {
    return new Value.Str(value);
  }

  boolean atBooleanOrString() {
    int kind = kinds[pos];
    return kind == TRUE || kind == FALSE || kind == ON || kind == SCONST || isNonReservedWord(kind);
  }

  /// `opt_boolean_or_string`: TRUE, FALSE and ON are strings here, and OFF is no reserved word.
  String booleanOrString() {
    int kind = kinds[pos];
    if (kind == TRUE || kind == FALSE || kind == ON) {
      return take();
    }
    return nonReservedWordOrSconst();
  }

  // ---- roles

  RoleSpec roleSpec() {
    int location = location();
    int kind = kinds[pos];
    RoleSpec.@Nullable Type type =
        switch (kind) {
          case CURRENT_ROLE -> RoleSpec.Type.CURRENT_ROLE;
          case CURRENT_USER -> RoleSpec.Type.CURRENT_USER;
          case SESSION_USER -> RoleSpec.Type.SESSION_USER;
          default -> null;
        };
    if (type != null) {
      advance();
      return new RoleSpec(type, null, location);
    }
    // The names of pseudo-roles are no keywords, so a quoted "public" is PUBLIC too.
    String name = nonReservedWord();
    if (name.equals("public")) {
      return new RoleSpec(RoleSpec.Type.PUBLIC, null, location);
    }
    if (name.equals("none")) {
      throw PgException.error(SqlState.RESERVED_NAME, "role name \"none\" is reserved")
          .at(location);
    }
    return new RoleSpec(RoleSpec.Type.CSTRING, name, location);
  }

  List<RoleSpec> roleList() {
    return commaList(this::roleSpec);
  }

  /// `RoleId`: the name of a role that a statement makes or renames.
  String roleId() {
    RoleSpec role = roleSpec();
    String name = role.rolename();
    if (name == null) {
      throw reservedRole(role);
    }
    return name;
  }

  /// The error that a pseudo-role stands where only a role's own name may.
  static PgException reservedRole(RoleSpec role) {
    PgException error =
        switch (role.roletype()) {
          case PUBLIC ->
              PgException.error(SqlState.RESERVED_NAME, "role name \"public\" is reserved");
          default ->
              PgException.error(
                  SqlState.RESERVED_NAME,
                  "%s cannot be used as a role name here",
                  role.roletype().name());
        };
    return error.at(role.location());
  }

  // ---- small options

  boolean ifExists() {
    return accept(IF, EXISTS);
  }

  /// As [#ifExists], where IF cannot be a name.
  boolean ifExistsOnly() {
    if (!accept(IF)) {
      return false;
    }
    expect(EXISTS);
    return true;
  }

  /// As [#ifNotExists], where IF cannot be a name.
  boolean ifNotExistsOnly() {
    if (!accept(IF)) {
      return false;
    }
    expect(NOT, EXISTS);
    return true;
  }

  boolean ifNotExists() {
    if (at(IF, NOT)) {
      advance();
      expect(NOT, EXISTS);
      return true;
    }
    return false;
  }
}
