package dev.lifeline.events.state;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.RecordCodec;
import java.lang.invoke.MethodHandles;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A cluster at one instant, as its log tells it. Immutable.
public final class ClusterState {
  /// Before the first event.
  public static final ClusterState EMPTY =
      new ClusterState(
          0,
          null,
          PostmasterState.NEVER_STARTED,
          IntMap.empty(),
          WalState.NONE,
          Totals.ZERO,
          EventCounts.NONE,
          Map.of(),
          null);

  /// The families of which [Fold] takes no news of a process.
  private static final Set<String> WITHOUT_PROCESSES =
      Set.of("transaction", "statement", "wal", "stats", "bgwriter", "buffer");

  private static final BitSet LEAVES_PROCESSES = leavesProcesses();

  private static final RecordCodec JSON = new RecordCodec(Json.class, MethodHandles.lookup());

  private final long sequence;
  private final @Nullable Instant time;
  private final PostmasterState postmaster;
  private final IntMap<ProcessState> processes;
  private final WalState wal;
  private final Totals totals;
  private final EventCounts counts;
  private final Map<String, String> parameters;
  private final StatsEvent.@Nullable Reported stats;

  /// The JSON form; what the dashboard gets and what a snapshot on disk holds.
  private record Json(
      long sequence,
      @Nullable Instant time,
      PostmasterState postmaster,
      List<ProcessState> processes,
      WalState wal,
      Totals totals,
      Map<String, Long> eventCounts,
      Map<String, String> parameters,
      StatsEvent.@Nullable Reported stats) {}

  ClusterState(
      long sequence,
      @Nullable Instant time,
      PostmasterState postmaster,
      IntMap<ProcessState> processes,
      WalState wal,
      Totals totals,
      EventCounts counts,
      Map<String, String> parameters,
      StatsEvent.@Nullable Reported stats) {
    this.sequence = sequence;
    this.time = time;
    this.postmaster = postmaster;
    this.processes = processes;
    this.wal = wal;
    this.totals = totals;
    this.counts = counts;
    this.parameters = parameters;
    this.stats = stats;
  }

  private static BitSet leavesProcesses() {
    BitSet leaves = new BitSet();
    BitSet others = new BitSet();
    for (EventType type : EventType.all()) {
      (WITHOUT_PROCESSES.contains(type.family()) ? leaves : others).set(type.slot());
    }
    leaves.andNot(others);
    return leaves;
  }

  /// The state after one more event.
  ///
  /// @throws IllegalArgumentException when the event is not younger than this state
  public ClusterState apply(Envelope envelope) {
    if (envelope.sequence() <= sequence) {
      throw new IllegalArgumentException(
          "event " + envelope.sequence() + " after the state at " + sequence);
    }
    return new Fold(this, envelope).after();
  }

  /// Whether all types that share this slot leave the process tree as it is: for those who follow
  /// the processes alone, and need not read such a line.
  ///
  /// @param typeSlot see [dev.lifeline.events.codec.LineFormat#typeSlot(String)]
  public static boolean leavesProcesses(int typeSlot) {
    return LEAVES_PROCESSES.get(typeSlot);
  }

  /// The last event that is in this state, 0 before the first.
  public long sequence() {
    return sequence;
  }

  /// When that happened.
  public @Nullable Instant time() {
    return time;
  }

  public PostmasterState postmaster() {
    return postmaster;
  }

  /// The processes that are alive, the postmaster among them.
  public IntMap<ProcessState> processes() {
    return processes;
  }

  public WalState wal() {
    return wal;
  }

  public Totals totals() {
    return totals;
  }

  /// How often this type of event has happened.
  public long count(Class<? extends LifecycleEvent> type) {
    return counts.get(type);
  }

  /// The parameters that differ from their built-in values.
  public Map<String, String> parameters() {
    return parameters;
  }

  /// The last report of the statistics collector.
  public StatsEvent.@Nullable Reported stats() {
    return stats;
  }

  EventCounts counts() {
    return counts;
  }

  /// Appends the JSON form.
  public void writeJson(JsonWriter out) {
    JSON.write(
        out,
        new Json(
            sequence,
            time,
            postmaster,
            processes.values(),
            wal,
            totals,
            counts.toMap(),
            parameters,
            stats));
  }

  /// The JSON form, in UTF-8.
  public byte[] toJson() {
    JsonWriter out = new JsonWriter();
    writeJson(out);
    return out.toByteArray();
  }

  /// The reverse of [#toJson].
  ///
  /// @throws dev.lifeline.events.codec.EventFormatException when it is not one
  public static ClusterState fromJson(byte[] json) {
    Json read = (Json) JSON.read(json);
    IntMap<ProcessState> processes = IntMap.empty();
    for (ProcessState process : read.processes) {
      processes = processes.put(process.pid(), process);
    }
    return new ClusterState(
        read.sequence,
        read.time,
        read.postmaster,
        processes,
        read.wal,
        read.totals,
        EventCounts.of(read.eventCounts),
        Map.copyOf(read.parameters),
        read.stats);
  }
}
