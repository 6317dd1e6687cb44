package dev.lifeline.utils.activity;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands in the server's configuration files now, which may not be what it runs with: people
/// look before they reload.
public interface ServerFiles {
  /// There are no files.
  ServerFiles NONE =
      new ServerFiles() {
        @Override
        public Future<List<HbaRule>> hbaRules() {
          return Future.succeededFuture(List.of());
        }

        @Override
        public Future<List<IdentMapping>> identMappings() {
          return Future.succeededFuture(List.of());
        }

        @Override
        public Future<List<FileSetting>> settings() {
          return Future.succeededFuture(List.of());
        }
      };

  /// The lines of `pg_hba.conf`.
  Future<List<HbaRule>> hbaRules();

  /// The lines of `pg_ident.conf`.
  Future<List<IdentMapping>> identMappings();

  /// The lines of `postgresql.conf` and what it includes.
  Future<List<FileSetting>> settings();

  /// A row of `pg_hba_file_rules`.
  ///
  /// @param rule null where the line is wrong
  /// @param error what is wrong with it, or why it can match nothing
  record HbaRule(int line, @Nullable Rule rule, @Nullable String error) {}

  /// A line that can be used.
  record Rule(
      String type,
      List<String> databases,
      List<String> users,
      @Nullable String address,
      @Nullable String netmask,
      String method,
      List<String> options) {}

  /// A row of `pg_ident_file_mappings`; names are null where the line is wrong.
  record IdentMapping(
      int line,
      @Nullable String map,
      @Nullable String systemUser,
      @Nullable String user,
      @Nullable String error) {}

  /// A row of `pg_file_settings`.
  ///
  /// @param name null where the line is wrong, and so the value
  /// @param applied whether a reload takes it, or has taken it
  record FileSetting(
      String file,
      int line,
      @Nullable String name,
      @Nullable String value,
      boolean applied,
      @Nullable String error) {}
}
