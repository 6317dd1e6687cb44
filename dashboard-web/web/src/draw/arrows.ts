import type { ChainView, TickView } from '../core/api';
import type { Axis, Viewport } from '../core/axis';
import type { Tile } from '../core/tile';
import type { Layout } from './layout';
import type { Palette } from './palette';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** With more events than this in view, only the chain of the selected one has arrows. */
const ARROWS_MAX = 500;

export class ArrowPainter {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly palette: Palette,
    private readonly layout: Layout,
    private readonly view: Viewport,
    private readonly axis: Axis,
  ) {}

  private point(at: number, row: number): Point | undefined {
    const index = this.layout.indexOf(row);
    if (index < 0) {
      return undefined;
    }
    const { gutter, row: height } = this.layout.metrics;
    const share = (at - this.view.from) / (this.view.to - this.view.from);
    return { x: gutter + share * this.layout.plotWidth, y: this.layout.top(index) + height / 2 };
  }

  private arrow(from: Point, to: Point): void {
    const { context } = this;
    const bend = Math.max(12, Math.min(60, Math.abs(to.x - from.x) / 2));
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
    context.stroke();
    context.beginPath();
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 6, to.y - 3.5);
    context.lineTo(to.x - 6, to.y + 3.5);
    context.fill();
  }

  /** From each cause to its effect, where so few are seen that arrows help. */
  drawAll(tiles: readonly Tile[]): void {
    const total = tiles.reduce((sum, tile) => sum + (tile.counted ? ARROWS_MAX : tile.tick.n), 0);
    if (total === 0 || total >= ARROWS_MAX) {
      return;
    }
    const places = new Map<number, Point>();
    for (const { tick } of tiles) {
      for (let i = 0; i < tick.n; i++) {
        const point = this.point(tick.at[i] ?? 0, tick.row[i] ?? 0);
        if (point) {
          places.set(tick.sequence[i] ?? 0, point);
        }
      }
    }
    const { context } = this;
    context.strokeStyle = this.palette.faint;
    context.fillStyle = this.palette.faint;
    context.lineWidth = 1;
    context.globalAlpha = 0.55;
    for (const { tick } of tiles) {
      for (let i = 0; i < tick.n; i++) {
        const sequence = tick.sequence[i] ?? 0;
        const back = tick.causeBack[i] ?? 0;
        const cause = back === 0 ? undefined : places.get(sequence - back);
        const effect = places.get(sequence);
        if (cause && effect && Math.abs(cause.y - effect.y) > 1) {
          this.arrow(cause, effect);
        }
      }
    }
    context.globalAlpha = 1;
  }

  /** The chain of the selected event: from its root cause to it, and on to its effects. */
  drawChain(chain: ChainView): void {
    const { context, palette } = this;
    context.strokeStyle = palette.accent;
    context.fillStyle = palette.accent;
    context.lineWidth = 1.75;
    const up = [chain.tick, ...chain.causes];
    for (let i = 0; i + 1 < up.length; i++) {
      this.between(up[i + 1], up[i]);
    }
    context.lineWidth = 1;
    for (const effect of chain.effects) {
      this.between(chain.tick, effect);
    }
    const at = this.point(chain.tick[this.axis], chain.tick.row);
    if (at && at.x >= this.layout.metrics.gutter) {
      context.lineWidth = 2;
      context.beginPath();
      context.arc(at.x + 0.5, at.y, this.layout.metrics.row * 0.38, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  private between(cause: TickView | undefined, effect: TickView | undefined): void {
    const from = cause && this.point(cause[this.axis], cause.row);
    const to = effect && this.point(effect[this.axis], effect.row);
    if (from && to) {
      this.arrow(from, to);
    }
  }
}
