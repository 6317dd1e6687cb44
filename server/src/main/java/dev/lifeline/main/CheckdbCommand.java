package dev.lifeline.main;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.commands.amcheck.ClusterCheck;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.storage.file.ShadowDisk;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lifeline checkdb`: proves that the files of a stopped server are what they should be. One line
/// for each finding, and exit code 1 where there is one.
///
/// Nothing is changed: where the server was killed, the recovery that the next start would do
/// happens in memory, and what that start would find is checked.
@Command(
    name = "checkdb",
    description =
        "Checks pages, tables, indexes, commit log and files of a server that is not running.",
    mixinStandardHelpOptions = true)
final class CheckdbCommand implements Callable<Integer> {
  private static final int FILES_MAX = 500;

  @Option(
      names = {"-D", "--pgdata"},
      paramLabel = "DATADIR",
      description = "data directory (default: $PGDATA, or else ./.lifeline/data)")
  private @Nullable Path dataDirectory;

  @Override
  public Integer call() {
    DataDirectory directory =
        new DataDirectory(ServerOptions.place(dataDirectory, System.getenv()));
    directory.check();
    ClusterCheck.Report report = check(directory);
    report.findings().forEach(System.out::println);
    if (!report.clean()) {
      return Main.EXIT_FAILURE;
    }
    System.out.printf(
        "no damage found: %d databases, %d relations, %d pages%n",
        report.databases(), report.relations(), report.pages());
    return 0;
  }

  private static ClusterCheck.Report check(DataDirectory directory) {
    long pid = ProcessHandle.current().pid();
    Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(WebFiles.none()));
    try (LockFile lock = LockFile.ofDataDirectory(directory.path(), pid, 0, 0)) {
      lock.status("checking");
      Assembly.Ground ground = Assembly.Ground.of(vertx);
      FileDisk disk = FileDisk.open(directory.path(), FILES_MAX, ground.wakeup());
      return Blocking.await(Assembly.check(ground, EngineConfig.defaults(), new ShadowDisk(disk)));
    } finally {
      Blocking.await(vertx.close());
    }
  }
}
