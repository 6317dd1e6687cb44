package dev.lifeline.catalog;

import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.ServerActivity;
import dev.lifeline.utils.activity.ServerFiles;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The views over the configuration files, which are read anew for each look at them.
final class FileViews {
  private FileViews() {}

  static void register(VirtualTables tables, ServerActivity server) {
    add(tables, "pg_hba_file_rules", () -> server.files().hbaRules(), FileViews::hbaRule);
    add(
        tables,
        "pg_ident_file_mappings",
        () -> server.files().identMappings(),
        FileViews::identMapping);
    add(tables, "pg_file_settings", () -> server.files().settings(), FileViews::setting);
  }

  private static <T> void add(
      VirtualTables tables,
      String name,
      Supplier<Future<List<T>>> read,
      BiConsumer<VirtualRow, T> columns) {
    tables.register(name, session -> new Reading<>(name, read, columns).open(session));
  }

  /// One look at a file.
  private static final class Reading<T> {
    private final String name;
    private final Supplier<Future<List<T>>> read;
    private final BiConsumer<VirtualRow, T> columns;
    private @Nullable Future<List<T>> lines;

    Reading(String name, Supplier<Future<List<T>>> read, BiConsumer<VirtualRow, T> columns) {
      this.name = name;
      this.read = read;
      this.columns = columns;
    }

    VirtualTable.Rows open(SessionCatalog session) {
      return new BuiltTable(name, _ -> rows()).open(session);
    }

    private List<Consumer<VirtualRow>> rows() {
      Future<List<T>> reading = lines;
      if (reading == null) {
        reading = read.get();
        lines = reading;
      }
      if (!reading.isComplete()) {
        throw new NotYet(reading);
      }
      if (reading.failed()) {
        throw new IllegalStateException("cannot read the files of " + name, reading.cause());
      }
      AtomicInteger number = new AtomicInteger();
      return reading.result().stream()
          .map(line ->
              (Consumer<VirtualRow>)
                  row -> {
                    if (line instanceof ServerFiles.FileSetting) {
                      row.set("seqno", number.incrementAndGet());
                    }
                    columns.accept(row, line);
                  })
          .toList();
    }
  }

  private static void hbaRule(VirtualRow row, ServerFiles.HbaRule line) {
    row.set("line_number", line.line()).set("error", line.error());
    ServerFiles.Rule rule = line.rule();
    if (rule != null) {
      row.set("type", rule.type())
          .setTexts("database", rule.databases())
          .setTexts("user_name", rule.users())
          .set("address", rule.address())
          .set("netmask", rule.netmask())
          .set("auth_method", rule.method());
      if (!rule.options().isEmpty()) {
        row.setTexts("options", rule.options());
      }
    }
  }

  private static void identMapping(VirtualRow row, ServerFiles.IdentMapping line) {
    row.set("line_number", line.line())
        .set("map_name", line.map())
        .set("sys_name", line.systemUser())
        .set("pg_username", line.user())
        .set("error", line.error());
  }

  private static void setting(VirtualRow row, ServerFiles.FileSetting line) {
    row.set("sourcefile", line.file())
        .set("sourceline", line.line())
        .set("name", line.name())
        .set("setting", line.value())
        .set("applied", line.applied())
        .set("error", line.error());
  }
}
