import { clockText, durationText, type Micros, micros } from '../base/time';
import { familyOf, type LogEvent } from '../core/event';
import type { Lane, Slice } from '../core/lanes';
import type { Store, Viewport } from '../core/store';

export const LANE_HEIGHT = 26;
export const AXIS_HEIGHT = 28;
export const GUTTER = 210;

export interface Palette {
  readonly background: string;
  readonly stripe: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly life: string;
  readonly playhead: string;
  readonly bad: string;
  readonly slices: Readonly<Record<Slice['kind'], string>>;
  readonly families: Readonly<Record<string, string>>;
}

/** The colors of the page's style sheet, so that light and dark are decided in one place. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    background: color('surface'),
    stripe: color('stripe'),
    ink: color('ink'),
    faint: color('faint'),
    line: color('line'),
    life: color('life'),
    playhead: color('accent'),
    bad: color('bad'),
    slices: {
      checkpoint: color('checkpoint'),
      recovery: color('recovery'),
      vacuum: color('vacuum'),
      session: color('session'),
      state: color('state'),
    },
    families: {
      postmaster: color('ink'),
      process: color('process'),
      connection: color('session-ink'),
      transaction: color('transaction'),
      statement: color('statement'),
      wal: color('wal'),
      checkpoint: color('checkpoint-ink'),
      vacuum: color('vacuum-ink'),
      recovery: color('recovery-ink'),
      fault: color('bad'),
      lock: color('bad'),
    },
  };
}

/** Which lanes are drawn: those that lived in the part of time that is shown. */
export function visibleLanes(store: Store, viewport: Viewport): readonly Lane[] {
  return store.lanes
    .ordered()
    .filter(
      (lane) =>
        lane.born <= viewport.to &&
        (lane.died === undefined || lane.died >= viewport.from) &&
        (store.showEnded || lane.died === undefined || lane.died > store.now()),
    );
}

/** The part of time that a viewport shows when the reader asked for none: all, with some air. */
export function fit(store: Store): Viewport {
  const span = Math.max(1_000_000, store.newest - store.oldest);
  return {
    from: micros(store.oldest - span * 0.02),
    to: micros(store.newest + span * 0.05),
  };
}

export class TimelineDrawing {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly palette: Palette,
    private readonly width: number,
    private readonly height: number,
    private readonly viewport: Viewport,
    private readonly scrollTop: number,
  ) {}

  x(at: Micros): number {
    const span = this.viewport.to - this.viewport.from;
    return GUTTER + ((at - this.viewport.from) / span) * (this.width - GUTTER);
  }

  draw(store: Store, lanes: readonly Lane[]): void {
    const { context, palette } = this;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, this.width, this.height);
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    const now = store.now();
    lanes.forEach((lane, index) => {
      const top = AXIS_HEIGHT + index * LANE_HEIGHT - this.scrollTop;
      if (top + LANE_HEIGHT > AXIS_HEIGHT && top < this.height) {
        this.lane(lane, index, top, now, store.selected);
      }
    });
    this.causes(store, lanes);
    this.axis();
    this.playhead(now, store.player.mode === 'live');
  }

  private lane(
    lane: Lane,
    index: number,
    top: number,
    now: Micros,
    selected: LogEvent | undefined,
  ): void {
    const { context, palette } = this;
    if (index % 2 === 1) {
      context.fillStyle = palette.stripe;
      context.fillRect(0, top, this.width, LANE_HEIGHT);
    }
    const middle = top + LANE_HEIGHT / 2;
    const from = Math.max(GUTTER, this.x(lane.born));
    const to = Math.min(this.width, lane.died === undefined ? this.width : this.x(lane.died));
    context.fillStyle = palette.life;
    context.fillRect(from, middle - 2, Math.max(1, to - from), 4);
    for (const slice of lane.slices) {
      this.slice(slice, top);
    }
    this.instants(lane, middle, selected);
    for (const slice of lane.slices) {
      this.sliceLabel(slice, top);
    }
    if (lane.died !== undefined && to >= GUTTER) {
      this.end(lane, to, middle);
    }
    this.name(lane, top, middle, now);
  }

  private slice(slice: Slice, top: number): void {
    const { context, palette } = this;
    const open = slice.to === undefined;
    const from = Math.max(GUTTER, this.x(slice.from));
    const to = Math.min(this.width, slice.to === undefined ? this.width : this.x(slice.to));
    if (to < GUTTER || from > this.width) {
      return;
    }
    const width = Math.max(1.5, to - from);
    context.fillStyle = palette.slices[slice.kind];
    context.globalAlpha = open ? 0.7 : 1;
    context.fillRect(from, top + 4, width, LANE_HEIGHT - 8);
    context.globalAlpha = 1;
  }

  /** Above the marks, on a ground of the slice's color, so that both can be read. */
  private sliceLabel(slice: Slice, top: number): void {
    const { context, palette } = this;
    const from = Math.max(GUTTER, this.x(slice.from));
    const to = Math.min(this.width, slice.to === undefined ? this.width : this.x(slice.to));
    const room = to - from - 8;
    if (room < 40) {
      return;
    }
    const width = Math.min(room, context.measureText(slice.label).width + 4);
    context.save();
    context.beginPath();
    context.rect(from + 4, top, width, LANE_HEIGHT);
    context.clip();
    context.fillStyle = palette.slices[slice.kind];
    context.fillRect(from + 4, top + 4, width, LANE_HEIGHT - 8);
    context.fillStyle = palette.ink;
    context.fillText(slice.label, from + 6, top + LANE_HEIGHT / 2);
    context.restore();
  }

  /** Events that are closer than a pixel are one mark. */
  private instants(lane: Lane, middle: number, selected: LogEvent | undefined): void {
    const { context, palette } = this;
    let last = -10;
    for (const event of lane.events) {
      const x = this.x(event.time);
      if (x < GUTTER || x > this.width || x - last < 1) {
        continue;
      }
      last = x;
      context.fillStyle = palette.families[familyOf(event)] ?? palette.faint;
      context.fillRect(x - 1, middle - 6, 2, 12);
    }
    if (selected && selected.pid === lane.pid && lane.events.includes(selected)) {
      context.strokeStyle = palette.playhead;
      context.lineWidth = 2;
      context.strokeRect(this.x(selected.time) - 5, middle - 9, 10, 18);
    }
  }

  private end(lane: Lane, x: number, middle: number): void {
    const { context, palette } = this;
    const bad = lane.end === 'crashed' || lane.end === 'lost';
    context.strokeStyle = bad ? palette.bad : palette.faint;
    context.lineWidth = 2;
    context.beginPath();
    if (bad) {
      context.moveTo(x - 5, middle - 5);
      context.lineTo(x + 5, middle + 5);
      context.moveTo(x - 5, middle + 5);
      context.lineTo(x + 5, middle - 5);
    } else {
      context.moveTo(x, middle - 6);
      context.lineTo(x, middle + 6);
    }
    context.stroke();
  }

  private name(lane: Lane, top: number, middle: number, now: Micros): void {
    const { context, palette } = this;
    context.fillStyle = palette.background;
    context.fillRect(0, top, GUTTER - 1, LANE_HEIGHT);
    const alive = lane.born <= now && (lane.died === undefined || lane.died > now);
    context.fillStyle = alive ? palette.ink : palette.faint;
    context.fillText(lane.processType, 10, middle, GUTTER - 76);
    context.textAlign = 'right';
    context.fillStyle = palette.faint;
    context.fillText(lane.pid === 0 ? '–' : String(lane.pid), GUTTER - 10, middle);
    context.textAlign = 'left';
    context.fillStyle = palette.line;
    context.fillRect(GUTTER - 1, top, 1, LANE_HEIGHT);
  }

  /** From the selected event up its causes: the chain that led to it. */
  private causes(store: Store, lanes: readonly Lane[]): void {
    const { context, palette } = this;
    let effect = store.selected;
    context.strokeStyle = palette.playhead;
    context.lineWidth = 1.5;
    for (let hops = 0; effect && effect.cause !== 0 && hops < 100; hops++) {
      const cause: LogEvent | undefined = store.history.at(store.history.indexOf(effect.cause));
      if (!cause) {
        return;
      }
      const from = this.row(lanes, cause);
      const to = this.row(lanes, effect);
      if (from !== undefined && to !== undefined) {
        const x1 = Math.max(GUTTER, this.x(cause.time));
        const x2 = Math.max(GUTTER, this.x(effect.time));
        context.beginPath();
        context.moveTo(x1, from);
        context.bezierCurveTo(x1 + 20, from, x2 - 20, to, x2, to);
        context.stroke();
      }
      effect = cause;
    }
  }

  private row(lanes: readonly Lane[], event: LogEvent): number | undefined {
    const index = lanes.findIndex(
      (lane) =>
        lane.pid === event.pid &&
        lane.processType === event.processType &&
        lane.born <= event.time &&
        (lane.died === undefined || lane.died >= event.time),
    );
    return index < 0
      ? undefined
      : AXIS_HEIGHT + (index + 0.5) * LANE_HEIGHT - this.scrollTop;
  }

  private axis(): void {
    const { context, palette } = this;
    context.fillStyle = palette.background;
    context.fillRect(0, 0, this.width, AXIS_HEIGHT);
    context.fillStyle = palette.line;
    context.fillRect(0, AXIS_HEIGHT - 1, this.width, 1);
    const span = this.viewport.to - this.viewport.from;
    const step = niceStep((span / (this.width - GUTTER)) * 130);
    const perPixel = span / (this.width - GUTTER);
    context.fillStyle = palette.faint;
    const first = Math.ceil(this.viewport.from / step) * step;
    for (let at = first; at <= this.viewport.to; at += step) {
      const x = this.x(micros(at));
      context.fillRect(x, AXIS_HEIGHT - 6, 1, 6);
      context.fillText(clockText(micros(at), perPixel), x + 4, AXIS_HEIGHT / 2 - 1);
    }
    context.fillText(`${durationText(span)} shown`, 10, AXIS_HEIGHT / 2 - 1);
  }

  private playhead(now: Micros, live: boolean): void {
    const { context, palette } = this;
    const x = this.x(now);
    if (x < GUTTER || x > this.width) {
      return;
    }
    context.fillStyle = palette.playhead;
    context.fillRect(x - (live ? 0.5 : 1), 0, live ? 1 : 2, this.height);
    context.beginPath();
    context.moveTo(x - 6, 0);
    context.lineTo(x + 6, 0);
    context.lineTo(x, 9);
    context.fill();
  }
}

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
