package dev.lifeline.events.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/// The file of Kafka client settings: what `--command-config` is to Kafka's own tools, with the
/// names that Kafka documents (`security.protocol`, `ssl.truststore.location`, `sasl.jaas.config`,
/// `compression.type`, ...).
///
/// It holds secrets, so it is a file of its own that only its owner may read, and nothing of it is
/// shown by a parameter, an event or a log message.
public final class ClientProperties {
  /// What publishing exactly once stands on.
  private static final Set<String> OURS =
      Set.of(
          "acks",
          "bootstrap.servers",
          "enable.idempotence",
          "isolation.level",
          "key.deserializer",
          "key.serializer",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private ClientProperties() {}

  /// Reads a file.
  ///
  /// @throws IOException when it cannot be read, when others may read it too, or when it sets what
  ///   is not its to set
  public static Map<String, String> read(Path file) throws IOException {
    if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
      throw new IOException("file has group or world access; it must have u=rw (0600) or less");
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException("file is no properties file: " + e.getMessage(), e);
    }
    Map<String, String> settings = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (OURS.contains(name)) {
        throw new IOException(
            "\"" + name + "\" cannot be set: publishing exactly once needs its own");
      }
      settings.put(name, properties.getProperty(name));
    }
    return settings;
  }
}
