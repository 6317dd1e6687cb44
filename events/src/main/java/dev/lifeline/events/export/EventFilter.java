package dev.lifeline.events.export;

import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.journal.JournalLine;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which events are wanted. What is not said admits all.
///
/// @param types what types without prefix and version may be; see [#type(String)]
/// @param processTypes as `pg_stat_activity.backend_type`
/// @param pids process ids
/// @param since the earliest time
/// @param until the latest time
/// @param text must be found in the event's JSON
public record EventFilter(
    List<Pattern> types,
    List<String> processTypes,
    List<Integer> pids,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Pattern text) {
  /// Admits every event.
  public static final EventFilter ALL =
      new EventFilter(List.of(), List.of(), List.of(), null, null, null);

  private static final String PREFIX = "dev.lifeline.";
  private static final Pattern VERSION = Pattern.compile("\\.v[0-9]+$");

  public EventFilter {
    types = List.copyOf(types);
    processTypes = List.copyOf(processTypes);
    pids = List.copyOf(pids);
  }

  /// Whether the event is wanted.
  public boolean test(JournalLine line) {
    if (since != null && line.timeMicros() < TimeText.toMicros(since)) {
      return false;
    }
    if (until != null && line.timeMicros() > TimeText.toMicros(until)) {
      return false;
    }
    if (types.isEmpty() && processTypes.isEmpty() && pids.isEmpty() && text == null) {
      return true;
    }
    EventHead head = EventHead.of(line);
    return admitsType(head.type())
        && (processTypes.isEmpty() || processTypes.contains(head.processType()))
        && (pids.isEmpty() || pids.stream().anyMatch(pid -> head.pid().equals(pid.toString())))
        && (text == null || text.matcher(line.toString()).find());
  }

  private boolean admitsType(String type) {
    if (types.isEmpty()) {
      return true;
    }
    String name = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    String unversioned = VERSION.matcher(name).replaceFirst("");
    return types.stream().anyMatch(wanted -> wanted.matcher(unversioned).matches());
  }

  /// What `wal.*` admits: `*` stands for anything.
  public static Pattern type(String wanted) {
    String quoted = Pattern.quote(wanted.toLowerCase(Locale.ROOT));
    return Pattern.compile(quoted.replace("*", "\\E.*\\Q"));
  }
}
