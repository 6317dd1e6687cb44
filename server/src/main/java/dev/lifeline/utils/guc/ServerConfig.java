package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.ConfigFile.ConfigItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The value of every parameter for the whole server: defaults, then `postgresql.conf`, then
/// `postgresql.auto.conf`, then the command line. Immutable: a reload makes a new one.
public final class ServerConfig {
  private final @Nullable Object[] values;
  private final @Nullable Setting[] settings;
  private final Map<String, String> custom;
  private final List<String> pendingRestart;

  private ServerConfig(
      @Nullable Object[] values,
      @Nullable Setting[] settings,
      Map<String, String> custom,
      List<String> pendingRestart) {
    this.values = values;
    this.settings = settings;
    this.custom = Map.copyOf(custom);
    this.pendingRestart = List.copyOf(pendingRestart);
  }

  /// Where a value was set.
  ///
  /// @param file null on the command line
  public record Setting(GucSource source, @Nullable Path file, int line) {}

  /// One `name=value` of the command line.
  public record Option(String name, String value) {
    /// Reads `name=value`; dashes in the name mean underscores, as on PostgreSQL's command line.
    ///
    /// @throws PgException 42601 where there is no value
    public static Option parse(String text) {
      int equals = text.indexOf('=');
      String name = (equals < 0 ? text : text.substring(0, equals)).strip().replace('-', '_');
      if (equals < 0) {
        throw PgException.fatal(
            dev.lifeline.utils.error.SqlState.SYNTAX_ERROR, "-c %s requires a value", name);
      }
      return new Option(name, text.substring(equals + 1));
    }
  }

  /// A parameter whose value a reload changed, as text.
  public record Change(String name, String oldValue, String newValue, boolean removed) {}

  /// What came of a reading of the files.
  ///
  /// @param config the new values; the old ones where the files could not be used
  /// @param errors what is wrong with the files, in PostgreSQL's words
  public record Loaded(ServerConfig config, List<Change> changes, List<String> errors) {}

  /// Nothing set: every parameter has its default.
  public static ServerConfig defaults() {
    return new Builder().build(List.of());
  }

  /// Reads the configuration at server start. Where `errors` is not empty, the server must not
  /// start.
  public static Loaded load(List<ConfigFile> files, List<Option> commandLine) {
    Builder builder = new Builder();
    List<String> errors = builder.readFiles(files);
    for (Option option : commandLine) {
      builder.set(option.name(), option.value(), new Setting(GucSource.COMMAND_LINE, null, 0));
    }
    return new Loaded(builder.build(List.of()), List.of(), errors);
  }

  /// Reads the files again. A syntax error anywhere leaves all as it is; a value that cannot be
  /// used leaves that parameter as it is. Parameters that need a restart keep their value and are
  /// noted.
  public Loaded reload(List<ConfigFile> files, List<Option> commandLine) {
    if (files.stream().anyMatch(f -> !f.errors().isEmpty())) {
      List<String> errors = new ArrayList<>();
      files.forEach(f -> f.errors().forEach(e -> errors.add(e.message())));
      return new Loaded(this, List.of(), errors);
    }
    Loaded fresh = load(files, commandLine);
    List<String> errors = new ArrayList<>(fresh.errors);
    List<String> restart = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Builder merged = new Builder(fresh.config);
    for (Guc<?> guc : Gucs.all()) {
      Object before = value(guc);
      Object after = fresh.config.value(guc);
      if (before.equals(after)) {
        continue;
      }
      if (guc.context() == GucContext.POSTMASTER || guc.context() == GucContext.INTERNAL) {
        errors.add(
            "parameter \"" + guc.name() + "\" cannot be changed without restarting the server");
        restart.add(guc.name());
        merged.keep(guc, this);
      } else {
        boolean removed = fresh.config.setting(guc) == null;
        changes.add(new Change(guc.name(), guc.show(before), guc.show(after), removed));
      }
    }
    return new Loaded(merged.build(restart), changes, errors);
  }

  /// The value as parsed.
  @SuppressWarnings("unchecked") // Values come from Gucs.parse, which gives the parameter's type.
  public <T> T get(Guc<T> guc) {
    return (T) value(guc);
  }

  Object value(Guc<?> guc) {
    Object value = values[guc.index()];
    return value == null ? Objects.requireNonNull(guc.bootValue()) : value;
  }

  /// Where the value was set, or null where it is the default.
  public @Nullable Setting setting(Guc<?> guc) {
    return settings[guc.index()];
  }

  /// Parameters whose file says something that only a restart brings.
  public List<String> pendingRestart() {
    return pendingRestart;
  }

  /// Settings of other software: names with a dot that no parameter has.
  public Map<String, String> custom() {
    return custom;
  }

  /// The same values with some set by the server itself, such as the place of its files.
  public ServerConfig with(Map<Guc<String>, String> overrides) {
    Builder builder = new Builder(this);
    overrides.forEach((guc, value) -> {
      builder.values[guc.index()] = value;
      builder.settings[guc.index()] = new Setting(GucSource.OVERRIDE, null, 0);
    });
    return builder.build(pendingRestart);
  }

  private static final class Builder {
    private final @Nullable Object[] values;
    private final @Nullable Setting[] settings;
    private final Map<String, String> custom = new LinkedHashMap<>();

    Builder() {
      values = new @Nullable Object[Gucs.count()];
      settings = new @Nullable Setting[Gucs.count()];
    }

    Builder(ServerConfig from) {
      values = from.values.clone();
      settings = from.settings.clone();
      custom.putAll(from.custom);
    }

    void keep(Guc<?> guc, ServerConfig from) {
      values[guc.index()] = from.values[guc.index()];
      settings[guc.index()] = from.settings[guc.index()];
    }

    List<String> readFiles(List<ConfigFile> files) {
      List<String> errors = new ArrayList<>();
      Map<String, ConfigItem> last = new LinkedHashMap<>();
      for (ConfigFile file : files) {
        file.errors().forEach(e -> errors.add(e.message()));
        file.items().forEach(item -> last.put(item.name().toLowerCase(Locale.ROOT), item));
      }
      for (ConfigItem item : last.values()) {
        readItem(item, errors);
      }
      return errors;
    }

    private void readItem(ConfigItem item, List<String> errors) {
      Guc<?> guc = Gucs.find(item.name());
      String place = " in file \"%s\" line %d".formatted(item.file(), item.line());
      if (guc == null && !item.name().contains(".")) {
        errors.add("unrecognized configuration parameter \"" + item.name() + "\"" + place);
        return;
      }
      if (guc != null && guc.context() == GucContext.INTERNAL) {
        errors.add("parameter \"" + guc.name() + "\" cannot be changed" + place);
        return;
      }
      try {
        Setting at = new Setting(GucSource.CONFIGURATION_FILE, item.file(), item.line());
        set(item.name(), item.value(), at);
      } catch (PgException e) {
        errors.add(e.message() + place);
      }
    }

    void set(String name, String text, Setting setting) {
      Guc<?> guc = Gucs.find(name);
      if (guc != null) {
        values[guc.index()] = Gucs.parse(guc, text);
        settings[guc.index()] = setting;
      } else if (name.contains(".")) {
        custom.put(name, text);
      } else {
        throw Gucs.unrecognized(name);
      }
    }

    ServerConfig build(List<String> pendingRestart) {
      return new ServerConfig(values, settings, custom, pendingRestart);
    }
  }
}
