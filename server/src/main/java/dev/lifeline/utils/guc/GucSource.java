package dev.lifeline.utils.guc;

/// Where a value comes from; a later constant outranks an earlier one.
public enum GucSource {
  DEFAULT("default"),
  CONFIGURATION_FILE("configuration file"),
  COMMAND_LINE("command line"),
  GLOBAL("global"),
  DATABASE("database"),
  USER("user"),
  DATABASE_USER("database user"),
  CLIENT("client"),
  OVERRIDE("override"),
  SESSION("session");

  private final String label;

  GucSource(String label) {
    this.label = label;
  }

  /// As `pg_settings.source` spells it.
  public String label() {
    return label;
  }
}
