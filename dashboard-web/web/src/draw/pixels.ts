import type { Viewport } from '../core/axis';
import type { Tile } from '../core/tile';
import type { Layout } from './layout';
import type { Palette } from './palette';

/** A run of pixels that is longer than this is filled at once. */
const FILL_FROM = 8;

/** Where the first value stands in a sorted array that is not less. */
export function firstAt(sorted: ArrayLike<number>, least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/**
 * The ticks and counts of all rows, written as pixels: the cost of a frame is that of its pixels,
 * however many events they stand for.
 */
export class PixelLayer {
  private readonly canvas = document.createElement('canvas');
  private image: ImageData | undefined;
  private pixels = new Uint32Array(0);
  private width = 0;
  private height = 0;

  /** Makes the layer as large as this, in pixels of the device, and empty. */
  begin(width: number, height: number): void {
    if (!this.image || width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    } else {
      this.pixels.fill(0);
    }
  }

  drawTo(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
    const own = this.canvas.getContext('2d');
    if (own && this.image) {
      own.putImageData(this.image, 0, 0);
      context.drawImage(this.canvas, x, y, w, h);
    }
  }

  private column(x0: number, x1: number, y0: number, y1: number, pixel: number): void {
    const { pixels, width } = this;
    const left = Math.max(0, x0);
    const right = Math.min(width, Math.max(x1, x0 + 1));
    if (left >= right) {
      return;
    }
    const end = Math.min(this.height, y1) * width;
    const wide = right - left;
    for (let line = Math.max(0, y0) * width + left; line < end; line += width) {
      if (wide > FILL_FROM) {
        pixels.fill(pixel, line, line + wide);
      } else {
        for (let at = line; at < line + wide; at++) {
          pixels[at] = pixel;
        }
      }
    }
  }

  /** The counts: the more, the higher; what is trouble is as high as the row and on top. */
  counts(tile: Tile, view: Viewport, layout: Layout, ratio: number, palette: Palette): void {
    const { count } = tile;
    const scale = this.width / (view.to - view.from);
    const bucketWidth = 2 ** tile.level;
    const trouble = palette.groups.length - 1;
    const rowHeight = layout.metrics.row * ratio;
    const origin = layout.rowsTop * ratio;
    // Counts are sorted by bucket. What is trouble is two pixels wide, so it reaches in from the left.
    const first = firstAt(count.bucket, (view.from - tile.from) / bucketWidth - 1 - (2 * ratio) / (scale * bucketWidth));
    const end = firstAt(count.bucket, (view.to - tile.from) / bucketWidth);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = first; i < end; i++) {
        const group = count.group[i] ?? 0;
        if ((group === trouble) !== (pass === 1)) {
          continue;
        }
        const index = layout.indexOf(count.row[i] ?? 0);
        if (!layout.seen(index)) {
          continue;
        }
        const from = tile.from + (count.bucket[i] ?? 0) * bucketWidth;
        const x0 = Math.round((from - view.from) * scale);
        const x1 = Math.round((from + bucketWidth - view.from) * scale);
        const bottom = layout.top(index) * ratio - origin + rowHeight * 0.84;
        const share = pass === 1 ? 1 : Math.min(1, 0.28 + 0.13 * Math.log2(1 + (count.count[i] ?? 0)));
        const top = bottom - rowHeight * 0.68 * share;
        const wide = pass === 1 ? Math.max(x1, x0 + Math.round(2 * ratio)) : x1;
        this.column(x0, wide, Math.round(top), Math.round(bottom), palette.pixels[group] ?? 0);
      }
    }
  }

  /** The ticks themselves: a mark at its instant, and before it a thin line as long as it took. */
  ticks(tile: Tile, view: Viewport, layout: Layout, ratio: number, palette: Palette): void {
    const { tick } = tile;
    const scale = this.width / (view.to - view.from);
    const timed = tile.axis === 'time' || tile.axis === 'active';
    const rowHeight = layout.metrics.row * ratio;
    const origin = layout.rowsTop * ratio;
    const wide = Math.max(1, Math.round(1.5 * ratio));
    for (let i = 0; i < tick.n; i++) {
      const index = layout.indexOf(tick.row[i] ?? 0);
      if (!layout.seen(index)) {
        continue;
      }
      const pixel = palette.pixels[tick.group[i] ?? 0] ?? 0;
      const at = tick.at[i] ?? 0;
      const x = Math.round((at - view.from) * scale);
      const top = layout.top(index) * ratio - origin;
      const duration = (tick.durationMs[i] ?? 0) * 1000;
      if (timed && duration * scale > 2) {
        const start = Math.round((at - duration - view.from) * scale);
        this.column(
          start,
          x,
          Math.round(top + rowHeight * 0.42),
          Math.round(top + rowHeight * 0.6),
          pixel,
        );
      }
      const reach = tick.group[i] === palette.groups.length - 1 ? 0.12 : 0.24;
      this.column(
        x,
        x + wide,
        Math.round(top + rowHeight * reach),
        Math.round(top + rowHeight * (1 - reach + 0.06)),
        pixel,
      );
    }
  }
}
