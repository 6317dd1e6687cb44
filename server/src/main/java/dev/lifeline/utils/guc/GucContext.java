package dev.lifeline.utils.guc;

import java.util.Locale;

/// When, and by whom, a parameter may be set; from the strictest to the most liberal.
public enum GucContext {
  /// Never: it tells a fact.
  INTERNAL,
  /// At server start only.
  POSTMASTER,
  /// At server start and by a reload.
  SIGHUP,
  /// At the start of a session, by a superuser.
  SUPERUSER_BACKEND,
  /// At the start of a session.
  BACKEND,
  /// Any time, by a superuser.
  SUPERUSER,
  /// Any time.
  USER;

  /// As `pg_settings.context` spells it.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static GucContext of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
