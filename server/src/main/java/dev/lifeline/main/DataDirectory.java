package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.AutoConf;
import dev.lifeline.utils.guc.ConfigFile;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The data directory as the command line sees it: whether a server may be started on it, and the
/// files that people edit. Blocks; used before there is an event loop, or off it.
final class DataDirectory {
  private static final String CONFIG_FILE = "postgresql.conf";
  private static final String HBA_FILE = "pg_hba.conf";
  private static final String IDENT_FILE = "pg_ident.conf";
  private static final String VERSION_FILE = "PG_VERSION";

  private final Path path;

  DataDirectory(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  Path path() {
    return path;
  }

  /// Whether a cluster is there already; an empty or missing directory is none.
  boolean initialized() {
    return Files.exists(path.resolve(VERSION_FILE));
  }

  /// Refuses a directory that a server must not be started on, as PostgreSQL does.
  void check() {
    if (!Files.isDirectory(path)) {
      throw fatal(SqlState.UNDEFINED_FILE, "could not access directory \"%s\": %s", path, missing())
          .hint("Run \"lifeline initdb -D %s\" first.", path);
    }
    if (!initialized()) {
      throw fatal(SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not a valid data directory", path)
          .detail("File \"%s\" is missing.", path.resolve(VERSION_FILE))
          .hint("You might need to initdb.");
    }
    checkOwnerAndPermissions();
    checkVersion();
  }

  /// The first number in the version file is the major version.
  private void checkVersion() {
    Path file = path.resolve(VERSION_FILE);
    String server = Gucs.SERVER_VERSION.bootValue();
    String major = server.split("\\D", 2)[0];
    String found;
    try {
      found = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw fatal(SqlState.IO_ERROR, "could not open file \"%s\": %s", file, reason(e));
    }
    if (found.isEmpty() || !Character.isDigit(found.charAt(0))) {
      throw fatal(SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not a valid data directory", path)
          .detail("File \"%s\" does not contain valid data.", file)
          .hint("You might need to initdb.");
    }
    if (!found.split("\\D", 2)[0].equals(major)) {
      throw fatal(SqlState.INVALID_PARAMETER_VALUE, "database files are incompatible with server")
          .detail(
              "The data directory was initialized by PostgreSQL version %s, which is not compatible"
                  + " with this version %s.",
              found, server);
    }
  }

  private String missing() {
    return Files.exists(path) ? "Not a directory" : "No such file or directory";
  }

  private void checkOwnerAndPermissions() {
    try {
      String owner = Files.getOwner(path).getName();
      String user = System.getProperty("user.name");
      if (!owner.equals(user)) {
        throw fatal(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "data directory \"%s\" has wrong ownership",
                path)
            .hint("The server must be started by the user that owns the data directory.");
      }
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
      if (mode.contains(PosixFilePermission.GROUP_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_READ)
          || mode.contains(PosixFilePermission.OTHERS_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_EXECUTE)) {
        throw fatal(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "data directory \"%s\" has invalid permissions",
                path)
            .detail("Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).");
      }
    } catch (IOException e) {
      throw fatal(
          SqlState.IO_ERROR, "could not read permissions of directory \"%s\": %s", path, reason(e));
    } catch (UnsupportedOperationException e) {
      // A file system without POSIX permissions has nothing to check.
    }
  }

  /// Makes the directory, with the files that people edit. The storage's files are made afterwards.
  void create(String authMethod) {
    try {
      if (Files.isDirectory(path)) {
        try (var entries = Files.list(path)) {
          if (entries.findAny().isPresent()) {
            throw fatal(SqlState.DUPLICATE_FILE, "directory \"%s\" exists but is not empty", path)
                .hint(
                    "If you want to create a new database system, either remove or empty the"
                        + " directory \"%s\" or run initdb with an argument other than \"%s\".",
                    path, path);
          }
        }
      }
      Files.createDirectories(path);
      setMode(path, "rwx------");
      write(CONFIG_FILE, template(CONFIG_FILE));
      write(HBA_FILE, template(HBA_FILE).replace("@authmethod@", authMethod));
      write(IDENT_FILE, template(IDENT_FILE));
      write(AutoConf.FILE_NAME, AutoConf.empty());
    } catch (IOException e) {
      throw fatal(SqlState.IO_ERROR, "could not create directory \"%s\": %s", path, reason(e));
    }
  }

  /// Removes what a failed initialization left.
  void removeContents(boolean andItself) {
    try {
      FileTree.removeContents(path);
      if (andItself) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // What made the initialization fail is told; what is left is seen by the next one.
    }
  }

  private static void setMode(Path file, String mode) throws IOException {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    } catch (UnsupportedOperationException e) {
      // A file system without POSIX permissions.
    }
  }

  private void write(String name, String content) throws IOException {
    Path file = path.resolve(name);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      setMode(file, "rw-------");
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static String template(String name) throws IOException {
    try (InputStream in = DataDirectory.class.getResourceAsStream(name + ".sample")) {
      if (in == null) {
        throw new NoSuchFileException(name + ".sample");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// A secret of the cluster, from which roles that do not exist get the salts that they are asked
  /// passwords with: always the same, so that they cannot be told from those that do. Made when it
  /// is first asked for.
  String mockNonce() {
    Path file = path.resolve("global/mock_authentication_nonce");
    try {
      if (!Files.exists(file)) {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        Files.writeString(file, HexFormat.of().formatHex(secret));
        setMode(file, "rw-------");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw fatal(SqlState.IO_ERROR, "could not read file \"%s\": %s", file, reason(e));
    }
  }

  /// ALTER SYSTEM: replaces `postgresql.auto.conf` as a whole, so that a crash leaves the old one
  /// or the new one.
  void alterSystem(String name, @Nullable String value) throws IOException {
    Path file = path.resolve(AutoConf.FILE_NAME);
    String text =
        name.equals("all") ? AutoConf.empty() : AutoConf.with(ConfigFile.read(file), name, value);
    Path fresh = path.resolve(AutoConf.FILE_NAME + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      setMode(fresh, "rw-------");
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(path)) {
      directory.force(true);
    }
  }

  /// Reads the configuration for the first time.
  ///
  /// @param errors takes what is wrong with the files; where there is something, the server must
  ///   not start
  ServerConfig load(List<ServerConfig.Option> options, List<String> errors) {
    ServerConfig.Loaded loaded = ServerConfig.load(files(options), options);
    errors.addAll(loaded.errors());
    return withPlaces(loaded.config());
  }

  /// Reads the configuration again.
  ServerConfig.Loaded reload(ServerConfig current, List<ServerConfig.Option> options) {
    return current.reload(files(options), options, current.get(Gucs.CONFIG_FILE));
  }

  /// Reads `postgresql.conf` and what ALTER SYSTEM has set.
  List<ConfigFile> files(List<ServerConfig.Option> options) {
    List<ConfigFile> files = new ArrayList<>();
    files.add(ConfigFile.read(configFile(options)));
    Path auto = path.resolve(AutoConf.FILE_NAME);
    if (Files.exists(auto)) {
      files.add(ConfigFile.read(auto));
    }
    return files;
  }

  private Path configFile(List<ServerConfig.Option> options) {
    return options.stream()
        .filter(o -> o.name().equals(Gucs.CONFIG_FILE.name()))
        .map(o -> path.resolve(o.value()))
        .findFirst()
        .orElse(path.resolve(CONFIG_FILE));
  }

  /// The places of the files are facts once the server runs.
  private ServerConfig withPlaces(ServerConfig config) {
    return config.with(
        Map.of(
            Gucs.DATA_DIRECTORY,
            path.toString(),
            Gucs.CONFIG_FILE,
            place(config.get(Gucs.CONFIG_FILE), CONFIG_FILE),
            Gucs.HBA_FILE,
            place(config.get(Gucs.HBA_FILE), HBA_FILE),
            Gucs.IDENT_FILE,
            place(config.get(Gucs.IDENT_FILE), IDENT_FILE)));
  }

  private String place(String configured, String name) {
    return path.resolve(configured.isEmpty() ? name : configured).toString();
  }

  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "No such file or directory";
      case AccessDeniedException denied -> "Permission denied";
      case FileAlreadyExistsException exists -> "File exists";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static PgException fatal(SqlState state, String format, @Nullable Object... args) {
    return PgException.fatal(state, format, args);
  }
}
