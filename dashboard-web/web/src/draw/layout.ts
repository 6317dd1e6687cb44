import type { RowView } from '../core/store';

/** Sizes on the canvas, in CSS pixels; on a wall screen they are larger. */
export interface Metrics {
  readonly gutter: number;
  readonly ruler: number;
  readonly counter: number;
  readonly row: number;
  readonly font: number;
}

export const COUNTER_LANES = [
  { name: 'Transactions', unit: '/s' },
  { name: 'WAL', unit: '/s' },
  { name: 'Dirty buffers', unit: '' },
  { name: 'Connections', unit: '' },
] as const;

/** The size of the page's text at which sizes on the canvas are as they are written here. */
const FONT_PX = 13.4;

/** Few lanes are higher, so that a quiet cluster fills the page; many are as low as can be read. */
export function metricsFor(
  width: number,
  height: number,
  rows: number,
  sqlLanes: number,
  rootFontPx: number,
): Metrics {
  const scale = rootFontPx / FONT_PX;
  const fixed = (COUNTER_LANES.length + sqlLanes) * 30 * scale;
  const room = (height - 34 * scale - fixed - 12) / Math.max(1, rows);
  return {
    gutter: Math.round((width < 900 ? 128 : 196) * scale),
    ruler: Math.round(34 * scale),
    counter: Math.round(30 * scale),
    row: Math.round(Math.min(38 * scale, Math.max(25 * scale, room))),
    font: Math.round(12 * scale),
  };
}

interface Order {
  readonly order: readonly RowView[];
  readonly pinnedCount: number;
  readonly indexOfRow: Int32Array;
}

/** Rows change seldom, frames are many. */
let known: { rows: readonly RowView[]; pinned: readonly number[]; order: Order } | undefined;

function orderOf(rows: readonly RowView[], pinned: readonly number[]): Order {
  if (known?.rows === rows && known.pinned === pinned) {
    return known.order;
  }
  const isPinned = new Set(pinned);
  const first = rows.filter((row) => isPinned.has(row.id));
  const all = [...first, ...rows.filter((row) => !isPinned.has(row.id))];
  const indexOfRow = new Int32Array(rows.length).fill(-1);
  all.forEach((row, index) => {
    indexOfRow[row.id] = index;
  });
  const order = { order: all, pinnedCount: first.length, indexOfRow };
  known = { rows, pinned, order };
  return order;
}

/** Where everything stands on the canvas. */
export class Layout {
  readonly rowsTop: number;
  /** Where the lanes of queries begin, below the counters. */
  readonly sqlTop: number;
  readonly contentHeight: number;
  /** The order in which rows are drawn: pinned ones first. */
  readonly order: readonly RowView[];
  readonly pinnedCount: number;
  private readonly indexOfRow: Int32Array;

  constructor(
    readonly metrics: Metrics,
    readonly width: number,
    readonly height: number,
    rows: readonly RowView[],
    pinned: readonly number[],
    readonly scrollTop: number,
    readonly sqlLanes: number,
  ) {
    this.sqlTop = metrics.ruler + COUNTER_LANES.length * metrics.counter;
    this.rowsTop = this.sqlTop + sqlLanes * metrics.counter + 6;
    const { order, indexOfRow, pinnedCount } = orderOf(rows, pinned);
    this.order = order;
    this.indexOfRow = indexOfRow;
    this.pinnedCount = pinnedCount;
    this.contentHeight = this.order.length * metrics.row;
  }

  get plotWidth(): number {
    return this.width - this.metrics.gutter;
  }

  /** Where the row begins; it may lie outside of what is seen. */
  top(index: number): number {
    const at = this.rowsTop + index * this.metrics.row;
    return index < this.pinnedCount ? at : at - this.scrollTop;
  }

  /** The row's place in the order; -1 for one that is not known yet. */
  indexOf(row: number): number {
    return this.indexOfRow[row] ?? -1;
  }

  /** Whether anything of the row is seen. */
  seen(index: number): boolean {
    const top = this.top(index);
    const hidden = this.rowsTop + this.pinnedCount * this.metrics.row;
    return (
      index >= 0 &&
      top < this.height &&
      (index < this.pinnedCount || top + this.metrics.row > hidden)
    );
  }

  /** Which lane of a query is there; -1 for none. */
  sqlLaneAt(y: number): number {
    const lane = Math.floor((y - this.sqlTop) / this.metrics.counter);
    return lane >= 0 && lane < this.sqlLanes ? lane : -1;
  }

  rowAt(y: number): RowView | undefined {
    if (y < this.rowsTop) {
      return undefined;
    }
    const fixed = this.rowsTop + this.pinnedCount * this.metrics.row;
    const offset = y < fixed ? y - this.rowsTop : y - this.rowsTop + this.scrollTop;
    return this.order[Math.floor(offset / this.metrics.row)];
  }
}
