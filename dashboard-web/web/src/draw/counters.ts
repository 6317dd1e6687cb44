import { bytesText, shortNumber } from '../base/format';
import type { Overview } from '../core/api';
import type { Viewport } from '../core/axis';
import type { Tile } from '../core/tile';
import { COUNTER_LANES, type Layout } from './layout';
import type { Palette } from './palette';

interface Point {
  readonly at: number;
  readonly mean: number;
  readonly most: number;
}

function pointsOf(tiles: readonly Tile[], counter: number): Point[] {
  const points: Point[] = [];
  for (const tile of tiles) {
    const width = 2 ** tile.level;
    for (let i = 0; i < tile.counter.n; i++) {
      const mean = tile.counter.mean[counter]?.[i] ?? Number.NaN;
      if (!Number.isNaN(mean)) {
        const at = tile.from + ((tile.counter.bucket[i] ?? 0) + 0.5) * width;
        points.push({ at, mean, most: tile.counter.most[counter]?.[i] ?? mean });
      }
    }
  }
  return points;
}

/** A stretch of the axis in which there was a server. */
export interface Life {
  readonly from: number;
  readonly to: number;
}

/**
 * When the postmaster lived, as far as the tiles tell; undefined where they tell nothing of it. A server that
 * was killed could not report that nothing happened any more: its last figures must not stand until the next start.
 */
export function livesOf(tiles: readonly Tile[], overview: Overview): Life[] | undefined {
  const kind = overview.kinds.indexOf('life');
  const lives: Life[] = [];
  for (const { slice } of tiles) {
    for (let i = 0; i < slice.n; i++) {
      if (slice.kind[i] === kind && overview.rows[slice.row[i] ?? 0]?.type === 'postmaster') {
        lives.push({
          from: slice.from[i] ?? 0,
          to: slice.toSequence[i] === 0 ? Number.POSITIVE_INFINITY : (slice.to[i] ?? 0),
        });
      }
    }
  }
  return lives.length === 0 ? undefined : lives;
}

const valueText = (counter: number, value: number): string =>
  counter === 1 ? bytesText(value) : shortNumber(value);

/** The counters as lanes of their own: a filled curve each, with its value where the page stands. */
export function drawCounters(
  context: CanvasRenderingContext2D,
  palette: Palette,
  layout: Layout,
  view: Viewport,
  tiles: readonly Tile[],
  now: number,
  lives: readonly Life[] | undefined,
): void {
  const { gutter, counter: height, ruler, font } = layout.metrics;
  const scale = layout.plotWidth / (view.to - view.from);
  const living = lives === undefined || lives.some(({ from, to }) => from <= now && now <= to);
  COUNTER_LANES.forEach(({ name, unit }, lane) => {
    const top = ruler + lane * height;
    const base = top + height - 3;
    const points = pointsOf(tiles, lane);
    const highest = Math.max(1e-9, ...points.map((p) => p.most));
    const room = height - 8;
    const color = palette.counters[lane] ?? palette.ink;
    context.save();
    context.beginPath();
    for (const { from, to } of lives ?? [view]) {
      const left = Math.max(gutter, gutter + (from - view.from) * scale);
      const right = Math.min(gutter + layout.plotWidth, gutter + (to - view.from) * scale);
      // A life that is narrower than a pixel is still seen.
      if (right >= gutter && left <= gutter + layout.plotWidth) {
        context.rect(left, top, Math.max(1, right - left), height);
      }
    }
    context.clip();
    curve(context, points, view, gutter, scale, base, room / highest, color);
    context.restore();
    context.fillStyle = palette.line;
    context.globalAlpha = 0.6;
    context.fillRect(gutter, top + height - 1, layout.plotWidth, 1);
    context.globalAlpha = 1;
    const shown = living ? points.findLast((p) => p.at <= now)?.mean : undefined;
    context.font = `${font}px ${palette.font}`;
    context.fillStyle = palette.soft;
    context.fillText(name, 12, top + height / 2);
    if (shown !== undefined) {
      context.textAlign = 'right';
      context.font = `600 ${font}px ${palette.font}`;
      context.fillStyle = palette.ink;
      context.fillText(`${valueText(lane, shown)}${unit}`, gutter - 10, top + height / 2);
      context.textAlign = 'left';
    }
  });
}

function curve(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  view: Viewport,
  left: number,
  scale: number,
  base: number,
  perUnit: number,
  color: string,
): void {
  if (points.length === 0) {
    return;
  }
  const x = (at: number) => left + (at - view.from) * scale;
  context.beginPath();
  let previous: Point | undefined;
  for (const point of points) {
    const y = base - point.mean * perUnit;
    if (!previous) {
      context.moveTo(x(point.at), base);
    } else {
      context.lineTo(x(point.at), base - previous.mean * perUnit);
    }
    context.lineTo(x(point.at), y);
    previous = point;
  }
  context.lineTo(x(previous?.at ?? view.to), base);
  context.closePath();
  context.fillStyle = color;
  context.globalAlpha = 0.2;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.25;
  context.stroke();
}
