package dev.lifeline.observe.message;

import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.PostmasterEvent.ParameterChange;
import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// What the postmaster says: start, stop, reload, the end of a process.
final class PostmasterWording {
  /// What the log calls a process when it has died, and what `pg_stat_activity` calls it.
  private static final Map<String, String> PROCESS_TYPES =
      Map.ofEntries(
          Map.entry("server process", "client backend"),
          Map.entry("startup process", "startup"),
          Map.entry("background writer process", "background writer"),
          Map.entry("checkpointer process", "checkpointer"),
          Map.entry("WAL writer process", "walwriter"),
          Map.entry("WAL receiver process", "walreceiver"),
          Map.entry("WAL summarizer process", "walsummarizer"),
          Map.entry("WAL sender process", "walsender"),
          Map.entry("autovacuum launcher process", "autovacuum launcher"),
          Map.entry("autovacuum worker process", "autovacuum worker"),
          Map.entry("archiver process", "archiver"),
          Map.entry("statistics collector process", "stats collector"),
          Map.entry("system logger process", "logger"),
          Map.entry("slot sync worker process", "slotsync worker"),
          Map.entry("IO worker process", "io worker"));

  private PostmasterWording() {}

  static void addTo(Rules rules) {
    start(rules);
    stop(rules);
    reload(rules);
    deaths(rules);
  }

  private static void start(Rules rules) {
    rules
        .on("starting PostgreSQL (\\S+).*", PostmasterWording::started)
        .on(
            "listening on IPv[46] address \"(.+)\", port (\\d+)",
            (line, text) -> {
              line.tell(
                  new PostmasterEvent.Listening(text.group(1), Integer.parseInt(text.group(2))));
              return true;
            })
        .on(
            "listening on Unix socket \"(.+\\.s\\.PGSQL\\.(\\d+))\"",
            (line, text) -> {
              line.tell(
                  new PostmasterEvent.Listening(text.group(1), Integer.parseInt(text.group(2))));
              return true;
            })
        .on("database system is ready to accept connections", (line, text) -> state(line, "PM_RUN"))
        .on(
            "database system is ready to accept read[- ]only connections",
            (line, text) -> state(line, "PM_HOT_STANDBY"))
        .keep("ending_log_output", "ending log output to (\\S+)", "destination")
        .keep("redirecting_log_output", "redirecting log output to logging collector process")
        .keep("aborting_startup", "aborting startup due to startup process failure")
        .keep("fork_failed", "could not fork \"?(.+?)\"?(?: process)?: (.*)", "process", "reason");
  }

  private static boolean started(Line line, Matcher text) {
    line.tell(
        new Subject("postmaster", line.record.pid()),
        new PostmasterEvent.Started(
            line.record.message().substring("starting ".length()),
            text.group(1),
            "", // the log does not say where
            line.record.pid()));
    // Whoever was alive when the old postmaster was killed is not any more.
    for (Story.Life life : line.story.children()) {
      line.also(life.subject, new ProcessEvent.Lost(line.story.postmasterPid(), 0));
    }
    return true;
  }

  private static boolean state(Line line, String to) {
    line.tell(new PostmasterEvent.StateChanged(line.story.state(), to));
    return true;
  }

  private static void stop(Rules rules) {
    rules
        .on(
            "received (smart|fast|immediate) shutdown request",
            (line, text) -> {
              ShutdownMode mode = ShutdownMode.valueOf(text.group(1).toUpperCase(Locale.ROOT));
              String signal =
                  switch (mode) {
                    case SMART -> "SIGTERM";
                    case FAST -> "SIGINT";
                    case IMMEDIATE -> "SIGQUIT";
                  };
              line.tell(new PostmasterEvent.ShutdownRequested(mode, signal));
              return true;
            })
        .on("aborting any active transactions", (line, text) -> state(line, "PM_STOP_BACKENDS"))
        .keep("shutting_down", "shutting down")
        .keep("aborting_startup", "shutting down due to startup process failure")
        .keep("not_restarted", "shutting down because \"?restart_after_crash\"? is off")
        .keep("killing_children", "issuing (\\w+) to recalcitrant children", "signal")
        .keep(
            "lock_file_invalid",
            "performing immediate shutdown because data directory lock file is invalid")
        .keep(Story.ABNORMAL, "abnormal database system shutdown")
        .on("database system is shut down", PostmasterWording::stopped);
  }

  private static boolean stopped(Line line, Matcher text) {
    if (!line.subject.processType().equals("postmaster")) {
      line.keep("shut_down"); // the bootstrap process of initdb
      return true;
    }
    boolean abnormal = line.story.abnormal();
    Story.Life self = line.life();
    line.tell(
        new PostmasterEvent.Stopped(
            abnormal ? null : line.story.shutdown(),
            abnormal ? 1 : 0,
            self == null ? 0 : self.ageMs(line.record.timestamp())));
    return true;
  }

  private static void reload(Rules rules) {
    rules
        .on(
            "received SIGHUP, reloading configuration files",
            (line, text) -> {
              line.tell(new PostmasterEvent.ConfigReloaded("", List.of(), null));
              return true;
            })
        .on(
            "parameter \"(.+)\" changed to \"(.*)\"",
            (line, text) -> parameter(line, text.group(1), text.group(2)))
        .on(
            "parameter \"(.+)\" removed from configuration file, reset to default",
            (line, text) -> parameter(line, text.group(1), null))
        .on(
            "parameter \"(.+)\" cannot be changed without restarting the server",
            (line, text) -> faulty(line, ""))
        .on(
            "invalid value for parameter \".+?\": .*",
            (line, text) -> line.subject.processType().equals("postmaster") && faulty(line, ""))
        .on(
            "configuration file \"(.+)\" contains errors; .*",
            (line, text) -> faulty(line, text.group(1)));
  }

  private static boolean parameter(Line line, String name, @Nullable String value) {
    line.tell(
        new PostmasterEvent.ConfigReloaded(
            "", List.of(new ParameterChange(name, null, value, "configuration file")), null));
    return true;
  }

  private static boolean faulty(Line line, String file) {
    line.tell(new PostmasterEvent.ConfigReloaded(file, List.of(), line.record.message()));
    return true;
  }

  private static void deaths(Rules rules) {
    rules
        .onAny(
            "(.+) \\(PID (\\d+)\\) was terminated by (?:signal (\\d+)|exception (\\S+))(?:: (.*))?",
            (line, text) ->
                died(
                    line,
                    text,
                    text.group(3) == null ? 128 : 128 + Integer.parseInt(text.group(3))))
        .onAny(
            "(.+) \\(PID (\\d+)\\) exited with exit code (\\d+)",
            (line, text) -> died(line, text, Integer.parseInt(text.group(3))))
        .onAny(
            "(.+) \\(PID (\\d+)\\) exited with unrecognized status (\\d+)",
            (line, text) -> died(line, text, Integer.parseInt(text.group(3))))
        .on(
            "terminating any other active server processes",
            (line, text) -> state(line, "PM_WAIT_BACKENDS"))
        .on(
            "all server processes terminated; reinitializing",
            (line, text) -> {
              state(line, "PM_STARTUP");
              for (Story.Life life : line.story.children()) {
                line.also(
                    life.subject, new ProcessEvent.Exited(2, life.ageMs(line.record.timestamp())));
              }
              return true;
            })
        .on(
            "terminating connection because of crash of another server process",
            (line, text) -> {
              line.tell(new ProcessEvent.Terminated("SIGQUIT", line.record.message()));
              return true;
            })
        .on(
            "terminating connection due to immediate shutdown command",
            (line, text) -> {
              line.tell(new ProcessEvent.Terminated("SIGQUIT", line.record.message()));
              return true;
            });
  }

  private static boolean died(Line line, Matcher text, int code) {
    int pid = Integer.parseInt(text.group(2));
    Story.Life life = line.story.life(pid);
    String name = text.group(1);
    String type = PROCESS_TYPES.get(name);
    if (type == null) {
      type = name.startsWith("background worker \"") ? name.substring(19, name.length() - 1) : name;
    }
    Subject who = life == null ? new Subject(type.replace('/', ' '), pid) : life.subject;
    double age = life == null ? 0 : life.ageMs(line.record.timestamp());
    // 0 and 1 are ends that a process chose itself: nobody else is affected.
    if (code == 0 || code == 1) {
      line.tell(who, new ProcessEvent.Exited(code, age));
      return true;
    }
    String detail = line.redaction.detail(line.record);
    String message = line.record.message();
    line.tell(
        who,
        new ProcessEvent.Crashed(
            code, null, null, detail == null ? message : message + "; " + detail, age));
    return true;
  }
}
