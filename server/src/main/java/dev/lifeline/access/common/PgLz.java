package dev.lifeline.access.common;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's compression of long values, `pglz`: fast, of the Lempel-Ziv family, with a window
/// of 4 kB.
///
/// The output is groups of eight items behind a control byte. A bit of that, from the lowest, says
/// of an item whether it is one byte as it is (0) or a copy of what came before (1): the upper four
/// bits of the distance and the length less 3 in one byte, the lower eight bits of the distance in
/// the next; a length of 18 and more has 15 there and a third byte with the length less 18.
public final class PgLz {
  private static final int DISTANCE_MAX = 4095;
  private static final int MATCH_MIN = 3;
  private static final int MATCH_MAX = 273;

  /// As PostgreSQL's default strategy: shorter values are not tried, a quarter has to be saved, and
  /// the first kilobyte of output must have a match.
  private static final int INPUT_MIN = 32;

  private static final int FIRST_MATCH_BY = 1024;
  private static final int HASH_BITS = 13;

  /// How many earlier places are compared for each byte, and which match is good enough.
  private static final int TRIES = 24;

  private static final int GOOD_MATCH = 128;

  private PgLz() {}

  /// Compresses one value, a piece at a time, because a long one takes longer than an event loop
  /// should be held.
  public static final class Compressor {
    private final byte[] input;
    private final byte[] output;
    private final int outputMax;
    private final int[] newest = new int[1 << HASH_BITS];

    /// For each place in the window the one before it with the same hash.
    private final int[] older = new int[DISTANCE_MAX + 1];

    private int in;
    private int out;
    private int controlAt;
    private int item = 8;
    private boolean matched;
    private boolean failed;
    private int matchDistance;

    public Compressor(byte[] input) {
      this.input = input;
      this.outputMax = input.length - input.length / 4;
      this.failed = input.length < INPUT_MIN;
      this.output = failed ? new byte[0] : new byte[outputMax + 4];
      Arrays.fill(newest, -1);
    }

    /// Compresses about so many bytes more; false when there is nothing more to do.
    public boolean step(int bytes) {
      int until = (int) Math.min((long) in + bytes, input.length);
      while (!failed && in < until) {
        if (item == 8) {
          controlAt = out;
          output[out++] = 0;
          item = 0;
        }
        int length = findMatch();
        if (length >= MATCH_MIN) {
          copyItem(length);
        } else {
          output[out++] = input[in];
          remember(in);
          in++;
        }
        item++;
        failed = out >= outputMax || (!matched && out >= FIRST_MATCH_BY);
      }
      return !failed && in < input.length;
    }

    private void copyItem(int length) {
      matched = true;
      output[controlAt] |= (byte) (1 << item);
      int low = Math.min(length - MATCH_MIN, 15);
      output[out++] = (byte) ((matchDistance >> 8) << 4 | low);
      output[out++] = (byte) matchDistance;
      if (low == 15) {
        output[out++] = (byte) (length - 18);
      }
      for (int i = 0; i < length; i++) {
        remember(in + i);
      }
      in += length;
    }

    private int hash(int at) {
      int three = (input[at] & 0xFF) << 16 | (input[at + 1] & 0xFF) << 8 | (input[at + 2] & 0xFF);
      return (three * 0x9E3779B1) >>> (32 - HASH_BITS);
    }

    private void remember(int at) {
      if (at + MATCH_MIN <= input.length) {
        int hash = hash(at);
        older[at & DISTANCE_MAX] = newest[hash];
        newest[hash] = at;
      }
    }

    private int findMatch() {
      int longest = 0;
      int most = Math.min(MATCH_MAX, input.length - in);
      if (most < MATCH_MIN) {
        return 0;
      }
      int candidate = newest[hash(in)];
      for (int tries = TRIES; tries > 0 && candidate >= 0; tries--) {
        if (in - candidate > DISTANCE_MAX) {
          break;
        }
        int length = Arrays.mismatch(input, candidate, candidate + most, input, in, in + most);
        length = length < 0 ? most : length;
        if (length > longest) {
          longest = length;
          matchDistance = in - candidate;
          if (length >= GOOD_MATCH) {
            break;
          }
        }
        int before = older[candidate & DISTANCE_MAX];
        // A place that was taken over by a later one leads forward: the chain has ended.
        candidate = before < candidate ? before : -1;
      }
      return longest;
    }

    /// What came out; null where it is not worth while. Once [#step] has returned false.
    public byte @Nullable [] result() {
      return failed ? null : Arrays.copyOf(output, out);
    }
  }

  /// Compresses a value at once; null where that is not worth while.
  public static byte @Nullable [] compress(byte[] input) {
    Compressor compressor = new Compressor(input);
    while (compressor.step(input.length)) {
      // One step does it all.
    }
    return compressor.result();
  }

  /// The value again.
  ///
  /// @param rawLength how long it was
  public static byte[] decompress(byte[] compressed, int rawLength) {
    byte[] raw = new byte[rawLength];
    int in = 0;
    int out = 0;
    while (in < compressed.length && out < rawLength) {
      int control = compressed[in++];
      for (int i = 0; i < 8 && in < compressed.length && out < rawLength; i++, control >>= 1) {
        if ((control & 1) == 0) {
          raw[out++] = compressed[in++];
          continue;
        }
        if (in + 2 > compressed.length) {
          throw corrupt();
        }
        int length = (compressed[in] & 15) + MATCH_MIN;
        int distance = (compressed[in] & 0xF0) << 4 | (compressed[in + 1] & 0xFF);
        in += 2;
        if (length == 18) {
          if (in == compressed.length) {
            throw corrupt();
          }
          length += compressed[in++] & 0xFF;
        }
        if (distance == 0 || distance > out || length > rawLength - out) {
          throw corrupt();
        }
        for (int end = out + length; out < end; out++) {
          raw[out] = raw[out - distance];
        }
      }
    }
    if (out != rawLength || in != compressed.length) {
      throw corrupt();
    }
    return raw;
  }

  private static PgException corrupt() {
    return PgException.error(SqlState.DATA_CORRUPTED, "compressed pglz data is corrupt");
  }
}
