package dev.lifeline.postmaster;

import dev.lifeline.events.PostmasterEvent.ParameterChange;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What the event log is told about the configuration.
final class ConfigEvents {
  private ConfigEvents() {}

  /// Every parameter that was set, with what it would be otherwise.
  static List<ParameterChange> initial(ServerConfig config) {
    List<ParameterChange> set = new ArrayList<>();
    for (Guc<?> guc : Gucs.all()) {
      ServerConfig.Setting setting = config.setting(guc);
      if (setting != null) {
        set.add(
            new ParameterChange(
                guc.name(),
                guc.show(bootValue(guc)),
                guc.show(value(config, guc)),
                setting.source().label()));
      }
    }
    return set;
  }

  static List<ParameterChange> changes(ServerConfig.Loaded loaded) {
    return loaded.changes().stream()
        .map(change ->
            new ParameterChange(
                change.name(),
                change.oldValue(),
                change.newValue(),
                change.removed() ? "default" : "configuration file"))
        .toList();
  }

  private static Object value(ServerConfig config, Guc<?> guc) {
    return Objects.requireNonNull(config.get(guc));
  }

  private static Object bootValue(Guc<?> guc) {
    return Objects.requireNonNull(guc.bootValue());
  }
}
