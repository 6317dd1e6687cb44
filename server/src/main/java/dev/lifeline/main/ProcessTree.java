package dev.lifeline.main;

import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.state.ProcessState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The postmaster and its children, drawn as a tree: the auxiliary processes first, then the
/// backends, each with what it does.
final class ProcessTree {
  private static final String BACKEND = "client backend";
  private static final String POSTMASTER = "postmaster";

  private ProcessTree() {}

  static List<String> lines(ClusterState state) {
    List<String> lines = new ArrayList<>();
    lines.add(POSTMASTER + " (PID " + state.postmaster().pid() + ")");
    List<ProcessState> children =
        state.processes().values().stream()
            .filter(process -> !process.backendType().equals(POSTMASTER))
            .sorted(
                Comparator.comparing((ProcessState p) -> p.backendType().equals(BACKEND))
                    .thenComparingInt(ProcessState::pid))
            .toList();
    for (int i = 0; i < children.size(); i++) {
      String branch = i == children.size() - 1 ? "└── " : "├── ";
      lines.add(branch + describe(children.get(i)));
    }
    return lines;
  }

  private static String describe(ProcessState process) {
    StringBuilder text = new StringBuilder(process.backendType());
    text.append(" (PID ").append(process.pid()).append(')');
    String client = process.clientAddr();
    String from =
        client == null && process.usename() != null
            ? "[local]"
            : client == null ? null : client + "(" + process.clientPort() + ")";
    Stream.of(process.usename(), process.datname(), from, process.activity())
        .filter(ProcessTree::isThere)
        .forEach(word -> text.append(' ').append(word));
    String lock = process.waitingFor();
    if (lock != null) {
      text.append(" waiting for ").append(lock);
    }
    return text.toString();
  }

  private static boolean isThere(@Nullable String word) {
    return word != null && !word.isEmpty();
  }
}
