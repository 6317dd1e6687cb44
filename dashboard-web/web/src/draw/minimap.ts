import type { Store } from '../core/store';
import { levelFor, tilesOf } from '../core/tiles';
import type { Palette } from './palette';

/** The whole log in a strip: how much happened when, what went wrong, and which part is shown. */
export function drawMinimap(
  context: CanvasRenderingContext2D,
  store: Store,
  shownLevel: number,
  palette: Palette,
  width: number,
  height: number,
): void {
  context.clearRect(0, 0, width, height);
  const from = store.tail();
  const to = Math.max(from + 1, store.head());
  const scale = width / (to - from);
  const sums = new Float64Array(Math.ceil(width) + 1);
  const troubles = new Set<number>();
  const trouble = palette.groups.length - 1;
  // Half as fine as the canvas: a wide strip of few tiles. Where the canvas shows about as much, it is made
  // of the canvas' own tiles, so that a page that opens waits for them alone.
  const half = levelFor({ from, to }, width / 2);
  const level = Math.abs(shownLevel - half) <= 1 ? shownLevel : half;
  for (const index of tilesOf({ from, to }, level)) {
    const tile = store.tiles.get({ axis: store.axis, level, index, filter: store.tileFilter() });
    if (!tile) {
      continue;
    }
    const add = (at: number, count: number, group: number) => {
      const x = Math.floor((at - from) * scale);
      if (x >= 0 && x < sums.length) {
        sums[x] = (sums[x] ?? 0) + count;
        if (group === trouble) {
          troubles.add(x);
        }
      }
    };
    const { count, tick } = tile;
    for (let i = 0; i < count.n; i++) {
      const at = tile.from + (count.bucket[i] ?? 0) * 2 ** level;
      add(at, count.count[i] ?? 0, count.group[i] ?? 0);
    }
    for (let i = 0; i < tick.n; i++) {
      add(tick.at[i] ?? 0, 1, tick.group[i] ?? 0);
    }
  }
  const most = Math.log2(1 + sums.reduce((a, b) => Math.max(a, b), 1));
  context.fillStyle = palette.faint;
  const bar = Math.max(1, Math.ceil(2 ** level * scale));
  sums.forEach((sum, x) => {
    if (sum > 0) {
      const high = Math.max(1, (Math.log2(1 + sum) / most) * (height - 6));
      context.globalAlpha = 0.65;
      context.fillRect(x, height - high, bar, high);
    }
  });
  context.globalAlpha = 1;
  context.fillStyle = palette.bad;
  // Few failures are marked so that none is overlooked; many, so that the rest is still seen.
  const many = troubles.size * 8 > width;
  for (const x of troubles) {
    context.fillRect(many ? x : x - 1, 0, many ? bar : 3, many ? 3 : 5);
    if (!many) {
      context.fillRect(x, 0, 1, height);
    }
  }
  const x0 = (store.view.from - from) * scale;
  const x1 = (store.view.to - from) * scale;
  context.fillStyle = palette.range;
  context.fillRect(x0, 0, Math.max(3, x1 - x0), height);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.strokeRect(x0 + 0.75, 0.75, Math.max(3, x1 - x0) - 1.5, height - 1.5);
}
