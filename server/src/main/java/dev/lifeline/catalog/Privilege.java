package dev.lifeline.catalog;

/// What a role may be allowed to do with a relation, with the letter that an aclitem has for it.
public enum Privilege {
  INSERT('a'),
  SELECT('r'),
  UPDATE('w'),
  DELETE('d'),
  TRUNCATE('D'),
  REFERENCES('x'),
  TRIGGER('t');

  private final char code;

  Privilege(char code) {
    this.code = code;
  }

  public char code() {
    return code;
  }
}
