package dev.lifeline.postmaster;

import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.AsyncResult;
import java.util.List;
import java.util.function.Consumer;

/// The parameters of the server: as they were read at the start, and as a reload has made them.
/// Reloads belong to the postmaster's event loop; any thread may look.
final class ServerParameters {
  private final PostmasterEnvironment env;
  private final PostmasterLog log;
  private volatile ServerConfig config;
  private volatile long loadedMicros;

  ServerParameters(PostmasterEnvironment env, PostmasterLog log) {
    this.env = env;
    this.log = log;
    this.config = env.config();
    this.loadedMicros = env.clock().epochMicros();
  }

  ServerConfig config() {
    return config;
  }

  /// When they were read last, or found to be usable last.
  long loadedMicros() {
    return loadedMicros;
  }

  /// What the start has read.
  PostmasterEvent.ConfigLoaded loaded() {
    return new PostmasterEvent.ConfigLoaded(
        config.get(Gucs.CONFIG_FILE), ConfigEvents.initial(config));
  }

  /// Reads the files again, says what came of it, and hands on the event that tells it.
  void reload(Consumer<PostmasterEvent.ConfigReloaded> then) {
    log.say("received SIGHUP, reloading configuration files");
    env.reload()
        .apply(config)
        .onComplete(done -> env.timers().execute(() -> then.accept(reloaded(done))));
  }

  private PostmasterEvent.ConfigReloaded reloaded(
      AsyncResult<PostmasterEnvironment.Reloaded> done) {
    String file = config.get(Gucs.CONFIG_FILE);
    if (done.failed()) {
      String reason = String.valueOf(done.cause().getMessage());
      log.say(reason);
      return new PostmasterEvent.ConfigReloaded(file, List.of(), reason);
    }
    ServerConfig.Loaded loaded = done.result().config();
    loaded.messages().forEach(log::report);
    log.sayIgnored(loaded);
    String error = loaded.errors().isEmpty() ? null : loaded.messages().getLast().message();
    done.result().access().forEach(log::report);
    // Files that could not be used were not loaded.
    boolean used = !loaded.config().equals(config);
    config = loaded.config();
    if (used) {
      loadedMicros = env.clock().epochMicros();
    }
    return new PostmasterEvent.ConfigReloaded(file, ConfigEvents.changes(loaded), error);
  }
}
