import { clockText, micros } from '../base/time';
import type { Viewport } from '../core/axis';
import type { Store } from '../core/store';
import { BUCKETS, type Tile } from '../core/tile';
import { levelFor, tilesOf } from '../core/tiles';
import { ArrowPainter } from './arrows';
import { drawCounters, livesOf } from './counters';
import { Layout, metricsFor } from './layout';
import type { Palette } from './palette';
import { firstAt, PixelLayer } from './pixels';
import { axisText, drawGrid, drawRuler } from './ruler';
import { SlicePainter } from './slices';
import { drawSqlLanes } from './sqlLanes';

/** Levels up and down at which a stand-in is looked for while the right tile is on its way. */
const STAND_IN_LEVELS = 6;

/** Draws the timeline. What it drew last is remembered, to find what is under the pointer. */
export class Scene {
  private readonly pixels = new PixelLayer();
  layout: Layout | undefined;
  /** The scale of the tiles that it shows. */
  level = 0;
  tiles: readonly Tile[] = [];

  constructor(
    private readonly store: Store,
    private readonly context: CanvasRenderingContext2D,
  ) {}

  /** The tiles of a view: those that are there, or what there is in their stead. */
  private collect(view: Viewport, width: number): readonly Tile[] {
    const { store } = this;
    const { axis } = store;
    const filter = store.tileFilter();
    const level = levelFor(view, width);
    this.level = level;
    const found: Tile[] = [];
    for (const index of tilesOf(view, level)) {
      const tile = store.tiles.get({ axis, level, index, filter });
      if (tile) {
        found.push(tile);
      } else {
        found.push(...this.standIns(level, index, filter));
      }
    }
    return found;
  }

  private standIns(level: number, index: number, filter: string): Tile[] {
    const { store } = this;
    const { axis } = store;
    for (let up = 1; up <= STAND_IN_LEVELS; up++) {
      const wider = store.tiles.peek({
        axis,
        level: level + up,
        index: Math.floor(index / 2 ** up),
        filter,
      });
      if (wider) {
        return [part(wider, index * BUCKETS * 2 ** level, (index + 1) * BUCKETS * 2 ** level)];
      }
    }
    if (level === 0) {
      return [];
    }
    return [2 * index, 2 * index + 1].flatMap((half) => {
      const tile = store.tiles.peek({ axis, level: level - 1, index: half, filter });
      return tile ? [tile] : [];
    });
  }

  draw(width: number, height: number, ratio: number, palette: Palette, scrollTop: number): void {
    const { context, store } = this;
    const { overview, view, axis } = store;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.surface;
    context.fillRect(0, 0, width, height);
    if (!overview) {
      return;
    }
    const layout = new Layout(
      metricsFor(width, height, store.rows.length, store.lanes.length, palette.rootFontPx),
      width,
      height,
      store.rows,
      store.pinned,
      scrollTop,
      store.lanes.length,
    );
    this.layout = layout;
    context.textBaseline = 'middle';
    const tiles = this.collect(view, layout.plotWidth);
    this.tiles = tiles;
    this.stripes(layout, palette);
    drawGrid(context, palette, layout, view, axis);
    const head = store.head();
    const slices = new SlicePainter(context, palette, layout, view, overview, head);
    context.save();
    this.clipRows(layout, layout.metrics.gutter);
    tiles.forEach((tile) => slices.draw(tile, true));
    tiles.forEach((tile) => slices.draw(tile, false));
    this.marksOf(tiles, layout, ratio, palette);
    tiles.forEach((tile, i) => slices.drawLabels(tile, i === 0));
    this.matches(layout, palette);
    const arrows = new ArrowPainter(context, palette, layout, view, axis);
    arrows.drawAll(tiles);
    if (store.chain && store.selected !== undefined) {
      arrows.drawChain(store.chain);
    }
    context.restore();
    const lives = livesOf(tiles, overview);
    drawCounters(context, palette, layout, view, tiles, store.now(), lives);
    drawSqlLanes(context, palette, layout, view, store.lanes, axis);
    this.beyondTheHead(layout, palette, head);
    this.names(layout, palette);
    drawRuler(context, palette, layout, view, axis, tiles);
    this.range(layout, palette);
    this.notes(layout, palette);
    this.playhead(layout, palette, tiles);
  }

  x(at: number): number {
    const { layout, store } = this;
    if (!layout) {
      return 0;
    }
    const { from, to } = store.view;
    return layout.metrics.gutter + ((at - from) / (to - from)) * layout.plotWidth;
  }

  coordinateAt(x: number): number {
    const { layout, store } = this;
    const { from, to } = store.view;
    return layout ? from + ((x - layout.metrics.gutter) / layout.plotWidth) * (to - from) : from;
  }

  private clipRows(layout: Layout, left: number): void {
    this.context.beginPath();
    this.context.rect(left, layout.rowsTop, layout.width - left, layout.height - layout.rowsTop);
    this.context.clip();
  }

  private stripes(layout: Layout, palette: Palette): void {
    const { row } = layout.metrics;
    this.context.fillStyle = palette.stripe;
    layout.order.forEach((_, index) => {
      if (index % 2 === 1 && layout.seen(index)) {
        this.context.fillRect(0, layout.top(index), layout.width, row);
      }
    });
  }

  private marksOf(tiles: readonly Tile[], layout: Layout, ratio: number, palette: Palette): void {
    const { view } = this.store;
    const height = layout.height - layout.rowsTop;
    if (height < 1) {
      return;
    }
    this.pixels.begin(Math.round(layout.plotWidth * ratio), Math.round(height * ratio));
    for (const tile of tiles) {
      if (tile.counted) {
        this.pixels.counts(tile, view, layout, ratio, palette);
      } else {
        this.pixels.ticks(tile, view, layout, ratio, palette);
      }
    }
    this.pixels.drawTo(
      this.context,
      layout.metrics.gutter,
      layout.rowsTop,
      layout.plotWidth,
      height,
    );
  }

  /** The events that the filter found, each with a dot above its row. */
  private matches(layout: Layout, palette: Palette): void {
    const { context, store } = this;
    context.fillStyle = palette.accent;
    for (const match of store.matches) {
      const index = layout.indexOf(match.row);
      const x = this.x(match[store.axis]);
      if (layout.seen(index) && x >= layout.metrics.gutter && x <= layout.width) {
        context.beginPath();
        context.arc(x, layout.top(index) + 4, 2.5, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  /** What has not happened yet is hatched. */
  private beyondTheHead(layout: Layout, palette: Palette, head: number): void {
    const x = Math.max(layout.metrics.gutter, this.x(head));
    if (x < layout.width) {
      this.context.fillStyle = palette.stripe;
      this.context.globalAlpha = 0.7;
      this.context.fillRect(x, layout.metrics.ruler, layout.width - x, layout.height);
      this.context.globalAlpha = 1;
    }
  }

  private names(layout: Layout, palette: Palette): void {
    const { context, store } = this;
    const { gutter, row, font, ruler } = layout.metrics;
    context.fillStyle = palette.line;
    context.fillRect(gutter - 1, ruler, 1, layout.height);
    context.save();
    this.clipRows(layout, 0);
    let type = '';
    const state = store.stateOrLast();
    const alive = new Set<string>();
    for (const process of state?.processes.values() ?? []) {
      alive.add(process.backend_type);
    }
    layout.order.forEach((line, index) => {
      const isFirst = line.type !== type;
      type = line.type;
      if (!layout.seen(index)) {
        return;
      }
      const middle = layout.top(index) + row / 2;
      context.font = `${isFirst ? 500 : 400} ${font}px ${palette.font}`;
      context.fillStyle = alive.has(line.type) ? palette.ink : palette.faint;
      const pinned = index < layout.pinnedCount;
      const name = isFirst || pinned ? line.type : '';
      context.fillText(`${pinned ? '◆ ' : ''}${name}`, 12, middle, gutter - 44);
      if (line.slot > 0) {
        context.textAlign = 'right';
        context.fillStyle = palette.faint;
        context.fillText(String(line.slot + 1), gutter - 10, middle);
        context.textAlign = 'left';
      }
    });
    context.restore();
  }

  private range(layout: Layout, palette: Palette): void {
    const { range } = this.store;
    if (!range) {
      return;
    }
    const { gutter, ruler } = layout.metrics;
    const x0 = Math.max(gutter, this.x(range.from));
    const x1 = Math.min(layout.width, this.x(range.to));
    if (x1 > x0) {
      this.context.fillStyle = palette.range;
      this.context.fillRect(x0, ruler, x1 - x0, layout.height);
      this.context.fillStyle = palette.accent;
      this.context.fillRect(x0, ruler - 3, x1 - x0, 3);
    }
  }

  /** Notes hang from the ruler like flags. */
  private notes(layout: Layout, palette: Palette): void {
    const { context, store } = this;
    const { gutter, ruler, font } = layout.metrics;
    context.font = `500 ${font - 1}px ${palette.font}`;
    for (const mark of store.marks) {
      const x = this.x(mark.place[store.axis]);
      if (x < gutter || x > layout.width) {
        continue;
      }
      const text = mark.text.length > 22 ? `${mark.text.slice(0, 21)}…` : mark.text;
      const width = context.measureText(text).width + 12;
      context.fillStyle = palette.groups[store.overview?.groups.indexOf('note') ?? 0] ?? palette.ink;
      const flag = font + 3;
      context.fillRect(x, ruler - flag - 1, 1.5, layout.height);
      context.fillRect(x, ruler - flag - 1, width, flag);
      context.fillStyle = palette.surface;
      context.fillText(text, x + 6, ruler - 0.5 - flag / 2);
    }
  }

  private playhead(layout: Layout, palette: Palette, tiles: readonly Tile[]): void {
    const { context, store } = this;
    const { gutter, ruler, font } = layout.metrics;
    const now = store.now();
    const x = this.x(now);
    if (x < gutter || x > layout.width) {
      return;
    }
    const color = store.isLive ? palette.bad : palette.accent;
    context.fillStyle = color;
    context.fillRect(Math.round(x), ruler - 4, store.isLive ? 1 : 2, layout.height);
    const perPixel = (store.view.to - store.view.from) / layout.plotWidth;
    const text =
      store.axis === 'time'
        ? clockText(micros(now), Math.min(perPixel, 1000))
        : axisText(store.axis, now, perPixel, tiles);
    context.font = `600 ${font - 1}px ${palette.font}`;
    const width = context.measureText(text).width + 14;
    const left = Math.min(Math.max(gutter, x - width / 2), layout.width - width);
    context.beginPath();
    context.roundRect(left, 3, width, font + 8, 4);
    context.fill();
    context.fillStyle = palette.surface;
    context.fillText(text, left + 7, 3 + (font + 8) / 2 + 0.5);
  }
}

/** A part of a tile in place of one that is not there yet. */
function part(tile: Tile, from: number, to: number): Tile {
  const first = Math.max(0, Math.floor((from - tile.from) / 2 ** tile.level));
  const last = Math.ceil((to - tile.from) / 2 ** tile.level);
  if (!tile.counted) {
    return { ...tile, tick: cutTicks(tile, from, to), from: tile.from, to: tile.to, counter: none };
  }
  // Counts are sorted by bucket.
  const { count } = tile;
  const start = firstAt(count.bucket, first);
  const end = firstAt(count.bucket, last);
  return {
    ...tile,
    counter: none,
    count: {
      n: end - start,
      sequence: count.sequence.subarray(start, end),
      longestMs: count.longestMs.subarray(start, end),
      bucket: count.bucket.subarray(start, end),
      row: count.row.subarray(start, end),
      count: count.count.subarray(start, end),
      group: count.group.subarray(start, end),
    },
  };
}

const none = { n: 0, bucket: new Uint32Array(0), mean: [], most: [] };

function cutTicks(tile: Tile, from: number, to: number): Tile['tick'] {
  const { tick } = tile;
  const start = firstAt(tick.at, from);
  const end = firstAt(tick.at, to);
  return {
    n: end - start,
    at: tick.at.subarray(start, end),
    sequence: tick.sequence.subarray(start, end),
    durationMs: tick.durationMs.subarray(start, end),
    causeBack: tick.causeBack.subarray(start, end),
    pid: tick.pid.subarray(start, end),
    row: tick.row.subarray(start, end),
    type: tick.type.subarray(start, end),
    group: tick.group.subarray(start, end),
  };
}
