import { useEffect, useRef } from 'preact/hooks';
import { type Micros, micros } from '../base/time';
import type { LogEvent } from '../core/event';
import type { Lane } from '../core/lanes';
import type { Store, Viewport } from '../core/store';
import {
  AXIS_HEIGHT,
  fit,
  GUTTER,
  LANE_HEIGHT,
  paletteOf,
  TimelineDrawing,
  visibleLanes,
} from './canvas';

const ZOOM_STEP = 1.2;
const SPAN_MIN = 50;

/** The timeline: a lane for each process, drawn on a canvas in one frame loop. */
export function Timeline({ store }: { store: Store }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const element = canvas.current;
    return element ? new TimelineWidget(element, store).start() : undefined;
  }, [store]);

  return (
    <canvas
      ref={canvas}
      class="timeline"
      data-testid="timeline"
      tabIndex={0}
      aria-label="Timeline: a lane for each process. Keys: W and S zoom, A and D pan, F fits all."
    />
  );
}

class TimelineWidget {
  private readonly context: CanvasRenderingContext2D;
  private scrollTop = 0;
  private lanes: readonly Lane[] = [];
  private frame = 0;
  private drag: { x: number; viewport: Viewport; moved: boolean } | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly store: Store,
  ) {
    const context = canvas.getContext('2d');
    if (!context) {
      throw new Error('this browser has no canvas');
    }
    this.context = context;
  }

  start(): () => void {
    const { canvas } = this;
    const draw = () => {
      this.draw();
      this.frame = requestAnimationFrame(draw);
    };
    this.frame = requestAnimationFrame(draw);
    canvas.addEventListener('wheel', this.onWheel, { passive: false });
    canvas.addEventListener('pointerdown', this.onDown);
    canvas.addEventListener('pointermove', this.onMove);
    canvas.addEventListener('pointerup', this.onUp);
    canvas.addEventListener('keydown', this.onKey);
    return () => {
      cancelAnimationFrame(this.frame);
      canvas.removeEventListener('wheel', this.onWheel);
      canvas.removeEventListener('pointerdown', this.onDown);
      canvas.removeEventListener('pointermove', this.onMove);
      canvas.removeEventListener('pointerup', this.onUp);
      canvas.removeEventListener('keydown', this.onKey);
    };
  }

  private draw(): void {
    const { canvas, store, context } = this;
    const ratio = devicePixelRatio;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const before = store.now();
    store.player.tick(store.newest, performance.now());
    if (store.now() !== before) {
      store.changed();
    }
    const viewport = this.viewport();
    this.lanes = visibleLanes(store, viewport);
    const palette = paletteOf(canvas);
    new TimelineDrawing(context, palette, width, height, viewport, this.scrollTop).draw(
      store,
      this.lanes,
    );
  }

  /** What is shown; it moves on with the newest event as long as the reader lets it. */
  private viewport(): Viewport {
    const { store } = this;
    const shown = store.viewport ?? fit(store);
    if (!store.viewport || store.player.mode === 'paused' || !store.following) {
      return shown;
    }
    const span = shown.to - shown.from;
    const now = store.now();
    if (now > shown.to - span * 0.05 || now < shown.from) {
      const to = micros(now + span * 0.1);
      store.viewport = { from: micros(to - span), to };
      return store.viewport;
    }
    return shown;
  }

  private timeAt(x: number): Micros {
    const { from, to } = this.viewport();
    const share = (x - GUTTER) / Math.max(1, this.canvas.clientWidth - GUTTER);
    return micros(from + share * (to - from));
  }

  private zoom(factor: number, x: number): void {
    const { from, to } = this.viewport();
    const fixed = this.timeAt(Math.max(GUTTER, x));
    const span = Math.max(SPAN_MIN, (to - from) * factor);
    const share = (fixed - from) / (to - from);
    this.store.viewport = {
      from: micros(fixed - share * span),
      to: micros(fixed + (1 - share) * span),
    };
    this.store.following = false;
  }

  private pan(share: number): void {
    const { from, to } = this.viewport();
    const by = (to - from) * share;
    this.store.viewport = { from: micros(from + by), to: micros(to + by) };
    this.store.following = false;
  }

  private readonly onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.pan((event.deltaX || event.deltaY) / this.canvas.clientWidth);
    } else if (event.ctrlKey || event.metaKey || event.offsetX > GUTTER) {
      this.zoom(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event.offsetX);
    } else {
      this.scroll(event.deltaY);
    }
  };

  private scroll(by: number): void {
    const content = this.lanes.length * LANE_HEIGHT;
    const room = this.canvas.clientHeight - AXIS_HEIGHT;
    this.scrollTop = Math.min(Math.max(0, content - room), Math.max(0, this.scrollTop + by));
  }

  private readonly onDown = (event: PointerEvent) => {
    this.drag = { x: event.offsetX, viewport: { ...this.viewport() }, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
  };

  private readonly onMove = (event: PointerEvent) => {
    const { drag } = this;
    if (!drag || Math.abs(event.offsetX - drag.x) < 3) {
      return;
    }
    drag.moved = true;
    const { from, to } = drag.viewport;
    const perPixel = (to - from) / Math.max(1, this.canvas.clientWidth - GUTTER);
    const by = (drag.x - event.offsetX) * perPixel;
    this.store.viewport = { from: micros(from + by), to: micros(to + by) };
    this.store.following = false;
  };

  private readonly onUp = (event: PointerEvent) => {
    const { drag, store } = this;
    this.drag = undefined;
    if (!drag || drag.moved || event.offsetX < GUTTER) {
      return;
    }
    if (event.offsetY >= AXIS_HEIGHT) {
      store.selected = this.nearest(event.offsetX, event.offsetY);
    }
    store.player.scrub(store.selected?.time ?? this.timeAt(event.offsetX));
    if (event.offsetY < AXIS_HEIGHT || !store.selected) {
      store.player.scrub(this.timeAt(event.offsetX));
    }
    store.changed();
  };

  /** The event that was clicked at, if one is within a few pixels. */
  private nearest(x: number, y: number): LogEvent | undefined {
    const lane = this.lanes[Math.floor((y - AXIS_HEIGHT + this.scrollTop) / LANE_HEIGHT)];
    const reach = this.timeAt(x + 6) - this.timeAt(x);
    const at = this.timeAt(x);
    let best: LogEvent | undefined;
    for (const event of lane?.events ?? []) {
      const distance = Math.abs(event.time - at);
      if (distance <= reach && (!best || distance < Math.abs(best.time - at))) {
        best = event;
      }
    }
    return best;
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const middle = GUTTER + (this.canvas.clientWidth - GUTTER) / 2;
    switch (event.key.toLowerCase()) {
      case 'w':
        this.zoom(1 / ZOOM_STEP, middle);
        break;
      case 's':
        this.zoom(ZOOM_STEP, middle);
        break;
      case 'a':
        this.pan(-0.1);
        break;
      case 'd':
        this.pan(0.1);
        break;
      case 'f':
        this.store.viewport = undefined;
        this.store.following = true;
        break;
      case 'arrowdown':
        this.scroll(LANE_HEIGHT);
        break;
      case 'arrowup':
        this.scroll(-LANE_HEIGHT);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
}
