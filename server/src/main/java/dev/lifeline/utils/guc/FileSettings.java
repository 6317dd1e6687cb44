package dev.lifeline.utils.guc;

import dev.lifeline.utils.activity.ServerFiles.FileSetting;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.ConfigFile.ConfigItem;
import dev.lifeline.utils.guc.ConfigFile.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a reload would make of the files as they are now: `pg_file_settings`.
public final class FileSettings {
  private final List<Entry> entries = new ArrayList<>();
  private final ServerConfig current;
  private final List<ConfigItem> last;
  private final boolean refused;

  /// A file behind one that cannot be read to its end is not looked at.
  private FileSettings(List<ConfigFile> files, ServerConfig current) {
    this.current = current;
    boolean broken = false;
    List<ConfigFile> read = new ArrayList<>();
    for (ConfigFile file : files) {
      if (!broken) {
        read.add(file);
        entries.addAll(file.entries());
        broken = !file.errors().isEmpty();
      }
    }
    this.last = ServerConfig.lastItems(read);
    this.refused = broken || entries.stream().anyMatch(FileSettings::unknown);
  }

  /// One row for each line.
  ///
  /// @param current what the server runs with
  public static List<FileSetting> of(List<ConfigFile> files, ServerConfig current) {
    FileSettings settings = new FileSettings(files, current);
    return settings.entries.stream().map(settings::row).toList();
  }

  private static boolean unknown(Entry entry) {
    String name = entry.name();
    return name != null && Gucs.find(name) == null && !name.contains(".");
  }

  private FileSetting row(Entry entry) {
    String error = entry.error();
    boolean applied = false;
    if (error == null && unknown(entry)) {
      error = "unrecognized configuration parameter";
    } else if (error == null && !refused && isLast(entry)) {
      error = problem(entry);
      applied = error == null;
    }
    return new FileSetting(
        entry.file().toString(), entry.line(), entry.name(), entry.value(), applied, error);
  }

  private boolean isLast(Entry entry) {
    return last.stream()
        .anyMatch(item -> item.file().equals(entry.file()) && item.line() == entry.line());
  }

  /// Why the value cannot be taken without a restart, or at all; null where it can.
  private @Nullable String problem(Entry entry) {
    Guc<?> guc = entry.name() == null ? null : Gucs.find(entry.name());
    if (guc == null || entry.value() == null) {
      return null;
    }
    ServerConfig.Setting setting = current.setting(guc);
    boolean outranked = setting != null && setting.source() != GucSource.CONFIGURATION_FILE;
    try {
      Object value = Gucs.parse(guc, entry.value());
      boolean fixed =
          guc.context() == GucContext.INTERNAL
              || (guc.context() == GucContext.POSTMASTER
                  && !outranked
                  && !current.value(guc).equals(value));
      return fixed ? "setting could not be applied" : null;
    } catch (PgException e) {
      return "setting could not be applied";
    }
  }
}
