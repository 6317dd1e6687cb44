import type { Viewport } from '../core/axis';
import type { Overview } from '../core/api';
import type { Tile } from '../core/tile';
import type { Layout } from './layout';
import type { Palette } from './palette';

/** What draws slices: lives as a thin line, what is done in them as bars on it. */
export class SlicePainter {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly palette: Palette,
    private readonly layout: Layout,
    private readonly view: Viewport,
    private readonly overview: Overview,
    /** Where what is open ends for now. */
    private readonly head: number,
  ) {}

  private x(at: number): number {
    const { gutter } = this.layout.metrics;
    return gutter + ((at - this.view.from) / (this.view.to - this.view.from)) * this.layout.plotWidth;
  }

  /** The part of each slice that lies in the tile, so that none is drawn twice. */
  draw(tile: Tile, lives: boolean): void {
    const { slice } = tile;
    const { gutter } = this.layout.metrics;
    const lifeKind = this.overview.kinds.indexOf('life');
    for (let i = 0; i < slice.n; i++) {
      const index = this.layout.indexOf(slice.row[i] ?? 0);
      const kind = slice.kind[i] ?? 0;
      if (!this.layout.seen(index) || (kind === lifeKind) !== lives) {
        continue;
      }
      const open = slice.toSequence[i] === 0;
      const from = Math.max(slice.from[i] ?? 0, tile.from);
      const to = Math.min(open ? this.head : (slice.to[i] ?? 0), tile.to);
      const x0 = Math.max(gutter, this.x(from));
      const x1 = Math.min(this.layout.width, this.x(to));
      if (x1 < gutter || x0 > this.layout.width || x1 < x0) {
        continue;
      }
      const top = this.layout.top(index);
      if (lives) {
        this.life(x0, x1, top);
      } else {
        this.bar(kind, x0, x1, top, open && to === this.head);
      }
    }
  }

  private life(x0: number, x1: number, top: number): void {
    const { row } = this.layout.metrics;
    this.context.fillStyle = this.palette.life;
    this.context.fillRect(x0, top + row / 2 - 1.5, Math.max(1, x1 - x0), 3);
  }

  private bar(kind: number, x0: number, x1: number, top: number, open: boolean): void {
    const { context } = this;
    const { row } = this.layout.metrics;
    const colors = this.palette.kinds[kind];
    const inset = this.overview.kinds[kind] === 'lock' ? row * 0.32 : row * 0.16;
    context.fillStyle = colors?.fill ?? this.palette.life;
    context.fillRect(x0, top + inset, Math.max(1, x1 - x0), row - 2 * inset);
    if (open) {
      this.openEnd(x1, top + inset, row - 2 * inset, colors?.ink ?? this.palette.ink);
    }
  }

  /** Work in progress has no right edge: it ends in teeth. */
  private openEnd(x: number, top: number, height: number, ink: string): void {
    const { context } = this;
    context.fillStyle = ink;
    for (let tooth = 0; tooth < 3; tooth++) {
      context.fillRect(x + 1 + tooth * 4, top + height / 2 - 1, 2, 2);
    }
  }

  /** Ends and names go above the ticks; a name stands where its slice begins to be seen. */
  drawLabels(tile: Tile, leftmost: boolean): void {
    const { slice } = tile;
    const { gutter } = this.layout.metrics;
    const lifeKind = this.overview.kinds.indexOf('life');
    for (let i = 0; i < slice.n; i++) {
      const index = this.layout.indexOf(slice.row[i] ?? 0);
      if (!this.layout.seen(index)) {
        continue;
      }
      const top = this.layout.top(index);
      const open = slice.toSequence[i] === 0;
      const from = slice.from[i] ?? 0;
      const to = open ? this.head : (slice.to[i] ?? 0);
      const life = (slice.kind[i] ?? 0) === lifeKind;
      if (life && !open && to >= tile.from && to < tile.to) {
        this.end(slice.end[i] ?? 0, this.x(to), top);
      }
      const begins = from >= tile.from && from < tile.to;
      if (begins || (leftmost && from < tile.from)) {
        const x0 = Math.max(gutter, this.x(from));
        const room = Math.min(this.layout.width, this.x(to)) - x0;
        // Where sessions are dense with events, those are more telling than the name.
        const hides = tile.counted && this.overview.kinds[slice.kind[i] ?? 0] === 'session';
        if (room > 34 && x0 < this.layout.width && !hides) {
          const text = life ? String(slice.pid[i]) : (tile.labels[slice.label[i] ?? 0] ?? '');
          this.label(text, x0, room, top, slice.kind[i] ?? 0, life);
        }
      }
    }
  }

  private label(text: string, x: number, room: number, top: number, kind: number, life: boolean): void {
    const { context, palette } = this;
    const { row, font } = this.layout.metrics;
    const colors = palette.kinds[kind];
    if (life) {
      return; // the tooltip says the pid; the bars on the line say the rest
    }
    context.font = `500 ${font - 1}px ${palette.font}`;
    const width = Math.min(room - 6, context.measureText(text).width + 8);
    if (width < 26) {
      return;
    }
    context.save();
    context.beginPath();
    context.rect(x + 2, top, width, row);
    context.clip();
    context.fillStyle = colors?.fill ?? palette.life;
    context.fillRect(x + 2, top + row * 0.16, width, row * 0.68);
    context.fillStyle = colors?.ink ?? palette.ink;
    context.fillText(text, x + 6, top + row / 2 + 0.5);
    context.restore();
  }

  /** How a life ended: in good order with a bar, badly with a cross. */
  private end(end: number, x: number, top: number): void {
    const { gutter, row } = this.layout.metrics;
    if (x < gutter || x > this.layout.width) {
      return;
    }
    const { context, palette } = this;
    const name = this.overview.ends[end];
    const middle = top + row / 2;
    const reach = row * 0.2;
    context.lineWidth = 2;
    context.beginPath();
    if (name === 'crashed' || name === 'lost') {
      context.strokeStyle = palette.bad;
      context.moveTo(x - reach, middle - reach);
      context.lineTo(x + reach, middle + reach);
      context.moveTo(x - reach, middle + reach);
      context.lineTo(x + reach, middle - reach);
    } else {
      context.strokeStyle = palette.faint;
      context.moveTo(x, middle - reach * 1.2);
      context.lineTo(x, middle + reach * 1.2);
    }
    context.stroke();
  }
}
