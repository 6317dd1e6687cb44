package dev.lifeline.catalog;

/// What a row of `pg_class` describes, with the letter that `relkind` has for it.
public enum RelKind {
  TABLE('r', "table"),
  /// The long values of a table, see [Relation.Toast].
  TOAST('t', "TOAST table"),
  INDEX('i', "index"),
  SEQUENCE('S', "sequence"),
  VIEW('v', "view");

  private final char code;
  private final String noun;

  RelKind(char code, String noun) {
    this.code = code;
    this.noun = noun;
  }

  public char code() {
    return code;
  }

  /// The word for it in messages, e.g. `"x" is not a table`.
  public String noun() {
    return noun;
  }

  /// Whether it is stored as rows.
  public boolean isTable() {
    return this == TABLE || this == TOAST;
  }

  public static RelKind of(char code) {
    for (RelKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown relkind " + code);
  }
}
