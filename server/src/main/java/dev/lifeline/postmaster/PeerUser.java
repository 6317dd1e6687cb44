package dev.lifeline.postmaster;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of a Unix-domain socket: the kernel knows the number of the user, the C
/// library the name.
@SuppressWarnings("restricted") // The C library is asked, which the launcher's flags allow.
final class PeerUser {
  /// POSIX's `getpwuid_r`: the number, room for the entry, room for its texts and how much, where
  /// the entry's address goes.
  private static final MethodHandle GETPWUID_R =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("getpwuid_r"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS));

  /// More than a `struct passwd` of any system needs.
  private static final long ENTRY_BYTES = 256;

  private static final long TEXT_BYTES = 16 << 10;

  private PeerUser() {}

  /// Blocks: names of users may be kept on another machine.
  ///
  /// @throws PgException LOG, with PostgreSQL's words
  static String of(Channel channel) {
    if (!(channel instanceof EpollDomainSocketChannel socket)) {
      throw failure("peer authentication is not supported on this platform");
    }
    int uid;
    try {
      uid = socket.peerCredentials().uid();
    } catch (IOException e) {
      throw failure("could not get peer credentials: " + e.getMessage());
    }
    String name = name(uid);
    if (name == null) {
      throw failure(
          "could not look up local user ID "
              + Integer.toUnsignedLong(uid)
              + ": user does not exist");
    }
    return name;
  }

  private static @Nullable String name(int uid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
      MemorySegment texts = arena.allocate(TEXT_BYTES);
      MemorySegment found = arena.allocate(ValueLayout.ADDRESS);
      int error = (int) GETPWUID_R.invokeExact(uid, entry, texts, TEXT_BYTES, found);
      if (error != 0 || found.get(ValueLayout.ADDRESS, 0).address() == 0) {
        return null;
      }
      // The name is the entry's first field.
      return entry.get(ValueLayout.ADDRESS, 0).reinterpret(TEXT_BYTES).getString(0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("getpwuid_r", e);
    }
  }

  private static PgException failure(String message) {
    return new PgException(Severity.LOG, SqlState.SYSTEM_ERROR, message);
  }
}
