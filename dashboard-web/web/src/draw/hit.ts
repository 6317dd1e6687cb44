import type { Store } from '../core/store';
import type { Scene } from './scene';

/** What is under the pointer. */
export interface Hit {
  /** The event that a click selects; none on an empty part of a row. */
  readonly sequence?: number;
  readonly title: string;
  readonly lines: readonly string[];
}

/** An event counts as hit within so many pixels. */
const REACH = 7;

export function hitTest(scene: Scene, store: Store, x: number, y: number): Hit | undefined {
  const { layout } = scene;
  const { overview } = store;
  if (layout && x >= layout.metrics.gutter && layout.sqlLaneAt(y) >= 0) {
    return pointAt(scene, store, layout.sqlLaneAt(y), x);
  }
  const row = layout?.rowAt(y);
  if (!layout || !row || !overview || x < layout.metrics.gutter) {
    return undefined;
  }
  const at = scene.coordinateAt(x);
  const reach = scene.coordinateAt(x + REACH) - at;
  return tickAt(scene, store, row.id, at, reach) ?? countAt(scene, store, row.id, at, reach) ?? sliceAt(scene, store, row.id, at);
}

/** The row of a query that is nearest to the pointer. */
function pointAt(scene: Scene, store: Store, lane: number, x: number): Hit | undefined {
  let best: { distance: number; hit: Hit } | undefined;
  for (const point of store.lanes[lane]?.answer?.points ?? []) {
    const distance = Math.abs(scene.x(point[store.axis]) - x);
    if (distance <= REACH && (!best || distance < best.distance)) {
      const value = point.value === undefined ? [] : [`value ${point.value}`];
      best = {
        distance,
        hit: {
          sequence: point.sequence,
          title: point.label ?? `#${point.sequence}`,
          lines: [...value, `#${point.sequence}`],
        },
      };
    }
  }
  return best?.hit;
}

function tickAt(scene: Scene, store: Store, row: number, at: number, reach: number): Hit | undefined {
  let best: { distance: number; hit: Hit } | undefined;
  for (const { tick, counted } of scene.tiles) {
    for (let i = 0; !counted && i < tick.n; i++) {
      if (tick.row[i] !== row) {
        continue;
      }
      const distance = Math.abs((tick.at[i] ?? 0) - at);
      if (distance <= reach && (!best || distance < best.distance)) {
        const ms = tick.durationMs[i] ?? 0;
        best = {
          distance,
          hit: {
            sequence: tick.sequence[i] ?? 0,
            title: store.overview?.types[tick.type[i] ?? 0] ?? '',
            lines: [
              `pid ${tick.pid[i]} · #${tick.sequence[i]}`,
              ...(ms > 0 ? [`took ${ms.toFixed(ms < 10 ? 2 : 0)} ms`] : []),
            ],
          },
        };
      }
    }
  }
  return best?.hit;
}

function countAt(scene: Scene, store: Store, row: number, at: number, reach: number): Hit | undefined {
  let events = 0;
  let longest = 0;
  let sequence: number | undefined;
  const groups = new Set<string>();
  for (const tile of scene.tiles) {
    const { count } = tile;
    const width = 2 ** tile.level;
    for (let i = 0; tile.counted && i < count.n; i++) {
      if (count.row[i] !== row) {
        continue;
      }
      const middle = tile.from + ((count.bucket[i] ?? 0) + 0.5) * width;
      const group = store.overview?.groups[count.group[i] ?? 0] ?? '';
      if (Math.abs(middle - at) > (group === 'trouble' ? reach : Math.max(width, reach / 4))) {
        continue;
      }
      events += count.count[i] ?? 0;
      const trouble = group === 'trouble' && !groups.has('trouble');
      groups.add(group);
      if (sequence === undefined || trouble || (count.longestMs[i] ?? 0) > longest) {
        sequence = groups.has('trouble') && !trouble ? sequence : count.sequence[i];
      }
      longest = Math.max(longest, count.longestMs[i] ?? 0);
    }
  }
  return sequence === undefined
    ? undefined
    : {
        sequence,
        title: `${events.toLocaleString('en-US')} events`,
        lines: [
          [...groups].join(', '),
          ...(longest > 0 ? [`longest ${longest.toFixed(longest < 10 ? 2 : 0)} ms`] : []),
          'zoom in for each of them',
        ],
      };
}

function sliceAt(scene: Scene, store: Store, row: number, at: number): Hit | undefined {
  let best: { length: number; hit: Hit } | undefined;
  for (const tile of scene.tiles) {
    const { slice } = tile;
    for (let i = 0; i < slice.n; i++) {
      const open = slice.toSequence[i] === 0;
      const from = slice.from[i] ?? 0;
      const to = open ? store.head() : (slice.to[i] ?? 0);
      if (slice.row[i] !== row || at < from || at > to) {
        continue;
      }
      if (!best || to - from < best.length) {
        const kind = store.overview?.kinds[slice.kind[i] ?? 0] ?? '';
        const end = store.overview?.ends[slice.end[i] ?? 0] ?? '';
        best = {
          length: to - from,
          hit: {
            sequence: slice.fromSequence[i] ?? 0,
            title: tile.labels[slice.label[i] ?? 0] ?? kind,
            lines: [
              `pid ${slice.pid[i]}`,
              open ? 'not ended yet' : end === 'done' ? 'ended in good order' : `ended: ${end}`,
            ],
          },
        };
      }
    }
  }
  return best?.hit;
}
