package dev.lifeline.storage.buffer;

import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The memory of the buffer pool, zeroed and at the beginning of a system page.
///
/// An arena fills what it gives out with zeros, and so touches it: a start would pay for all of
/// `shared_buffers`, in time and in resident memory. The C library's `calloc` takes big pieces from
/// the operating system, which zeroes a page when it is used first, as PostgreSQL's shared memory
/// comes to be.
final class PageMemory {
  private static final long ALIGNMENT = 4096;

  /// Below, what there is to save is less than what the call costs.
  private static final long SMALL = 4L << 20;

  private PageMemory() {}

  /// Memory for so many pages, which is given back when the arena closes.
  static MemorySegment allocate(int pages, Arena arena) {
    long size = (long) pages * PageLayout.PAGE_SIZE;
    return size <= SMALL ? arena.allocate(size, ALIGNMENT) : lazily(size, arena);
  }

  @SuppressWarnings("restricted") // the size is what was asked for, and the arena frees it
  private static MemorySegment lazily(long size, Arena arena) {
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle calloc =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("calloc"),
              FunctionDescriptor.of(
                  ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
      MethodHandle free =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("free"),
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
      MemorySegment piece = (MemorySegment) calloc.invokeExact(size + ALIGNMENT, 1L);
      if (piece.address() == 0) {
        throw PgException.fatal(
                SqlState.OUT_OF_MEMORY, "could not allocate %d bytes of shared buffers", size)
            .hint("Reduce shared_buffers.");
      }
      long skip = -piece.address() & ALIGNMENT - 1;
      return piece
          .reinterpret(size + ALIGNMENT, arena, memory -> release(free, memory))
          .asSlice(skip, size);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void release(MethodHandle free, MemorySegment memory) {
    try {
      free.invokeExact(memory);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
