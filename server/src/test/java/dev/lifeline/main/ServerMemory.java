package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory a server in a JVM of its own holds.
final class ServerMemory {
  private ServerMemory() {}

  /// What is used after a collection.
  static long heapBytes(LifelineProcess server) throws Exception {
    jcmd(server, "GC.run");
    Matcher used =
        Pattern.compile("(?m)^(?!.*(?:Metaspace|class space)).*\\bused (\\d+)K")
            .matcher(jcmd(server, "GC.heap_info"));
    long kilobytes = 0;
    while (used.find()) {
      kilobytes += Long.parseLong(used.group(1));
    }
    assertTrue(kilobytes > 0, "no heap to be seen");
    return kilobytes << 10;
  }

  private static String jcmd(LifelineProcess server, String command) throws Exception {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Tools.Result result =
        Tools.run("", List.of(tool.toString(), Long.toString(server.process().pid()), command));
    assertEquals(0, result.exitCode(), result::both);
    return result.out();
  }
}
