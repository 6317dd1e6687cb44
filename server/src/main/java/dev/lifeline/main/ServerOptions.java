package dev.lifeline.main;

import dev.lifeline.utils.guc.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags that PostgreSQL's server takes.
final class ServerOptions {
  @Option(
      names = "-D",
      paramLabel = "DATADIR",
      description = "data directory (default: $PGDATA, or else ./.lifeline/data)")
  private @Nullable Path dataDirectory;

  @Option(names = "-p", paramLabel = "PORT", description = "port number to listen on")
  private @Nullable String port;

  @Option(
      names = "-h",
      paramLabel = "HOSTNAME",
      description = "host name or IP address to listen on")
  private @Nullable String listenAddresses;

  @Option(names = "-k", paramLabel = "DIRECTORY", description = "Unix-domain socket location")
  private @Nullable String socketDirectory;

  @Option(names = "-c", paramLabel = "NAME=VALUE", description = "set run-time parameter")
  private List<String> parameters = new ArrayList<>();

  ServerOptions() {}

  /// The flags where they were read without picocli.
  ///
  /// @param flags by name
  /// @param parameters of all `-c`
  ServerOptions(Map<String, String> flags, List<String> parameters) {
    String directory = flags.get("-D");
    this.dataDirectory = directory == null ? null : Path.of(directory);
    this.port = flags.get("-p");
    this.listenAddresses = flags.get("-h");
    this.socketDirectory = flags.get("-k");
    this.parameters = parameters;
  }

  /// The flags as settings; those of one letter are PostgreSQL's abbreviations.
  List<ServerConfig.Option> settings() {
    List<ServerConfig.Option> settings = new ArrayList<>();
    for (String parameter : parameters) {
      settings.add(ServerConfig.Option.parse(parameter));
    }
    add(settings, "port", port);
    add(settings, "listen_addresses", listenAddresses);
    add(settings, "unix_socket_directories", socketDirectory);
    return settings;
  }

  private static void add(List<ServerConfig.Option> settings, String name, @Nullable String value) {
    if (value != null) {
      settings.add(new ServerConfig.Option(name, value));
    }
  }

  DataDirectory dataDirectory(Map<String, String> environment) {
    return new DataDirectory(place(dataDirectory, environment));
  }

  static Path place(@Nullable Path given, Map<String, String> environment) {
    if (given != null) {
      return given;
    }
    String fromEnvironment = environment.get("PGDATA");
    return Path.of(
        fromEnvironment == null || fromEnvironment.isEmpty() ? ".lifeline/data" : fromEnvironment);
  }
}
