package dev.lifeline.events.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An immutable map from non-negative ints: a radix tree whose changed copies share all nodes that
/// are not on the path to the change. It grows to the height that the largest key asks for.
///
/// @param <V> the values
public final class IntMap<V> {
  private static final int BITS = 5;
  private static final int WIDTH = 1 << BITS;

  private static final IntMap<?> EMPTY = new IntMap<>(null, 0, 0);

  /// Nodes are arrays of [#WIDTH]: of nodes, and at the bottom of values. Never written again.
  private final @Nullable Object @Nullable [] root;

  /// How far a key is shifted to get its place in the root.
  private final int shift;

  private final int size;

  private IntMap(@Nullable Object @Nullable [] root, int shift, int size) {
    this.root = root;
    this.shift = shift;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // holds no values
  public static <V> IntMap<V> empty() {
    return (IntMap<V>) EMPTY;
  }

  public int size() {
    return size;
  }

  @SuppressWarnings("unchecked") // the bottom holds what put() put there
  public @Nullable V get(int key) {
    check(key);
    @Nullable Object[] node = root;
    if (node == null || key >>> shift >= WIDTH) {
      return null;
    }
    for (int at = shift; at > 0; at -= BITS) {
      node = child(node, key >>> at);
      if (node == null) {
        return null;
      }
    }
    return (V) node[key & (WIDTH - 1)];
  }

  public IntMap<V> put(int key, V value) {
    check(key);
    @Nullable Object[] top = root;
    int height = shift;
    while (key >>> height >= WIDTH) {
      if (top != null) {
        @Nullable Object[] above = new Object[WIDTH];
        above[0] = top;
        top = above;
      }
      height += BITS;
    }
    boolean added = get(key) == null;
    return new IntMap<>(put(top, height, key, value), height, added ? size + 1 : size);
  }

  public IntMap<V> remove(int key) {
    if (get(key) == null || root == null) {
      return this;
    }
    if (size == 1) {
      return empty();
    }
    return new IntMap<>(remove(root, shift, key), shift, size - 1);
  }

  /// The values in the order of their keys.
  public List<V> values() {
    List<V> values = new ArrayList<>(size);
    forEach(values::add);
    return values;
  }

  /// Visits the values in the order of their keys.
  public void forEach(Consumer<? super V> visitor) {
    if (root != null) {
      visit(root, shift, visitor);
    }
  }

  private static @Nullable Object[] put(
      @Nullable Object @Nullable [] node, int shift, int key, Object value) {
    @Nullable Object[] copy = node == null ? new Object[WIDTH] : node.clone();
    int at = key >>> shift & (WIDTH - 1);
    copy[at] = shift == 0 ? value : put(child(copy, at), shift - BITS, key, value);
    return copy;
  }

  /// The node without the key, null when nothing is left of it.
  private static @Nullable Object @Nullable [] remove(@Nullable Object[] node, int shift, int key) {
    @Nullable Object[] copy = node.clone();
    int at = key >>> shift & (WIDTH - 1);
    @Nullable Object[] below = shift == 0 ? null : child(copy, at);
    copy[at] = below == null ? null : remove(below, shift - BITS, key);
    for (Object slot : copy) {
      if (slot != null) {
        return copy;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // the bottom holds what put() put there
  private static <V> void visit(@Nullable Object[] node, int shift, Consumer<? super V> visitor) {
    for (Object slot : node) {
      if (slot == null) {
        continue;
      }
      if (shift == 0) {
        visitor.accept((V) slot);
      } else {
        visit((@Nullable Object[]) slot, shift - BITS, visitor);
      }
    }
  }

  private static @Nullable Object @Nullable [] child(@Nullable Object[] node, int at) {
    return (@Nullable Object[]) node[at & (WIDTH - 1)];
  }

  private static void check(int key) {
    if (key < 0) {
      throw new IllegalArgumentException("negative key " + key);
    }
  }
}
