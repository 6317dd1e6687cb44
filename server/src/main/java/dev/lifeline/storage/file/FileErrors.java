package dev.lifeline.storage.file;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says an I/O error the way PostgreSQL does: `could not write file "base/5/16384": No space left
/// on device`, with the SQLSTATE that it has for that errno.
final class FileErrors {
  private FileErrors() {}

  static PgException of(String verb, String path, IOException e) {
    String reason = reason(e);
    SqlState state =
        switch (reason) {
          case "No such file or directory" -> SqlState.UNDEFINED_FILE;
          case "File exists" -> SqlState.DUPLICATE_FILE;
          case "No space left on device", "Disk quota exceeded" -> SqlState.DISK_FULL;
          case "Permission denied", "Operation not permitted" -> SqlState.INSUFFICIENT_PRIVILEGE;
          case "Too many open files" -> SqlState.INSUFFICIENT_RESOURCES;
          default -> SqlState.IO_ERROR;
        };
    return PgException.error(state, "could not %s file \"%s\": %s", verb, path, reason);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case FileAlreadyExistsException _ -> "File exists";
      case AccessDeniedException _ -> "Permission denied";
      case DirectoryNotEmptyException _ -> "Directory not empty";
      case FileSystemException f when f.getReason() != null -> describe(f.getReason());
      default -> describe(e.getMessage());
    };
  }

  /// The JDK's messages are the system's, except that some carry the path or other words.
  private static String describe(@Nullable String message) {
    if (message == null) {
      return "Input/output error";
    }
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left")) {
      return "No space left on device";
    }
    if (lower.contains("too many open files")) {
      return "Too many open files";
    }
    return message;
  }
}
