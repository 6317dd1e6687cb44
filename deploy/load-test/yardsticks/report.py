"""Ratios over pairs, as a Markdown table."""

import statistics


class Report:
    def __init__(self):
        self.rows = []

    def add(self, name, unit, pairs, lower_is_better=False):
        """pairs: (Lifeline, its peer) of each pair."""
        ratios = [a / b for a, b in pairs if b]
        ours = statistics.median(a for a, _ in pairs)
        theirs = statistics.median(b for _, b in pairs)
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} .. {max(ratios):.2f})" if ratios else "-"
        better = "lower" if lower_is_better else "higher"
        self.rows.append(f"| {name} | {number(ours)} | {number(theirs)} | {unit} | {ratio} | {better} |")
        print(self.rows[-1], flush=True)

    def write(self, out):
        print("| what | Lifeline | PostgreSQL | unit | ratio (min .. max) | better is |", file=out)
        print("| --- | ---: | ---: | --- | --- | --- |", file=out)
        for row in self.rows:
            print(row, file=out)


def number(value):
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def in_turn(pairs, lifeline, postgres, measure):
    """A B A B ...: what happens on the machine meanwhile hits both."""
    return [(measure(lifeline), measure(postgres)) for _ in range(pairs)]


def add_columns(report, measured, columns):
    """measured: pairs of tuples; columns: (name, unit, lower is better) for each place in them."""
    for i, (name, unit, lower) in enumerate(columns):
        report.add(name, unit, [(a[i], b[i]) for a, b in measured], lower)
