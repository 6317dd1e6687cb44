package dev.lifeline.observe.message;

import dev.lifeline.events.LockEvent;
import dev.lifeline.events.LockEvent.DeadlockEdge;
import dev.lifeline.events.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Waits for heavyweight locks, as `log_lock_waits` and the deadlock detector tell of them.
final class LockWording {
  private static final String WHAT = "process (\\d+) %s (\\w+) on (.+?)";
  private static final String AFTER = " after ([\\d.]+) ms";
  private static final Pattern HOLDERS =
      Pattern.compile("Process(?:es)? holding the lock: ([\\d, ]*)\\..*", Pattern.DOTALL);
  private static final Pattern RELATION = Pattern.compile(" in relation \"(.+?)\"");
  private static final Pattern EDGE =
      Pattern.compile("Process (\\d+) waits for (\\w+) on (.+?); blocked by process (\\d+)\\.");

  private LockWording() {}

  static void addTo(Rules rules) {
    rules
        .on(
            WHAT.formatted("still waiting for") + AFTER,
            (line, text) -> {
              line.tell(
                  who(line, text),
                  new LockEvent.Waiting(
                      text.group(2),
                      locktype(text.group(3)),
                      text.group(3),
                      holders(line),
                      relation(line)));
              return true;
            })
        .on(
            WHAT.formatted("acquired") + AFTER,
            (line, text) -> {
              line.tell(
                  who(line, text),
                  new LockEvent.Acquired(
                      text.group(2),
                      locktype(text.group(3)),
                      text.group(3),
                      Double.parseDouble(text.group(4)),
                      relation(line)));
              return true;
            })
        .on(
            WHAT.formatted("detected deadlock while waiting for") + AFTER,
            (line, text) -> cancelled(line, text, "40P01"))
        .on(
            WHAT.formatted("failed to acquire") + AFTER,
            (line, text) -> cancelled(line, text, "57014"))
        .keep("lock_not_obtained", WHAT.formatted("could not obtain"), "pid", "mode", "target")
        .keep(
            "deadlock_avoided",
            WHAT.formatted("avoided deadlock for") + " by rearranging queue order" + AFTER,
            "pid",
            "mode",
            "target",
            "waited_ms");
  }

  private static Subject who(Line line, Matcher text) {
    Subject known = line.story.subject(Integer.parseInt(text.group(1)));
    return known == null ? line.subject : known;
  }

  private static boolean cancelled(Line line, Matcher text, String sqlstate) {
    line.tell(
        who(line, text),
        new LockEvent.WaitCancelled(
            text.group(2),
            locktype(text.group(3)),
            text.group(3),
            sqlstate,
            Double.parseDouble(text.group(4)),
            relation(line)));
    return true;
  }

  /// What the line's context names: which row of which relation the statement was at.
  private static @Nullable String relation(Line line) {
    String context = line.record.context();
    Matcher relation = RELATION.matcher(context == null ? "" : context);
    return relation.find() ? relation.group(1) : null;
  }

  private static List<Integer> holders(Line line) {
    String detail = line.record.detail();
    Matcher holders = HOLDERS.matcher(detail == null ? "" : detail);
    List<Integer> pids = new ArrayList<>();
    if (holders.matches()) {
      for (String pid : holders.group(1).split(",", -1)) {
        if (!pid.isBlank()) {
          pids.add(Integer.valueOf(pid.strip()));
        }
      }
    }
    return pids;
  }

  /// The circle, from the detail of the error.
  ///
  /// @param waiting what the victim waited for, by an earlier line
  static LockEvent.DeadlockDetected deadlock(Line line, LockEvent.@Nullable Waiting waiting) {
    String detail = line.record.detail();
    Matcher edges = EDGE.matcher(detail == null ? "" : detail);
    List<DeadlockEdge> cycle = new ArrayList<>();
    while (edges.find()) {
      cycle.add(
          new DeadlockEdge(
              Integer.parseInt(edges.group(1)),
              edges.group(2),
              edges.group(3),
              Integer.parseInt(edges.group(4))));
    }
    String mode = waiting == null ? "" : waiting.mode();
    String target = waiting == null ? "" : waiting.target();
    for (DeadlockEdge edge : cycle) {
      if (edge.pid() == line.record.pid()) {
        mode = edge.mode();
        target = edge.target();
      }
    }
    return new LockEvent.DeadlockDetected(mode, locktype(target), target, cycle, 0, relation(line));
  }

  /// As `pg_locks.locktype`.
  static String locktype(String target) {
    if (target.startsWith("relation ")) {
      return "relation";
    } else if (target.startsWith("extension of relation ")) {
      return "extend";
    } else if (target.startsWith("page ")) {
      return "page";
    } else if (target.startsWith("tuple ")) {
      return "tuple";
    } else if (target.startsWith("transaction ")) {
      return "transactionid";
    } else if (target.startsWith("virtual transaction ")) {
      return "virtualxid";
    } else if (target.startsWith("speculative token ")) {
      return "spectoken";
    } else if (target.startsWith("advisory lock ")) {
      return "advisory";
    } else if (target.startsWith("user lock ")) {
      return "userlock";
    } else if (target.startsWith("pg_database.datfrozenxid ")) {
      return "frozenid";
    } else if (target.startsWith("remote transaction ")) {
      return "applytransaction";
    }
    return "object";
  }
}
