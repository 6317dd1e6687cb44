import { clockText, durationText, micros } from '../base/time';
import { bytesText, grouped, lsnText } from '../base/format';
import type { Axis, Viewport } from '../core/axis';
import type { Tile } from '../core/tile';
import type { Layout } from './layout';
import type { Palette } from './palette';

/** 1, 2 or 5 times a power of ten, at least this long. */
export function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  for (const factor of [1, 2, 5]) {
    if (factor * power >= atLeast) {
      return factor * power;
    }
  }
  return 10 * power;
}

const SECOND = 1e6;
const CLOCK_STEPS = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400];

/** A step that reads well: powers of two for positions in the WAL, clock steps for time. */
export function axisStep(axis: Axis, atLeast: number): number {
  if (axis === 'lsn') {
    return 2 ** Math.ceil(Math.log2(Math.max(1, atLeast)));
  }
  if (axis === 'sequence' || atLeast <= SECOND) {
    return niceStep(atLeast);
  }
  const step = CLOCK_STEPS.find((seconds) => seconds * SECOND >= atLeast);
  return step === undefined ? Math.ceil(atLeast / (86400 * SECOND)) * 86400 * SECOND : step * SECOND;
}

/** The coordinate of another axis there, between the two nearest places that tiles tell. */
export function timeAt(tiles: readonly Tile[], at: number): number | undefined {
  let before: { at: number; time: number } | undefined;
  for (const tile of tiles) {
    const { anchor } = tile;
    for (let i = 0; i < anchor.n; i++) {
      const here = { at: anchor.at[i] ?? 0, time: anchor.time[i] ?? 0 };
      if (here.at >= at) {
        if (!before || here.at === before.at) {
          return here.time;
        }
        const share = (at - before.at) / (here.at - before.at);
        return before.time + share * (here.time - before.time);
      }
      before = here;
    }
  }
  return before?.time;
}

/** A coordinate for people. */
export function axisText(axis: Axis, at: number, perPixel: number, tiles: readonly Tile[]): string {
  switch (axis) {
    case 'time':
      return clockText(micros(at), perPixel);
    case 'active': {
      const time = timeAt(tiles, at);
      return time === undefined ? durationText(at) : clockText(micros(time), perPixel);
    }
    case 'lsn':
      return lsnText(Math.max(0, at));
    case 'sequence':
      return `#${grouped(Math.max(0, Math.round(at)))}`;
  }
}

export function spanText(axis: Axis, span: number): string {
  switch (axis) {
    case 'lsn':
      return bytesText(span);
    case 'sequence':
      return `${grouped(Math.round(span))} events`;
    default:
      return durationText(span);
  }
}

export function drawRuler(
  context: CanvasRenderingContext2D,
  palette: Palette,
  layout: Layout,
  view: Viewport,
  axis: Axis,
  tiles: readonly Tile[],
): void {
  const { ruler, gutter, font } = layout.metrics;
  const span = view.to - view.from;
  const perPixel = span / layout.plotWidth;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, layout.width, ruler);
  context.fillStyle = palette.line;
  context.fillRect(0, ruler - 1, layout.width, 1);
  context.font = `${font}px ${palette.font}`;
  const step = axisStep(axis, perPixel * 120);
  // Steps of the clock begin at full hours where the reader is.
  const zone = axis === 'time' ? new Date(view.from / 1000).getTimezoneOffset() * 60 * SECOND : 0;
  const first = Math.ceil((view.from - zone) / step) * step + zone;
  for (let at = first; at <= view.to; at += step) {
    const x = Math.round(gutter + (at - view.from) / perPixel);
    context.fillStyle = palette.line;
    context.fillRect(x, ruler - 9, 1, 9);
    context.fillStyle = palette.soft;
    context.fillText(axisText(axis, at, step / 120, tiles), x + 5, ruler / 2);
  }
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, gutter, ruler - 1);
  context.fillStyle = palette.faint;
  context.fillText(`${spanText(axis, span)} shown`, 12, ruler / 2);
}

/** Thin lines down the whole plot, under everything. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  palette: Palette,
  layout: Layout,
  view: Viewport,
  axis: Axis,
): void {
  const perPixel = (view.to - view.from) / layout.plotWidth;
  const step = axisStep(axis, perPixel * 120);
  const zone = axis === 'time' ? new Date(view.from / 1000).getTimezoneOffset() * 60 * SECOND : 0;
  context.fillStyle = palette.line;
  context.globalAlpha = 0.55;
  for (let at = Math.ceil((view.from - zone) / step) * step + zone; at <= view.to; at += step) {
    const x = Math.round(layout.metrics.gutter + (at - view.from) / perPixel);
    context.fillRect(x, layout.metrics.ruler, 1, layout.height);
  }
  context.globalAlpha = 1;
}
