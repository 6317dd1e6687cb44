package dev.lifeline.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an observed server's log says and no other event tells.
public sealed interface ServerEvent extends LifecycleEvent {

  /// A figure or a name that was taken out of the text.
  record Figure(String name, String value) {}

  /// A line of the server's log.
  ///
  /// @param errorSeverity `LOG`, `WARNING`, ..., as the server writes it
  /// @param topic what it is about, such as `temporary_file`; absent when the text was not
  ///   recognized
  /// @param figures what was taken out of a recognized text
  /// @param message the text; absent where it may quote a literal and literals are not allowed out
  /// @param query the statement that it belongs to, without its literals
  record Logged(
      String errorSeverity,
      @Nullable String sqlstate,
      @Nullable String topic,
      List<Figure> figures,
      @Nullable String message,
      @Nullable String detail,
      @Nullable String hint,
      @Nullable String context,
      @Nullable String query,
      @Nullable String usename,
      @Nullable String datname,
      @Nullable String applicationName)
      implements ServerEvent {
    public Logged {
      figures = List.copyOf(figures);
    }

    /// The figure of this name, or null when the text had none.
    public @Nullable String figure(String name) {
      for (Figure figure : figures) {
        if (figure.name().equals(name)) {
          return figure.value();
        }
      }
      return null;
    }
  }
}
