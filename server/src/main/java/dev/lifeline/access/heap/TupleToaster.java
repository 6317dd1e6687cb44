package dev.lifeline.access.heap;

import dev.lifeline.access.common.PgLz;
import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.adt.ByteWriter;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes a tuple small enough for its page: compresses its long values and moves them out of line,
/// the longest first, as PostgreSQL's `heaptoast.c` does:
///
/// 1. EXTENDED values are compressed; what is too long for a tuple even then goes out of line at
///    once, as do EXTERNAL ones.
/// 2. EXTENDED and EXTERNAL values go out of line.
/// 3. MAIN values are compressed.
/// 4. MAIN values go out of line, if the tuple does not fit on a page otherwise.
///
/// Each pass ends when the tuple is at most [#TARGET] bytes long. One instance for each execution,
/// for one tuple at a time; it may throw [dev.lifeline.utils.NotYet], and is then called again with
/// the same tuple.
public final class TupleToaster {
  /// A tuple that is longer is toasted until it is not: four of them fit on a page.
  static final int TARGET = 2032;

  /// What a value must have at least for a pointer in its place to be worth it.
  private static final int VALUE_MIN = 32;

  private static final int COMPRESS_STEP = 64 << 10;

  private final TupleCodec codec;
  private final char[] storage;
  private final ToastTable toast;
  private final Runnable tick;

  /// The tuple that is worked on.
  private byte @Nullable [] payload;

  private int[] offsets = {};
  private @Nullable ToastedValue[] toasted = {};
  private boolean[] incompressible = {};
  private int size;
  private PgLz.@Nullable Compressor compressor;

  /// The value that is being moved out of line, and its attribute.
  private @Nullable ToastInsert insert;

  private int insertAttribute;

  /// @param storage of each attribute, as in `attstorage`: p, e, m or x
  /// @param tick called now and then in long work; may throw NotYet
  public TupleToaster(TupleCodec codec, char[] storage, ToastTable toast, Runnable tick) {
    this.codec = codec;
    this.storage = storage.clone();
    this.toast = toast;
    this.tick = tick;
  }

  /// Whether a formed tuple is so long that it must go through [#toast].
  public static boolean isNeeded(byte[] payload) {
    return HeapTuple.HEADER_SIZE + payload.length > TARGET;
  }

  /// Toasts a tuple as far as needed, and as far as its columns allow.
  ///
  /// @return its payload with toasted values in it
  @SuppressWarnings("ReferenceEquality") // the same call again, or another tuple
  public byte[] toast(Xact xact, byte[] formed) {
    if (payload != formed) {
      begin(formed);
    }
    if (insert != null) {
      moveOut(xact, insertAttribute);
    }
    compressPass(xact, false, TARGET);
    externalPass(xact, false, TARGET);
    compressPass(xact, true, TARGET);
    externalPass(xact, true, HeapPage.TUPLE_SIZE_MAX);
    byte[] result = assemble(formed);
    payload = null;
    return result;
  }

  /// Forgets a tuple that was begun: the statement goes on with another one.
  public void reset() {
    payload = null;
  }

  private void begin(byte[] formed) {
    payload = formed;
    offsets = codec.offsets(formed);
    int count = offsets.length - 1;
    toasted = new @Nullable ToastedValue[count];
    incompressible = new boolean[count];
    size = HeapTuple.HEADER_SIZE + formed.length;
    compressor = null;
    insert = null;
    for (int i = 0; i < count; i++) {
      if (codec.isVarying(i) && offsets[i + 1] > offsets[i]) {
        toasted[i] = TupleCodec.toastedAt(formed, offsets[i]);
      }
    }
  }

  private void compressPass(Xact xact, boolean main, int target) {
    while (size > target) {
      int attribute = biggest(main, true);
      if (attribute < 0) {
        return;
      }
      if (storage[attribute] == 'e') {
        incompressible[attribute] = true;
      } else {
        compress(attribute);
      }
      if (!main && sizeOf(attribute) > target) {
        moveOut(xact, attribute);
      }
    }
  }

  private void externalPass(Xact xact, boolean main, int target) {
    while (size > target) {
      int attribute = biggest(main, false);
      if (attribute < 0) {
        return;
      }
      moveOut(xact, attribute);
    }
  }

  /// The longest value that is still as it was; -1 when there is none that it would be worth for.
  private int biggest(boolean main, boolean forCompression) {
    int found = -1;
    int most = VALUE_MIN;
    for (int i = 0; i < toasted.length; i++) {
      boolean fits = main ? storage[i] == 'm' : storage[i] == 'x' || storage[i] == 'e';
      ToastedValue value = toasted[i];
      boolean done =
          forCompression ? value != null || incompressible[i] : value != null && value.isExternal();
      if (fits && !done && codec.isVarying(i) && sizeOf(i) > most) {
        most = sizeOf(i);
        found = i;
      }
    }
    return found;
  }

  private int sizeOf(int attribute) {
    ToastedValue value = toasted[attribute];
    return value != null ? value.sizeInTuple() : offsets[attribute + 1] - offsets[attribute];
  }

  private byte[] rawValue(int attribute) {
    byte[] formed = Objects.requireNonNull(payload);
    int from = offsets[attribute];
    int header = formed[from] >= 0 ? 1 : 4;
    return Arrays.copyOfRange(formed, from + header, offsets[attribute + 1]);
  }

  private void compress(int attribute) {
    PgLz.Compressor current = compressor;
    byte[] raw = rawValue(attribute);
    if (current == null) {
      current = new PgLz.Compressor(raw);
      compressor = current;
    }
    while (current.step(COMPRESS_STEP)) {
      tick.run();
    }
    compressor = null;
    byte[] result = current.result();
    if (result == null) {
      incompressible[attribute] = true;
    } else {
      replace(attribute, ToastedValue.compressed(result, raw.length));
    }
  }

  private void moveOut(Xact xact, int attribute) {
    ToastedValue value = toasted[attribute];
    boolean compressed = value != null;
    int rawLength;
    byte[] data;
    if (value != null) {
      rawLength = value.rawLength();
      data = value.compressedBytes();
    } else {
      data = rawValue(attribute);
      rawLength = data.length;
    }
    ToastInsert current = insert;
    if (current == null) {
      current = new ToastInsert(toast, data);
      insert = current;
      insertAttribute = attribute;
    }
    long id = current.run(xact);
    insert = null;
    replace(
        attribute, ToastedValue.external(rawLength, data.length, compressed, id, toast.relation()));
  }

  private void replace(int attribute, ToastedValue value) {
    size += value.sizeInTuple() - sizeOf(attribute);
    toasted[attribute] = value;
  }

  private byte[] assemble(byte[] formed) {
    ByteWriter out = new ByteWriter(size);
    out.bytes(formed, 0, offsets[0]);
    for (int i = 0; i < toasted.length; i++) {
      ToastedValue value = toasted[i];
      if (value != null) {
        TupleCodec.storeToasted(value, out);
      } else {
        out.bytes(formed, offsets[i], offsets[i + 1] - offsets[i]);
      }
    }
    return out.toBytes();
  }
}
