import { panned, type Viewport, zoomed } from '../core/axis';
import { kindOf } from '../core/processes';
import type { Store } from '../core/store';
import { type Hit, hitTest } from '../draw/hit';
import { drawMinimap } from '../draw/minimap';
import { type Palette, paletteOf } from '../draw/palette';
import { Scene } from '../draw/scene';

const WHEEL_ZOOM = 0.0016;
const CLICK_SLOP = 4;

/** A canvas that is smaller than this is not worth drawing. */
const PLOT_MIN = 200;

/** How fast held keys zoom and pan: factors of e, and widths, a second. */
const KEY_ZOOM = 2.6;
const KEY_PAN = 1.1;

interface Drag {
  readonly x: number;
  readonly view: Viewport;
  readonly kind: 'pan' | 'range' | 'scrub';
  moved: boolean;
}

function contextOf(canvas: HTMLCanvasElement, settings?: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', settings);
  if (!context) {
    throw new Error('this browser has no canvas');
  }
  return context;
}

/** What moves the timeline and has it drawn, at most once a frame and only when something changed. */
export class TimelineWidget {
  private readonly scene: Scene;
  private readonly stopping = new AbortController();
  private readonly held = new Set<string>();
  private palette: Palette | undefined;
  private paletteFor = '';
  private scrollTop = 0;
  private frame = 0;
  private lastFrame = 0;
  private minimapAt = 0;
  private drag: Drag | undefined;
  private size = '';
  private headDrawn = 0;

  constructor(
    private readonly store: Store,
    private readonly canvas: HTMLCanvasElement,
    private readonly minimap: HTMLCanvasElement,
    private readonly tooltip: HTMLElement,
  ) {
    // It has no holes, so nothing need be blended with what is behind it.
    this.scene = new Scene(store, contextOf(canvas, { alpha: false }));
  }

  start(): () => void {
    const { canvas, minimap } = this;
    const { signal } = this.stopping;
    const loop = (now: number) => {
      this.onFrame(now);
      this.frame = requestAnimationFrame(loop);
    };
    this.frame = requestAnimationFrame(loop);
    canvas.addEventListener('wheel', (e) => this.onWheel(e), { passive: false, signal });
    canvas.addEventListener('pointerdown', (e) => this.onDown(e), { signal });
    canvas.addEventListener('pointermove', (e) => this.onMove(e), { signal });
    canvas.addEventListener('pointerup', (e) => this.onUp(e), { signal });
    canvas.addEventListener('pointerleave', () => this.hideTooltip(), { signal });
    canvas.addEventListener('dblclick', (e) => this.onDoubleClick(e), { signal });
    minimap.addEventListener('pointerdown', (e) => this.onMinimap(e), { signal });
    minimap.addEventListener('pointermove', (e) => e.buttons === 1 && this.onMinimap(e), { signal });
    addEventListener('keydown', (e) => this.onKeyDown(e), { signal });
    addEventListener('keyup', (e) => this.held.delete(e.key.toLowerCase()), { signal });
    addEventListener('blur', () => this.held.clear(), { signal });
    addEventListener('lifeline-pin', () => this.pinHovered(), { signal });
    return () => {
      cancelAnimationFrame(this.frame);
      this.stopping.abort();
    };
  }

  private onFrame(now: number): void {
    const { store } = this;
    const elapsed = Math.min(0.1, (now - this.lastFrame) / 1000);
    this.lastFrame = now;
    this.moveByKeys(elapsed);
    store.tick(now);
    // While it is live, time goes on though nothing happens: once in a pixel is enough.
    const perPixel = (store.view.to - store.view.from) / Math.max(1, this.canvas.clientWidth);
    if (store.isLive && Math.abs(store.head() - this.headDrawn) > Math.max(perPixel, 16_000)) {
      store.dirty();
    }
    const size = `${this.canvas.clientWidth}x${this.canvas.clientHeight}@${devicePixelRatio}`;
    if (store.takeDirty() || size !== this.size) {
      this.size = size;
      this.draw(now);
    }
  }

  private colors(): Palette | undefined {
    const { overview } = this.store;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const key = `${document.documentElement.dataset['theme']} ${dark} ${innerWidth}`;
    if (overview && (!this.palette || key !== this.paletteFor)) {
      this.paletteFor = key;
      this.palette = paletteOf(this.canvas.parentElement ?? this.canvas, overview.groups, overview.kinds);
    }
    return this.palette;
  }

  private draw(now: number): void {
    const { canvas, store } = this;
    const palette = this.colors();
    if (!palette || this.canvas.clientWidth < PLOT_MIN || this.canvas.clientHeight < PLOT_MIN) {
      return; // hidden behind a comparison, or not laid out yet
    }
    this.headDrawn = store.head();
    const [width, height] = this.fitCanvas(canvas);
    this.clampScroll();
    this.scene.draw(width, height, devicePixelRatio, palette, this.scrollTop);
    if (this.scene.tiles.length > 0 && store.tiles.idle) {
      canvas.dataset['painted'] = 'true';
      store.painted();
    }
    canvas.dataset['notes'] = String(store.marks.length);
    canvas.dataset['drawn'] = String(store.live.head.sequence);
    if (now - this.minimapAt > 100) {
      this.minimapAt = now;
      const [w, h] = this.fitCanvas(this.minimap);
      const context = contextOf(this.minimap);
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      drawMinimap(context, store, this.scene.level, palette, w, h);
    } else {
      store.dirty();
    }
  }

  private fitCanvas(canvas: HTMLCanvasElement): [number, number] {
    const { clientWidth, clientHeight } = canvas;
    const width = Math.round(clientWidth * devicePixelRatio);
    const height = Math.round(clientHeight * devicePixelRatio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    return [clientWidth, clientHeight];
  }

  // Keys that are held move as long as they are.

  private onKeyDown(event: KeyboardEvent): void {
    const { target } = event;
    const typing =
      target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    const key = event.key.toLowerCase();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
      return;
    }
    if ('wasd'.includes(key) && key.length === 1) {
      if (!event.repeat) {
        this.held.add(key);
        // A short touch moves by a step, however short it was.
        this.moveByKeys(0.08);
      }
      event.preventDefault();
    } else if (target === this.canvas && (key === 'arrowdown' || key === 'arrowup')) {
      this.scroll(key === 'arrowdown' ? 25 : -25);
      event.preventDefault();
    } else if (target === this.canvas && (key === 'arrowleft' || key === 'arrowright')) {
      this.store.setView(panned(this.store.view, key === 'arrowright' ? 0.1 : -0.1));
      event.preventDefault();
    }
  }

  private moveByKeys(seconds: number): void {
    const { store, held } = this;
    if (held.size === 0) {
      return;
    }
    let { view } = store;
    const middle = this.fixedPoint();
    if (held.has('w')) {
      view = zoomed(view, Math.exp(-KEY_ZOOM * seconds), middle, store.axis);
    }
    if (held.has('s')) {
      view = zoomed(view, Math.exp(KEY_ZOOM * seconds), middle, store.axis);
    }
    const share = (held.has('d') ? 1 : 0) - (held.has('a') ? 1 : 0);
    view = panned(view, share * KEY_PAN * seconds);
    store.setView(this.bounded(view));
  }

  /** What stays where it is when keys zoom: where the page stands, if that is seen. */
  private fixedPoint(): number {
    const { store } = this;
    const { from, to } = store.view;
    const at = store.chain && store.selected !== undefined ? store.chain.tick[store.axis] : store.now();
    return at > from && at < to ? at : (from + to) / 2;
  }

  /** Not further away from the log than it is long. */
  private bounded(view: Viewport): Viewport {
    const { store } = this;
    const tail = store.tail();
    const head = store.head();
    const span = Math.min(view.to - view.from, Math.max(1000, (head - tail) * 3));
    const middle = (view.from + view.to) / 2;
    const from = Math.min(Math.max(middle - span / 2, tail - span * 0.9), head + span * 0.1);
    return { from, to: from + span };
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const { store, scene } = this;
    const { layout } = scene;
    if (!layout) {
      return;
    }
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    const dx = event.deltaX * lines;
    const dy = event.deltaY * lines;
    if (event.offsetX < layout.metrics.gutter && !event.ctrlKey) {
      this.scroll(dy);
    } else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
      store.setView(this.bounded(panned(store.view, (dx || dy) / layout.plotWidth)));
    } else {
      const at = scene.coordinateAt(event.offsetX);
      store.setView(this.bounded(zoomed(store.view, Math.exp(dy * WHEEL_ZOOM), at, store.axis)));
    }
    this.hideTooltip();
  }

  private scroll(by: number): void {
    this.scrollTop += by;
    this.clampScroll();
    this.store.dirty();
  }

  private clampScroll(): void {
    const { layout } = this.scene;
    if (layout) {
      const room = this.canvas.clientHeight - layout.rowsTop;
      this.scrollTop = Math.max(0, Math.min(this.scrollTop, layout.contentHeight - room));
    }
  }

  private onDown(event: PointerEvent): void {
    const { layout } = this.scene;
    if (!layout || event.offsetX < layout.metrics.gutter || event.button > 1) {
      return;
    }
    const kind = event.offsetY < layout.metrics.ruler ? 'scrub' : event.shiftKey ? 'range' : 'pan';
    this.drag = { x: event.offsetX, view: this.store.view, kind, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
    if (kind === 'scrub') {
      this.store.scrub(this.scene.coordinateAt(event.offsetX));
    }
  }

  private onMove(event: PointerEvent): void {
    const { drag, store, scene } = this;
    if (!drag) {
      this.hover(event);
      return;
    }
    drag.moved ||= Math.abs(event.offsetX - drag.x) > CLICK_SLOP;
    if (drag.kind === 'scrub') {
      store.scrub(scene.coordinateAt(event.offsetX));
    } else if (drag.moved && drag.kind === 'pan') {
      const width = scene.layout?.plotWidth ?? 1;
      store.setView(this.bounded(panned(drag.view, (drag.x - event.offsetX) / width)));
    } else if (drag.moved) {
      const ends = [scene.coordinateAt(drag.x), scene.coordinateAt(event.offsetX)];
      store.range = { from: Math.min(...ends), to: Math.max(...ends) };
      store.changed();
    }
  }

  private onUp(event: PointerEvent): void {
    const { drag, store } = this;
    this.drag = undefined;
    if (!drag || drag.moved || drag.kind === 'scrub') {
      store.changed();
      return;
    }
    const hit = hitTest(this.scene, store, event.offsetX, event.offsetY);
    store.range = undefined;
    if (hit?.sequence !== undefined) {
      void store.show(hit.sequence);
    } else {
      void store.select(undefined);
      store.scrub(this.scene.coordinateAt(event.offsetX));
    }
  }

  private onDoubleClick(event: MouseEvent): void {
    const at = this.scene.coordinateAt(event.offsetX);
    this.store.setView(this.bounded(zoomed(this.store.view, 0.25, at, this.store.axis)));
  }

  private onMinimap(event: PointerEvent): void {
    const { store } = this;
    const share = event.offsetX / Math.max(1, this.minimap.clientWidth);
    const at = store.tail() + share * (store.head() - store.tail());
    const half = (store.view.to - store.view.from) / 2;
    store.setView({ from: at - half, to: at + half });
    store.changed();
  }

  // What is under the pointer.

  private hovered = -1;

  private hover(event: PointerEvent): void {
    const { layout } = this.scene;
    const row = layout?.rowAt(event.offsetY);
    this.hovered = row?.id ?? -1;
    if (layout && row && event.offsetX < layout.metrics.gutter) {
      const kind = kindOf(row.type);
      const title = this.store.oracle && kind.oracle ? `${row.type} — ${kind.oracle}` : row.type;
      this.showTooltip(event, { title, lines: [kind.story, 'P pins this lane to the top.'] });
      return;
    }
    const hit = hitTest(this.scene, this.store, event.offsetX, event.offsetY);
    this.canvas.style.cursor = hit ? 'pointer' : '';
    if (hit) {
      this.showTooltip(event, hit);
    } else {
      this.hideTooltip();
    }
  }

  private showTooltip(event: PointerEvent, hit: Hit): void {
    const { tooltip } = this;
    const title = document.createElement('strong');
    title.textContent = hit.title;
    const lines = hit.lines.map((line) => {
      const div = document.createElement('div');
      div.textContent = line;
      return div;
    });
    tooltip.replaceChildren(title, ...lines);
    tooltip.hidden = false;
    const frame = this.canvas.parentElement?.getBoundingClientRect();
    const x = event.clientX - (frame?.left ?? 0);
    const y = event.clientY - (frame?.top ?? 0);
    const left = Math.min(x + 14, (frame?.width ?? 0) - tooltip.offsetWidth - 8);
    const below = y + 18 + tooltip.offsetHeight < (frame?.height ?? 0);
    tooltip.style.left = `${Math.max(4, left)}px`;
    tooltip.style.top = `${below ? y + 18 : y - tooltip.offsetHeight - 10}px`;
  }

  private hideTooltip(): void {
    this.tooltip.hidden = true;
  }

  private pinHovered(): void {
    const selected = this.store.chain?.tick.row;
    const row = this.hovered >= 0 ? this.hovered : selected;
    if (row !== undefined && row >= 0) {
      this.store.togglePin(row);
    }
  }
}
