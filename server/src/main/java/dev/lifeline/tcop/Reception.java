package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.utils.guc.Gucs;
import org.jspecify.annotations.Nullable;

/// Tells the log and the views of a connection that has come. With `log_hostname` that is when the
/// name of the client's host is known, or known to be missing: until then nothing is read from it,
/// because every line that the log may have of it has the name.
///
/// Belongs to the backend's event loop.
final class Reception {
  private final BackendEnvironment environment;
  private final ClientChannel channel;
  private final SessionReports reports;
  private final BackendActivity activity;
  private boolean nameless;

  Reception(
      BackendEnvironment environment,
      ClientChannel channel,
      SessionReports reports,
      BackendActivity activity) {
    this.environment = environment;
    this.channel = channel;
    this.reports = reports;
    this.activity = activity;
  }

  /// Tells of the connection, now or later.
  ///
  /// @param known runs where it was later, and the client may be read from
  void begin(Runnable known) {
    boolean wanted = environment.config().get().get(Gucs.LOG_HOSTNAME);
    if (!wanted || channel.remoteAddress().local()) {
      reports.received();
      return;
    }
    nameless = true;
    channel.host().onComplete(host -> named(host.succeeded() ? host.result().name() : null, known));
  }

  private void named(@Nullable String name, Runnable known) {
    if (nameless) {
      nameless = false;
      reports.hostName(name);
      activity.clientHostname(name);
      reports.received();
      known.run();
    }
  }

  /// Whether the name is still looked up.
  boolean waiting() {
    return nameless;
  }

  /// The connection ends before it was told of.
  void end() {
    nameless = false;
  }
}
