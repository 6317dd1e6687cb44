package dev.lifeline.optimizer;

/// What things cost, after PostgreSQL's `costsize.c`. The parameters are those of
/// `postgresql.conf`.
///
/// @param seqPage reading a page in sequence
/// @param randomPage reading any page
/// @param cpuTuple passing on a row
/// @param cpuIndexTuple passing on an index entry
/// @param cpuOperator calling an operator or a function
/// @param effectiveCacheSize pages that are likely in some cache
record CostModel(
    double seqPage,
    double randomPage,
    double cpuTuple,
    double cpuIndexTuple,
    double cpuOperator,
    double effectiveCacheSize) {

  /// PostgreSQL's defaults.
  static final CostModel DEFAULTS = new CostModel(1.0, 4.0, 0.01, 0.005, 0.0025, 524_288);

  /// @param operators how many operators the filter calls for a row
  Cost seqScan(double pages, double tuples, double operators, double rows, int width) {
    double run = seqPage * pages + (cpuTuple + cpuOperator * operators) * tuples;
    return new Cost(0, run, rows, width);
  }

  /// A scan of part of a B-tree and of the rows that it leads to. Between the case that each of
  /// these is on a page anywhere and the case that they follow each other, it takes the square of
  /// the correlation.
  ///
  /// @param indexTuples how many entries the index has
  /// @param selectivity the part of the table's rows that are looked for in it
  /// @param correlation of the index's order with the rows'
  /// @param unseen the part of the table's pages that has to be looked at: 1, or less for a scan of
  ///   the index alone
  /// @param loops how often the scan is repeated, as the inner side of a nested loop
  Cost indexScan(
      double indexTuples,
      double tablePages,
      double tuples,
      double selectivity,
      double correlation,
      double indexOperators,
      double filterOperators,
      double rows,
      int width,
      double unseen,
      double loops) {
    Cost index = indexAccess(indexTuples, tuples, selectivity, indexOperators, loops);
    double fetched = Math.max(1, Math.rint(tuples * selectivity));
    double scattered =
        seen(pageReads(fetched, tablePages, loops) * loops, unseen) / loops * randomPage;
    double following = seen(Math.max(1, Math.ceil(selectivity * tablePages)), unseen);
    double together =
        loops > 1
            ? pageReads(following, tablePages, loops) * randomPage
            : following > 0 ? randomPage + (following - 1) * seqPage : 0;
    double heapIo =
        scattered + correlation * correlation * (Math.min(together, scattered) - scattered);
    double run = heapIo + fetched * (cpuTuple + filterOperators * cpuOperator);
    return new Cost(index.startup(), index.total() + run, rows, width);
  }

  /// Of finding the entries in part of a B-tree, without the rows that they lead to.
  private Cost indexAccess(
      double indexTuples, double tuples, double selectivity, double indexOperators, double loops) {
    double fetched = Math.max(1, Math.rint(tuples * selectivity));
    double indexPages = Math.max(1, Math.ceil(indexTuples * 20 / 8192));
    double share = Math.min(1, fetched / Math.max(1, indexTuples));
    double leafPages = Math.max(1, Math.ceil(share * indexPages));
    double io = pageReads(leafPages, indexPages, loops) * randomPage;
    double cpu = fetched * (cpuIndexTuple + cpuOperator * indexOperators);
    double descent = tuples > 1 ? Math.ceil(Math.log(tuples) / Math.log(2)) * cpuOperator : 0;
    double height = Math.max(1, Math.ceil(Math.log(Math.max(2, indexPages)) / Math.log(300)));
    descent += (height + 1) * 50.0 * cpuOperator;
    return new Cost(descent, descent + io + cpu, fetched, 0);
  }

  /// A scan of part of a B-tree that gathers the tids; nothing comes out before it is done.
  Cost bitmapIndexScan(
      double indexTuples, double tuples, double selectivity, double indexOperators, double loops) {
    Cost access = indexAccess(indexTuples, tuples, selectivity, indexOperators, loops);
    return new Cost(0, access.total(), Math.max(1, tuples * selectivity), 0);
  }

  /// What it costs to bring the bitmaps of single indexes together, besides making them; this is
  /// what PostgreSQL adds for each tid of one, and for each more bitmap.
  double bitmapInsert(Cost scan) {
    return 0.1 * cpuOperator * scan.rows();
  }

  double bitmapCombine() {
    return 100 * cpuOperator;
  }

  /// A scan of the pages that a bitmap names, in their order: the more of them there are, the more
  /// it costs like a scan in sequence.
  ///
  /// @param bitmap what making the bitmap costs
  /// @param selectivity the part of the rows that it names
  /// @param operators how many the filter and the conditions of the bitmap have
  /// @param exactPages of how many pages the bitmap can know the rows
  Cost bitmapHeapScan(
      double bitmap,
      double pages,
      double tuples,
      double selectivity,
      double operators,
      double exactPages,
      double rows,
      int width,
      double loops) {
    double t = Math.max(1, pages);
    double fetched = Cost.clampRows(selectivity * tuples);
    double named = 2 * t * fetched / (2 * t + fetched);
    double read = loops > 1 ? pageReads(fetched, t, loops) : named;
    read = read >= t ? t : loops > 1 ? read : Math.ceil(read);
    double blocks = Math.min(t, Math.ceil(named));
    if (blocks > exactPages) {
      double lossy = Math.max(0, blocks - exactPages / 2);
      fetched =
          Cost.clampRows(
              selectivity * tuples * (blocks - lossy) / blocks + tuples * lossy / blocks);
    }
    double perPage =
        read >= 2 ? randomPage - (randomPage - seqPage) * Math.sqrt(read / t) : randomPage;
    double run = read * perPage + (cpuTuple + operators * cpuOperator) * fetched;
    return new Cost(bitmap, bitmap + run, rows, width);
  }

  private static double seen(double pages, double unseen) {
    return unseen == 1 ? pages : Math.ceil(pages * unseen);
  }

  /// How many of a relation's pages are read for so many random fetches (Mackert and Lohman), on
  /// average over repeated scans.
  private double pageReads(double fetches, double relationPages, double loops) {
    double t = Math.max(1, relationPages);
    double n = fetches * loops;
    double pages;
    if (t <= effectiveCacheSize) {
      pages = Math.min(2 * t * n / (2 * t + n), t);
    } else {
      double limit = 2 * t * effectiveCacheSize / (2 * t - effectiveCacheSize);
      pages =
          n <= limit
              ? 2 * t * n / (2 * t + n)
              : effectiveCacheSize + (n - limit) * (t - effectiveCacheSize) / t;
    }
    return Math.ceil(pages) / loops;
  }

  Cost sort(Cost input, double bound) {
    double rows = Math.max(2, input.rows());
    double comparison = 2 * cpuOperator;
    double kept = bound > 0 && bound < rows / 2 ? 2 * bound : rows;
    double startup =
        input.total() + comparison * rows * (Math.log(Math.max(2, kept)) / Math.log(2));
    double total = startup + cpuOperator * rows;
    return new Cost(startup, total, input.rows(), input.width());
  }

  Cost material(Cost input) {
    double total = input.total() + 2 * cpuOperator * input.rows();
    return new Cost(input.startup(), total, input.rows(), input.width());
  }

  /// What reading a materialized input once more costs.
  double rescanMaterial(Cost input) {
    return cpuOperator * input.rows();
  }

  /// @param rescan what each run of the inner side after the first costs
  /// @param semi whether the first match of an outer row ends its inner run
  Cost nestLoop(
      Cost outer, Cost inner, double rescan, double operators, boolean semi, double rows) {
    double outerRows = outer.rows();
    double startup = outer.startup() + inner.startup();
    double runs = Math.max(0, outerRows - 1);
    double fraction = semi ? 0.5 : 1;
    double run =
        outer.total()
            - outer.startup()
            + (inner.total() - inner.startup()) * fraction
            + runs * rescan * fraction;
    double pairs = outerRows * inner.rows() * fraction;
    run += pairs * (cpuTuple + operators * cpuOperator);
    return new Cost(startup, startup + run, rows, outer.width() + inner.width());
  }

  Cost hashJoin(Cost outer, Cost inner, int keys, double operators, double matches, double rows) {
    double startup =
        inner.total() + outer.startup() + (cpuOperator * keys + cpuTuple) * inner.rows();
    double run = outer.total() - outer.startup() + cpuOperator * keys * outer.rows();
    run += cpuOperator * keys * outer.rows() * Math.max(1, inner.rows() / 1000.0) * 0.5;
    run += matches * (cpuTuple + operators * cpuOperator);
    return new Cost(startup, startup + run, rows, outer.width() + inner.width());
  }

  Cost plainAggregate(Cost input, int aggregates, int width) {
    double startup = input.total() + cpuOperator * aggregates * input.rows();
    return new Cost(startup, startup + cpuTuple, 1, width);
  }

  Cost sortedAggregate(Cost input, int aggregates, int keys, double groups, int width) {
    double total =
        input.total()
            + cpuOperator * (aggregates + keys) * input.rows()
            + cpuTuple * Cost.clampRows(groups);
    return new Cost(input.startup(), total, groups, width);
  }

  /// Of passing rows on.
  double tuples(double rows) {
    return cpuTuple * rows;
  }

  Cost window(Cost input, int calls, int keys, int width) {
    double total =
        input.total() + (cpuOperator * (calls + keys) + cpuTuple) * Math.max(1, input.rows());
    return new Cost(input.startup(), total, input.rows(), width);
  }

  Cost hashedAggregate(Cost input, int aggregates, int keys, double groups, int width) {
    double startup = input.total() + cpuOperator * (aggregates + keys) * input.rows();
    return new Cost(startup, startup + cpuTuple * Cost.clampRows(groups), groups, width);
  }

  /// Of an input of which only some rows are asked for.
  static Cost limit(Cost input, double offset, double count) {
    double rows = input.rows();
    double perRow = rows > 0 ? (input.total() - input.startup()) / rows : 0;
    double skipped = Math.min(offset, rows);
    double returned = count < 0 ? rows - skipped : Math.min(count, rows - skipped);
    double startup = input.startup() + perRow * skipped;
    return new Cost(
        startup, startup + perRow * Math.max(1, returned), Math.max(1, returned), input.width());
  }
}
