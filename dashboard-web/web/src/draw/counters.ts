import { bytesText, shortNumber } from '../base/format';
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
): void {
  const { gutter, counter: height, ruler, font } = layout.metrics;
  const scale = layout.plotWidth / (view.to - view.from);
  COUNTER_LANES.forEach(({ name, unit }, lane) => {
    const top = ruler + lane * height;
    const base = top + height - 3;
    const points = pointsOf(tiles, lane);
    const highest = Math.max(1e-9, ...points.map((p) => p.most));
    const room = height - 8;
    const color = palette.counters[lane] ?? palette.ink;
    context.save();
    context.beginPath();
    context.rect(gutter, top, layout.plotWidth, height);
    context.clip();
    curve(context, points, view, gutter, scale, base, room / highest, color);
    context.restore();
    context.fillStyle = palette.line;
    context.globalAlpha = 0.6;
    context.fillRect(gutter, top + height - 1, layout.plotWidth, 1);
    context.globalAlpha = 1;
    const shown = points.findLast((p) => p.at <= now)?.mean;
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
