package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.error.PgException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The code of the built-in functions, by `prosrc`. One method for each shape of [Fn], so that
/// lambdas need no casts.
public final class FnTable {
  private final Map<String, Fn> functions = new HashMap<>(2048);

  private final Function<PgProc, @Nullable Fn> others;

  /// @param others finds the code of functions that are not in the table
  public FnTable(Function<PgProc, @Nullable Fn> others) {
    this.others = others;
  }

  /// The code of a function.
  ///
  /// @throws PgException 0A000 where there is none
  public Fn get(PgProc proc) {
    Fn fn = functions.get(proc.source());
    if (fn == null) {
      fn = others.apply(proc);
    }
    if (fn == null) {
      throw PgException.notSupported("function " + proc.name());
    }
    return fn;
  }

  public @Nullable Fn find(String source) {
    return functions.get(source);
  }

  private void put(String source, Fn fn) {
    Fn before = functions.put(source, fn);
    if (before != null) {
      throw new IllegalStateException("two functions " + source);
    }
  }

  /// The six comparisons of a type whose values are held as longs, e.g. `int4eq` to `int4ge`.
  public void longComparisons(String prefix) {
    for (Comparison comparison : Comparison.values()) {
      put(prefix + comparison.suffix(), new Fn.LCompare(comparison));
    }
  }

  /// The six comparisons of a type whose values are held as doubles.
  public void doubleComparisons(String prefix) {
    for (Comparison comparison : Comparison.values()) {
      put(prefix + comparison.suffix(), new Fn.DCompare(comparison));
    }
  }

  /// The six comparisons of a type whose values are objects.
  public <T> void comparisons(String prefix, Comparator<T> order) {
    for (Comparison comparison : Comparison.values()) {
      Fn.OTest<T, T> test = (a, b) -> comparison.holds(order.compare(a, b));
      put(prefix + comparison.suffix(), test);
    }
  }

  public void l1(String source, Fn.L1 fn) {
    put(source, fn);
  }

  public void l2(String source, Fn.L2 fn) {
    put(source, fn);
  }

  public void lTest(String source, Fn.LTest fn) {
    put(source, fn);
  }

  public void d1(String source, Fn.D1 fn) {
    put(source, fn);
  }

  public void d2(String source, Fn.D2 fn) {
    put(source, fn);
  }

  public void dTest(String source, Fn.DTest fn) {
    put(source, fn);
  }

  public void ld(String source, Fn.LD fn) {
    put(source, fn);
  }

  public void dl(String source, Fn.DL fn) {
    put(source, fn);
  }

  public <A, R> void o1(String source, Fn.O1<A, R> fn) {
    put(source, fn);
  }

  public <A, B, R> void o2(String source, Fn.O2<A, B, R> fn) {
    put(source, fn);
  }

  public <A, B> void oTest(String source, Fn.OTest<A, B> fn) {
    put(source, fn);
  }

  public <A> void ol(String source, Fn.OL<A> fn) {
    put(source, fn);
  }

  public <A> void od(String source, Fn.OD<A> fn) {
    put(source, fn);
  }

  public <R> void lo(String source, Fn.LO<R> fn) {
    put(source, fn);
  }

  public <R> void dO(String source, Fn.DO<R> fn) {
    put(source, fn);
  }

  public void callLong(String source, Fn.CallLong fn) {
    put(source, fn);
  }

  public void callBool(String source, Fn.CallBool fn) {
    put(source, fn);
  }

  public void callDouble(String source, Fn.CallDouble fn) {
    put(source, fn);
  }

  public void callObject(String source, Fn.CallObject fn) {
    put(source, fn);
  }

  public void any(String source, Fn.Any fn) {
    put(source, fn);
  }

  public void set(String source, Fn.Set fn) {
    put(source, fn);
  }
}
