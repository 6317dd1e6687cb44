package dev.lifeline.utils.error;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What stands before each line of the log: `log_line_prefix`, with all of PostgreSQL's escapes and
/// their padding (`%-10u`).
final class LogLinePrefix {
  private LogLinePrefix() {}

  static String format(String format, LogEntry entry, String zone) {
    StringBuilder out = new StringBuilder();
    long line = entry.process().nextPrefix();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int start = ++i;
      while (i < format.length() && isPadding(format.charAt(i), i == start)) {
        i++;
      }
      if (i == format.length()) {
        break;
      }
      char escape = format.charAt(i);
      if (escape == 'q') {
        if (entry.process().client() == null) {
          break;
        }
        continue;
      }
      String value =
          switch (escape) {
            case '%' -> "%";
            case 'l' -> Long.toString(line);
            default -> value(escape, entry, zone);
          };
      pad(out, value, format.substring(start, i));
    }
    return out.toString();
  }

  private static boolean isPadding(char c, boolean first) {
    return (c >= '0' && c <= '9') || (first && c == '-');
  }

  private static void pad(StringBuilder out, String value, String padding) {
    boolean left = padding.startsWith("-");
    String digits = left ? padding.substring(1) : padding;
    int width = digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
    String blanks = " ".repeat(Math.max(0, width - value.length()));
    out.append(left ? value : blanks).append(left ? blanks : value);
  }

  private static String value(char escape, LogEntry entry, String zone) {
    LogProcess process = entry.process();
    return switch (escape) {
      case 'a', 'u', 'd', 'r', 'h' -> ofClient(escape, process.client());
      case 'b' -> process.backendType();
      case 'p' -> Integer.toString(process.pid());
      case 't' -> LogTime.seconds(entry.timeMicros(), zone);
      case 'm' -> LogTime.millis(entry.timeMicros(), zone);
      case 'n' -> String.format(Locale.ROOT, "%.3f", entry.timeMicros() / 1e6);
      case 'i' -> entry.display();
      case 'e' -> entry.message().sqlState().code();
      case 'c' -> entry.sessionId();
      case 's' -> LogTime.seconds(process.startMicros(), zone);
      case 'x' -> Long.toString(entry.xid());
      case 'Q' -> Long.toString(entry.queryId());
      case 'v' -> entry.virtualXid();
      // A parallel group leader (P) no process has; what is no escape is left out, as PostgreSQL
      // does it.
      default -> "";
    };
  }

  private static String ofClient(char escape, LogProcess.@Nullable Client client) {
    if (client == null) {
      return "";
    }
    return switch (escape) {
      case 'a' -> known(client.applicationName());
      case 'u' -> known(client.user());
      case 'd' -> known(client.database());
      default -> {
        String host = client.host();
        if (host == null) {
          yield "[local]";
        }
        yield escape == 'r' ? host + "(" + client.port() + ")" : host;
      }
    };
  }

  private static String known(@Nullable String value) {
    return value == null || value.isEmpty() ? "[unknown]" : value;
  }
}
