package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients cannot take the files that the server needs for itself.
class OpenFilesTest {
  @TempDir private static Path dir;

  @Test
  void relationsGetWhatConnectionsLeave() {
    assertEquals(1000, OpenFiles.ofRelations(20_000, 100));
    assertEquals(624, OpenFiles.ofRelations(1024, 100));
    assertEquals(48, OpenFiles.ofRelations(1024, 776));
    PgException refused = assertThrows(PgException.class, () -> OpenFiles.ofRelations(1024, 777));
    assertEquals("System allows 1024, server needs at least 1025.", refused.detail());
  }

  @Test
  void clientsWithoutAPlaceGetWhatRelationsCanDoWithout() {
    assertEquals(200, OpenFiles.ofClients(20_000, 100));
    assertEquals(200, OpenFiles.ofClients(1024, 100));
    assertEquals(18_800, OpenFiles.ofClients(20_000, 10_100));
    assertEquals(776, OpenFiles.ofClients(1024, 776));
  }

  @Test
  void aServerThatCouldRunOutDoesNotStart() throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 400; exec \"$@\"", "sh"));
    command.addAll(
        LifelineProcess.command(
            "run", "-D", dir.resolve("data").toString(), "-c", "max_connections=300"));
    Tools.Result result = Tools.run("", command);
    assertEquals(1, result.exitCode(), result.both());
    assertTrue(
        result.err().contains("insufficient file descriptors available to start server process"),
        result.both());
    assertTrue(
        result.err().contains("System allows 400, server needs at least 548."), result.both());
  }
}
