package dev.lifeline.main;

import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.io.PrintStream;

/// What a newcomer reads when the server is ready: where it is, and what to do next.
final class Banner {
  private Banner() {}

  static void print(PrintStream out, Server server, boolean demo) {
    ServerConfig config = server.config();
    String port = config.get(Gucs.PORT) == 5432L ? "" : " -p " + config.get(Gucs.PORT);
    String sockets = config.get(Gucs.UNIX_SOCKET_DIRECTORIES);
    out.println();
    out.println("Lifeline is ready.");
    out.println(
        "  server     "
            + config.get(Gucs.LISTEN_ADDRESSES)
            + ", port "
            + config.get(Gucs.PORT)
            + (sockets.isEmpty() ? "" : "; Unix socket in " + sockets));
    if (config.get(Gucs.LIFELINE_DASHBOARD_PORT) != 0) {
      out.println("  dashboard  http://localhost:" + config.get(Gucs.LIFELINE_DASHBOARD_PORT));
    }
    out.println("  event log  " + server.journal().directory());
    out.println(
        "  try        psql -h localhost"
            + port
            + " -U postgres"
            + (demo
                ? " -d mydb -c 'SELECT * FROM employees WHERE salary > 20000;'"
                : " -d postgres"));
    out.println("  stop       Ctrl-C");
    out.println();
  }
}
