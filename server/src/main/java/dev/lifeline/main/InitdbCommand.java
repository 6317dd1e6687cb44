package dev.lifeline.main;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.Initdb;
import dev.lifeline.libpq.ScramVerifier;
import dev.lifeline.postmaster.VertxWakeup;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lifeline initdb`: makes a new cluster.
@Command(
    name = "initdb",
    description = "Initializes a database cluster.",
    mixinStandardHelpOptions = true)
final class InitdbCommand implements Callable<Integer> {
  /// The first role, as every PostgreSQL has it.
  static final String SUPERUSER = "postgres";

  @Option(
      names = {"-D", "--pgdata"},
      paramLabel = "DATADIR",
      description =
          "location for this database cluster (default: $PGDATA, or else ./.lifeline/data)")
  private @Nullable Path dataDirectory;

  @Parameters(arity = "0..1", paramLabel = "DATADIR", description = "the same")
  private @Nullable Path positional;

  @Option(
      names = {"-A", "--auth"},
      paramLabel = "METHOD",
      description = "authentication method for local connections (default: trust)")
  private String auth = "trust";

  @Option(
      names = {"-U", "--username"},
      paramLabel = "NAME",
      description = "database superuser name (default: " + SUPERUSER + ")")
  private String superuser = SUPERUSER;

  @Option(
      names = "--pwfile",
      paramLabel = "FILE",
      description = "read password for the new superuser from file")
  private @Nullable Path passwordFile;

  @Override
  public Integer call() throws IOException {
    Path place = positional != null ? positional : dataDirectory;
    DataDirectory directory = new DataDirectory(ServerOptions.place(place, System.getenv()));
    if (!auth.equals("trust") && passwordFile == null) {
      throw PgException.fatal(
              SqlState.INVALID_PARAMETER_VALUE,
              "must specify a password for the superuser to enable password authentication")
          .hint("Name a file that holds it with --pwfile.");
    }
    initialize(directory, auth, superuser, password());
    System.out.println("Success. You can now start the database server using:");
    System.out.println();
    System.out.println("    lifeline run -D " + directory.path());
    return 0;
  }

  private @Nullable String password() throws IOException {
    return passwordFile == null
        ? null
        : Files.readString(passwordFile).lines().findFirst().orElse("");
  }

  /// Makes a cluster; one that fails to be made is removed again.
  static void initialize(
      DataDirectory directory, String auth, String superuser, @Nullable String password) {
    boolean existed = Files.isDirectory(directory.path());
    directory.create(auth);
    try {
      makeFiles(directory, superuser, password);
    } catch (RuntimeException e) {
      directory.removeContents(!existed);
      throw e;
    }
  }

  private static void makeFiles(
      DataDirectory directory, String superuser, @Nullable String password) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(WebFiles.none()));
    try {
      SecureRandom random = new SecureRandom();
      SystemClock clock = new SystemClock();
      EngineConfig config = EngineConfig.defaults();
      FileDisk files = FileDisk.open(directory.path(), 100, new VertxWakeup(vertx));
      Blocking.await(
          Initdb.run(files, config, clock, Initdb.systemIdentifier(clock, random.nextInt())));
      Blocking.await(files.abandon());
      FileDisk disk = FileDisk.open(directory.path(), 100, new VertxWakeup(vertx));
      String verifier = password == null ? null : ScramVerifier.of(password, random).stored();
      Blocking.await(
          Assembly.bootstrap(Assembly.Ground.of(vertx), config, disk, superuser, verifier));
    } finally {
      Blocking.await(vertx.close());
    }
  }
}
