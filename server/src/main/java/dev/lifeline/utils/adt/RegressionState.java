package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.List;

/// The aggregates of linear regression over pairs (y, x): `corr`, `covar_*`, `regr_*`.
final class RegressionState extends AggregateState {
  private static final class Sums {
    private double n;
    private double sx;
    private double sxx;
    private double sy;
    private double syy;
    private double sxy;
  }

  private final String name;
  private final List<Sums> groups = new ArrayList<>();

  RegressionState(String name) {
    this.name = name;
    ensure(1);
  }

  @Override
  public void ensure(int count) {
    while (groups.size() < count) {
      groups.add(new Sums());
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    if (args.get(0).isNull(row) || args.get(1).isNull(row)) {
      return;
    }
    double y = args.get(0).getDouble(row);
    double x = args.get(1).getDouble(row);
    Sums s = groups.get(group);
    s.n++;
    s.sx += x;
    s.sy += y;
    if (s.n > 1) {
      double dx = x * s.n - s.sx;
      double dy = y * s.n - s.sy;
      double scale = 1 / (s.n * (s.n - 1));
      s.sxx += dx * dx * scale;
      s.syy += dy * dy * scale;
      s.sxy += dx * dy * scale;
    } else if (!Double.isFinite(x) || !Double.isFinite(y)) {
      s.sxx = Double.NaN;
      s.syy = Double.NaN;
      s.sxy = Double.NaN;
    }
  }

  @Override
  public void finish(int group, Column out, int row) {
    Sums s = groups.get(group);
    if (name.equals("regr_count")) {
      out.setLong(row, (long) s.n);
      return;
    }
    if (s.n < (name.equals("covar_samp") ? 2 : 1)) {
      out.setNull(row);
      return;
    }
    boolean needsX =
        name.equals("regr_r2") || name.equals("regr_slope") || name.equals("regr_intercept");
    if ((needsX && s.sxx == 0) || (name.equals("corr") && (s.sxx == 0 || s.syy == 0))) {
      out.setNull(row);
      return;
    }
    out.setDouble(row, result(s));
  }

  private double result(Sums s) {
    return switch (name) {
      case "regr_sxx" -> s.sxx;
      case "regr_syy" -> s.syy;
      case "regr_sxy" -> s.sxy;
      case "regr_avgx" -> s.sx / s.n;
      case "regr_avgy" -> s.sy / s.n;
      case "covar_pop" -> s.sxy / s.n;
      case "covar_samp" -> s.sxy / (s.n - 1);
      case "corr" -> s.sxy / Math.sqrt(s.sxx * s.syy);
      case "regr_r2" -> s.syy == 0 ? 1 : (s.sxy * s.sxy) / (s.sxx * s.syy);
      case "regr_slope" -> s.sxy / s.sxx;
      case "regr_intercept" -> (s.sy - s.sx * s.sxy / s.sxx) / s.n;
      default -> throw new IllegalStateException(name);
    };
  }
}
