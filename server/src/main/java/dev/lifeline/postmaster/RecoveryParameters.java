package dev.lifeline.postmaster;

import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.utils.error.LogTime;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an archive recovery needs of the configuration, checked.
final class RecoveryParameters {
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})[ T](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?)\\s*(\\S*)");
  private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{1,2})(?::?(\\d{2}))?");
  private static final Pattern LSN = Pattern.compile("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}");
  private static final int NAME_MAX = 63;

  private RecoveryParameters() {}

  static RecoveryConfig of(Supplier<ServerConfig> config, Function<String, Future<Integer>> shell) {
    ServerConfig now = config.get();
    return new RecoveryConfig(
        target(now),
        now.get(Gucs.RECOVERY_TARGET_INCLUSIVE),
        now.get(Gucs.RECOVERY_TARGET_ACTION),
        now.get(Gucs.RECOVERY_TARGET_TIMELINE),
        now.get(Gucs.TIMEZONE),
        () -> {
          ServerConfig current = config.get();
          return new RecoveryConfig.Commands(
              current.get(Gucs.RESTORE_COMMAND),
              current.get(Gucs.ARCHIVE_CLEANUP_COMMAND),
              current.get(Gucs.RECOVERY_END_COMMAND));
        },
        shell);
  }

  /// Where recovery is to stop. Throws what is wrong with it, also where there is no recovery: as
  /// in PostgreSQL, no server starts with such a configuration.
  static RecoveryConfig.Target target(ServerConfig config) {
    checkSyntax(config);
    return new RecoveryConfig.Target(
        config.get(Gucs.RECOVERY_TARGET),
        config.get(Gucs.RECOVERY_TARGET_LSN),
        config.get(Gucs.RECOVERY_TARGET_NAME),
        time(config),
        config.get(Gucs.RECOVERY_TARGET_XID));
  }

  private static void checkSyntax(ServerConfig config) {
    String target = config.get(Gucs.RECOVERY_TARGET);
    if (!target.isEmpty() && !target.equals("immediate")) {
      throw invalid(Gucs.RECOVERY_TARGET, target)
          .detail("The only allowed value is \"immediate\".");
    }
    String lsn = config.get(Gucs.RECOVERY_TARGET_LSN);
    if (!lsn.isEmpty() && !LSN.matcher(lsn).matches()) {
      throw invalid(Gucs.RECOVERY_TARGET_LSN, lsn);
    }
    String name = config.get(Gucs.RECOVERY_TARGET_NAME);
    if (name.length() > NAME_MAX) {
      throw invalid(Gucs.RECOVERY_TARGET_NAME, name)
          .detail("recovery_target_name is too long (maximum %d characters).", NAME_MAX);
    }
    String xid = config.get(Gucs.RECOVERY_TARGET_XID);
    if (!xid.isEmpty() && !isNumber(xid)) {
      throw invalid(Gucs.RECOVERY_TARGET_XID, xid);
    }
    String timeline = config.get(Gucs.RECOVERY_TARGET_TIMELINE);
    if (!timeline.equals("latest") && !timeline.equals("current") && !isNumber(timeline)) {
      throw invalid(Gucs.RECOVERY_TARGET_TIMELINE, timeline)
          .detail("recovery_target_timeline is not a valid number.");
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.length() < 19 && text.chars().allMatch(Character::isDigit);
  }

  private static PgException invalid(Guc<?> guc, String value) {
    return PgException.fatal(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"%s\": \"%s\"",
        guc.name(),
        value);
  }

  /// A date and a time, with a zone or in the server's.
  private static @Nullable Long time(ServerConfig config) {
    String text = config.get(Gucs.RECOVERY_TARGET_TIME).strip();
    if (text.isEmpty()) {
      return null;
    }
    Matcher parts = TIME.matcher(text);
    try {
      if (parts.matches()) {
        LocalDateTime local = LocalDateTime.parse(parts.group(1) + "T" + parts.group(2));
        String zone = parts.group(3);
        Instant instant =
            local
                .atZone(zone.isEmpty() ? LogTime.zone(config.get(Gucs.TIMEZONE)) : zone(zone))
                .toInstant();
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
      }
    } catch (DateTimeException e) {
      // Told below.
    }
    throw invalid(Gucs.RECOVERY_TARGET_TIME, text)
        .detail("recovery_target_time is not a valid timestamp: \"%s\"", text);
  }

  private static ZoneId zone(String text) {
    Matcher offset = OFFSET.matcher(text);
    if (!offset.matches()) {
      return ZoneId.of(text, ZoneId.SHORT_IDS);
    }
    String minutes = offset.group(3) == null ? "00" : offset.group(3);
    String hours = offset.group(2).length() == 1 ? "0" + offset.group(2) : offset.group(2);
    return ZoneId.of(offset.group(1) + hours + ":" + minutes);
  }
}
