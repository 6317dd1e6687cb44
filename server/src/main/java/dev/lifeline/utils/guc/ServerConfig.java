package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ConfigFile.ConfigItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
        throw PgException.fatal(SqlState.SYNTAX_ERROR, "-c %s requires a value", name);
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
  /// @param messages what the log is told of a reload, in PostgreSQL's order
  public record Loaded(
      ServerConfig config, List<Change> changes, List<String> errors, List<PgException> messages) {}

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
    return new Loaded(builder.build(List.of()), List.of(), errors, List.of());
  }

  /// Reads the files again. A syntax error or an unknown name anywhere leaves all as it is; a value
  /// that cannot be used leaves that parameter as it is. Parameters that need a restart keep their
  /// value and are noted.
  ///
  /// @param main the file that the log names when something is wrong
  public Loaded reload(List<ConfigFile> files, List<Option> commandLine, String main) {
    return new Reload(this, files, commandLine, main).run();
  }

  /// The last setting of each name, in the order of the files.
  static List<ConfigItem> lastItems(List<ConfigFile> files) {
    Map<String, ConfigItem> last = new LinkedHashMap<>();
    for (ConfigFile file : files) {
      for (ConfigItem item : file.items()) {
        String name = item.name().toLowerCase(Locale.ROOT);
        last.remove(name);
        last.put(name, item);
      }
    }
    return List.copyOf(last.values());
  }

  /// One reload, as PostgreSQL goes about it: unknown names, then what has gone from the files,
  /// then what stands there.
  private static final class Reload {
    private final ServerConfig before;
    private final List<ConfigFile> files;
    private final List<ConfigItem> items;
    private final Set<String> fixed = new HashSet<>();
    private final Builder after;
    private final List<PgException> messages = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> restart = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    /// The file that the summary names: the main one, or the one with the last wrong setting.
    private String broken;

    Reload(ServerConfig before, List<ConfigFile> files, List<Option> commandLine, String main) {
      this.before = before;
      this.broken = main;
      this.files = files;
      this.items = lastItems(files);
      this.after = new Builder(before);
      commandLine.forEach(option -> fixed.add(option.name().toLowerCase(Locale.ROOT)));
    }

    Loaded run() {
      files.forEach(file -> file.errors().forEach(e -> error(SqlState.SYNTAX_ERROR, e.message())));
      if (errors.isEmpty()) {
        items.forEach(this::checkName);
      }
      if (!errors.isEmpty()) {
        return refused();
      }
      removed();
      after.custom.clear();
      items.forEach(this::apply);
      if (!errors.isEmpty()) {
        summary("unaffected");
      }
      return new Loaded(after.build(restart), changes, errors, messages);
    }

    private void summary(String applied) {
      tell(
          SqlState.CONFIG_FILE_ERROR,
          "configuration file \"%s\" contains errors; %s changes were applied"
              .formatted(broken, applied));
    }

    private Loaded refused() {
      summary("no");
      return new Loaded(before, List.of(), errors, messages);
    }

    private void tell(SqlState state, String message) {
      messages.add(new PgException(Severity.LOG, state, message));
    }

    private void error(SqlState state, String message) {
      errors.add(message);
      tell(state, message);
    }

    private void checkName(ConfigItem item) {
      Guc<?> guc = Gucs.find(item.name());
      if (guc == null && !item.name().contains(".")) {
        broken = item.file().toString();
        error(
            SqlState.UNDEFINED_OBJECT,
            "unrecognized configuration parameter \"%s\" in file \"%s\" line %d"
                .formatted(item.name(), item.file(), item.line()));
      }
    }

    /// A parameter of the files only: the server's own facts and the command line outrank them.
    private boolean ofFiles(Guc<?> guc) {
      Setting setting = before.setting(guc);
      boolean own = setting == null || setting.source() == GucSource.CONFIGURATION_FILE;
      return own && !fixed.contains(guc.name().toLowerCase(Locale.ROOT));
    }

    private void removed() {
      for (Guc<?> guc : Gucs.all()) {
        boolean stands = items.stream().anyMatch(i -> i.name().equalsIgnoreCase(guc.name()));
        if (stands || before.setting(guc) == null || !ofFiles(guc)) {
          continue;
        }
        Object old = before.value(guc);
        if (needsRestart(guc)) {
          if (!old.equals(guc.bootValue())) {
            restartNeeded(guc);
          }
          continue;
        }
        after.forget(guc);
        Object fresh = Objects.requireNonNull(guc.bootValue());
        if (!old.equals(fresh)) {
          tell(
              SqlState.SUCCESSFUL_COMPLETION,
              "parameter \"%s\" removed from configuration file, reset to default"
                  .formatted(guc.name()));
          changes.add(new Change(guc.name(), guc.show(old), guc.show(fresh), true));
        }
      }
    }

    private static boolean needsRestart(Guc<?> guc) {
      return guc.context() == GucContext.POSTMASTER || guc.context() == GucContext.INTERNAL;
    }

    private void changed(ConfigItem item) {
      Guc<?> guc = Gucs.find(item.name());
      tell(
          SqlState.SUCCESSFUL_COMPLETION,
          "parameter \"%s\" changed to \"%s\""
              .formatted(guc == null ? item.name() : guc.name(), item.value()));
    }

    private void restartNeeded(Guc<?> guc) {
      error(
          SqlState.CANT_CHANGE_RUNTIME_PARAM,
          "parameter \"" + guc.name() + "\" cannot be changed without restarting the server");
      restart.add(guc.name());
    }

    private void apply(ConfigItem item) {
      int known = errors.size();
      applyValue(item);
      if (errors.size() > known) {
        broken = item.file().toString();
      }
    }

    private void applyValue(ConfigItem item) {
      Guc<?> guc = Gucs.find(item.name());
      if (guc == null) {
        after.custom.put(item.name(), item.value());
        if (!item.value().equals(before.custom.get(item.name()))) {
          changed(item);
        }
        return;
      }
      if (!ofFiles(guc)) {
        return;
      }
      if (guc.context() == GucContext.INTERNAL) {
        error(
            SqlState.CANT_CHANGE_RUNTIME_PARAM,
            "parameter \"" + guc.name() + "\" cannot be changed");
        return;
      }
      Object fresh;
      try {
        fresh = Gucs.parse(guc, item.value());
      } catch (PgException e) {
        error(e.sqlState(), e.message());
        return;
      }
      Object old = before.value(guc);
      if (needsRestart(guc)) {
        if (!old.equals(fresh)) {
          restartNeeded(guc);
        }
        return;
      }
      after.put(guc, fresh, new Setting(GucSource.CONFIGURATION_FILE, item.file(), item.line()));
      if (!old.equals(fresh)) {
        changed(item);
        changes.add(new Change(guc.name(), guc.show(old), guc.show(fresh), false));
      }
    }
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

    void put(Guc<?> guc, Object value, Setting setting) {
      values[guc.index()] = value;
      settings[guc.index()] = setting;
    }

    void forget(Guc<?> guc) {
      values[guc.index()] = null;
      settings[guc.index()] = null;
    }

    List<String> readFiles(List<ConfigFile> files) {
      List<String> errors = new ArrayList<>();
      for (ConfigFile file : files) {
        file.errors().forEach(e -> errors.add(e.message()));
      }
      for (ConfigItem item : lastItems(files)) {
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
