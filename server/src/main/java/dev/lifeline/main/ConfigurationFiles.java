package dev.lifeline.main;

import dev.lifeline.libpq.HbaFile;
import dev.lifeline.libpq.HbaLine;
import dev.lifeline.libpq.HbaToken;
import dev.lifeline.libpq.IdentFile;
import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.utils.activity.ServerFiles;
import dev.lifeline.utils.guc.FileSettings;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the configuration files for the views over them, off the event loops.
final class ConfigurationFiles implements ServerFiles {
  private final Vertx vertx;
  private final DataDirectory directory;
  private final List<ServerConfig.Option> options;
  private final ServerConfig atStart;
  private final Supplier<@Nullable TlsContext> tls;

  /// @param atStart where the files are
  /// @param tls what connections are encrypted with; gives null where they are not
  ConfigurationFiles(
      Vertx vertx,
      DataDirectory directory,
      List<ServerConfig.Option> options,
      ServerConfig atStart,
      Supplier<@Nullable TlsContext> tls) {
    this.vertx = vertx;
    this.directory = directory;
    this.options = options;
    this.atStart = atStart;
    this.tls = tls;
  }

  @Override
  public Future<List<HbaRule>> hbaRules() {
    return blocking(() ->
        HbaFile.read(Path.of(atStart.get(Gucs.HBA_FILE)), tls.get() != null).entries().stream()
            .map(ConfigurationFiles::rule)
            .toList());
  }

  private static HbaRule rule(HbaFile.Entry entry) {
    HbaLine line = entry.rule();
    if (line == null) {
      return new HbaRule(entry.number(), null, entry.error());
    }
    Rule rule =
        new Rule(
            line.type().hbaName(),
            line.databases().stream().map(HbaToken::text).toList(),
            line.users().stream().map(HbaToken::text).toList(),
            line.address().text(),
            line.address().mask(),
            line.method().hbaName(),
            line.options().texts());
    return new HbaRule(entry.number(), rule, entry.error());
  }

  @Override
  public Future<List<IdentMapping>> identMappings() {
    return blocking(() ->
        IdentFile.read(Path.of(atStart.get(Gucs.IDENT_FILE))).mappings().stream()
            .map(ConfigurationFiles::mapping)
            .toList());
  }

  private static IdentMapping mapping(IdentFile.Mapping line) {
    return line.error() == null
        ? new IdentMapping(line.number(), line.map(), line.systemUser(), line.user(), null)
        : new IdentMapping(line.number(), null, null, null, line.error());
  }

  @Override
  public Future<List<FileSetting>> settings() {
    return blocking(() -> FileSettings.of(directory.files(options), atStart));
  }

  private <T> Future<T> blocking(Callable<T> read) {
    return vertx.executeBlocking(read, false).map(Objects::requireNonNull);
  }
}
