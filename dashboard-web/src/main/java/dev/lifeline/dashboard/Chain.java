package dev.lifeline.dashboard;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.otlp.SpanIds;
import dev.lifeline.events.timeline.Tick;
import dev.lifeline.events.timeline.TimelineIndex;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event among those that led to it and those that it led to, and the critical path: of all that
/// the root cause brought about, the one chain that lasted until the end. After a crash the end is
/// that sessions are accepted again; else it is the last effect.
final class Chain {
  private static final int CAUSES_MAX = 200;
  private static final int EFFECTS_MAX = 400;
  private static final int EFFECTS_SHOWN = 60;

  /// How many events after its cause an effect is looked for.
  private static final int REACH = 200_000;

  /// How many events around a commit its flush is looked for.
  private static final int FLUSH_REACH = 2000;

  private final EventLog log;
  private final TimelineIndex index;
  private final LineReader lines = new LineReader();

  Chain(EventLog log, TimelineIndex index) {
    this.log = log;
    this.index = index;
  }

  Buffer of(long sequence) throws IOException {
    JournalLine line = line(sequence);
    Tick tick = index.tick(sequence);
    if (line == null || tick == null) {
      throw new Problem(Problem.NOT_FOUND, "there is no event " + sequence);
    }
    List<Tick> causes = causes(tick);
    List<Tick> effects = index.effects(sequence, REACH, EFFECTS_SHOWN);
    JsonObject out = new JsonObject();
    out.put("event", new JsonObject(Buffer.buffer(line.bytes())));
    out.put("tick", TimelineRoutes.json(tick));
    out.put("causes", ticks(causes));
    out.put("effects", ticks(effects));
    Tick root = causes.isEmpty() ? tick : causes.getLast();
    List<Tick> path = path(root);
    out.put("path", ticks(path.size() > 1 ? path : List.of()));
    out.put("flush", flush(line));
    long system = Long.parseUnsignedLong(log.systemIdentifier());
    out.put("root_trace", new SpanIds(system).traceId(root.place().sequence()));
    return out.toBuffer();
  }

  private @Nullable JournalLine line(long sequence) throws IOException {
    List<JournalLine> read = log.read(sequence, 1);
    return read.isEmpty() || read.getFirst().sequence() != sequence ? null : read.getFirst();
  }

  private static JsonArray ticks(List<Tick> ticks) {
    JsonArray out = new JsonArray();
    ticks.forEach(tick -> out.add(TimelineRoutes.json(tick)));
    return out;
  }

  private List<Tick> causes(Tick of) {
    List<Tick> causes = new ArrayList<>();
    Tick at = of;
    while (at.cause() != 0 && causes.size() < CAUSES_MAX) {
      Tick cause = index.tick(at.cause());
      if (cause == null) {
        break;
      }
      causes.add(cause);
      at = cause;
    }
    return causes;
  }

  /// From the root to the end, in order.
  private List<Tick> path(Tick root) throws IOException {
    Map<Long, Tick> known = new LinkedHashMap<>();
    Deque<Tick> toLookAt = new ArrayDeque<>(List.of(root));
    known.put(root.place().sequence(), root);
    Tick last = root;
    Tick ready = null;
    while (!toLookAt.isEmpty() && known.size() < EFFECTS_MAX) {
      Tick tick = toLookAt.poll();
      if (isReady(tick)) {
        ready = tick;
        continue; // what follows is the life after it
      }
      last = tick.place().sequence() > last.place().sequence() ? tick : last;
      for (Tick effect : index.effects(tick.place().sequence(), REACH, EFFECTS_SHOWN)) {
        if (known.put(effect.place().sequence(), effect) == null) {
          toLookAt.add(effect);
        }
      }
    }
    List<Tick> path = new ArrayList<>();
    for (Tick at = ready == null ? last : ready; at != null; at = known.get(at.cause())) {
      path.addFirst(at);
      if (at.equals(root)) {
        break;
      }
    }
    return path;
  }

  private boolean isReady(Tick tick) throws IOException {
    if (!TimelineIndex.types().get(tick.type()).equals("postmaster.state_changed")) {
      return false;
    }
    JournalLine line = line(tick.place().sequence());
    return line != null
        && event(line) instanceof PostmasterEvent.StateChanged changed
        && changed.toState().equals("PM_RUN");
  }

  private @Nullable LifecycleEvent event(JournalLine line) {
    try {
      Envelope envelope = line.envelope(lines);
      return envelope.event();
    } catch (EventFormatException e) {
      return null; // of a version that knows more types
    }
  }

  /// The flush that made a commit durable; null for other events.
  private @Nullable JsonObject flush(JournalLine commit) throws IOException {
    if (!(event(commit) instanceof TransactionEvent.Committed committed)
        || committed.commitLsn() == 0) {
      return null;
    }
    long from = Math.max(1, commit.sequence() - FLUSH_REACH);
    for (JournalLine line : log.read(from, 2 * FLUSH_REACH)) {
      if (event(line) instanceof WalEvent.Flushed flushed
          && flushed.startLsn() < committed.commitLsn()
          && committed.commitLsn() <= flushed.endLsn()) {
        Tick tick = index.tick(line.sequence());
        return tick == null
            ? null
            : TimelineRoutes.json(tick)
                .put("write_ms", flushed.writeMs())
                .put("sync_ms", flushed.syncMs())
                .put("commits", flushed.commits());
      }
    }
    return null;
  }
}
