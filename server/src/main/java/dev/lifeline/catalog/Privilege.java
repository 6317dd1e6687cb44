package dev.lifeline.catalog;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a role may be allowed to do with an object, with the letter that an aclitem has for it; in
/// the order in which aclitems list them.
public enum Privilege {
  INSERT('a'),
  SELECT('r'),
  UPDATE('w'),
  DELETE('d'),
  TRUNCATE('D'),
  REFERENCES('x'),
  TRIGGER('t'),
  EXECUTE('X'),
  USAGE('U'),
  CREATE('C'),
  TEMPORARY('T'),
  CONNECT('c');

  private final char code;

  Privilege(char code) {
    this.code = code;
  }

  public char code() {
    return code;
  }

  static @Nullable Privilege of(char code) {
    for (Privilege privilege : values()) {
      if (privilege.code == code) {
        return privilege;
      }
    }
    return null;
  }

  /// All that there are for a table.
  public static Set<Privilege> ofTables() {
    return EnumSet.range(INSERT, TRIGGER);
  }

  public static Set<Privilege> ofSequences() {
    return EnumSet.of(SELECT, UPDATE, USAGE);
  }

  public static Set<Privilege> ofSchemas() {
    return EnumSet.of(USAGE, CREATE);
  }

  public static Set<Privilege> ofDatabases() {
    return EnumSet.range(CREATE, CONNECT);
  }
}
