package dev.lifeline.observe.message;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.ProcessEvent;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// A client's way in and out.
final class ConnectionWording {
  private ConnectionWording() {}

  static void addTo(Rules rules) {
    rules
        .on(
            "connection received: host=(\\S+)(?: port=(\\S+))?",
            (line, text) -> {
              String host = text.group(1);
              boolean local = host.equals("[local]");
              line.tell(
                  new ConnectionEvent.Received(
                      local ? null : host, local ? null : port(text.group(2))));
              return true;
            })
        .on(
            "connection authenticated: (?:identity|user)=\"(.*)\" method=(\\S+)"
                + "(?: \\((.*):(\\d+)\\))?",
            (line, text) -> {
              String number = text.group(4);
              line.tell(
                  new ConnectionEvent.Authenticated(
                      text.group(1),
                      text.group(2),
                      number == null ? null : Integer.valueOf(number)));
              return true;
            })
        .on(
            "connection ready: setup total=([\\d.]+) ms.*",
            (line, text) -> {
              line.tell(new ProcessEvent.Ready(Double.parseDouble(text.group(1))));
              return true;
            })
        .on("disconnection: session time: (\\d+):(\\d+):([\\d.]+) .*", ConnectionWording::closed);
    rules.on(
        "replication connection authorized: user=(.*?)()(?: application_name=(.*?))?"
            + "(?: SSL enabled \\(protocol=(\\S+), cipher=([^,]+),.*\\))?(?: GSS \\(.*\\))?",
        ConnectionWording::authorized);
    rules.on(
        "connection authorized: user=(.*?)(?: database=(.*?))?(?: application_name=(.*?))?"
            + "(?: SSL enabled \\(protocol=(\\S+), cipher=([^,]+),.*\\))?(?: GSS \\(.*\\))?",
        ConnectionWording::authorized);
  }

  private static @Nullable Integer port(@Nullable String text) {
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean authorized(Line line, Matcher text) {
    String database = text.group(2);
    line.tell(
        new ConnectionEvent.Authorized(
            text.group(1),
            database == null ? "" : database,
            text.group(3),
            text.group(4),
            text.group(5)));
    return true;
  }

  private static boolean closed(Line line, Matcher text) {
    double ms =
        3_600_000.0 * Long.parseLong(text.group(1))
            + 60_000.0 * Long.parseLong(text.group(2))
            + 1000 * Double.parseDouble(text.group(3));
    Story.Life life = line.life();
    String sqlstate = life == null ? null : life.sqlstate;
    line.tell(
        new ConnectionEvent.Closed(
            line.record.user(),
            line.record.dbname(),
            ms,
            sqlstate,
            life == null ? null : life.reason));
    line.also(line.subject, new ProcessEvent.Exited(sqlstate == null ? 0 : 1, ms));
    return true;
  }
}
