package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.differential.Differential;
import dev.lifeline.differential.KnownDifferences;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Generated statements, a real PostgreSQL 15 and Lifeline: rows, types, command tags, SQLSTATEs
/// and messages are the same, but for what `differences.txt` lists with its reasons.
///
/// `-Dlifeline.differential.statements=100000` makes it a long run,
/// `-Dlifeline.differential.seed=N` repeats one, and `-Dlifeline.differential.keep=FILE` writes
/// down all that was found.
class DifferentialTest {
  private static final int STATEMENTS = Integer.getInteger("lifeline.differential.statements", 500);
  private static final long SEED = Long.getLong("lifeline.differential.seed", 1);

  @TempDir private Path dir;

  @Test
  void lifelineAnswersWhatPostgresqlAnswers() throws Exception {
    try (ReferenceServer postgres = ReferenceServer.postgres(dir)) {
      postgres.configure(
          "port = " + postgres.port() + "\nunix_socket_directories = ''\nfsync = off");
      postgres.start();
      try (LifelineProcess lifeline = LifelineProcess.start(dir.resolve("data"))) {
        Differential run =
            new Differential(postgres.port(), lifeline.port(), "postgres", KnownDifferences.read());
        List<Differential.Finding> findings = run.run(SEED, STATEMENTS);
        String report =
            findings.stream()
                .map(found -> "== " + found.count() + " x " + found.kind() + "\n" + found.example())
                .collect(Collectors.joining("\n"));
        String keep = System.getProperty("lifeline.differential.keep");
        if (keep != null) {
          Files.writeString(
              Path.of(keep),
              run.statements() + " statements, " + run.failed() + " refused by both\n" + report);
        }
        assertEquals("", report);
      }
    }
  }
}
