import type { Axis, Viewport } from './axis';
import { BUCKETS, type Tile } from './tile';

/** Tiles are kept up to so many bytes; those that were not drawn for the longest go first. */
const BYTES_MAX = 48 << 20;
const FETCHES_MAX = 4;

/**
 * A tile that may still change is asked for again, but not more often than this: sooner where a pixel
 * is a moment, later where it is many seconds.
 */
export function staleMs({ axis, level }: TileRequest): number {
  return axis === 'time' || axis === 'active' ? Math.min(2000, Math.max(150, 2 ** level / 4000)) : 300;
}

export interface TileRequest {
  readonly axis: Axis;
  readonly level: number;
  readonly index: number;
  readonly filter: string;
}

interface Kept {
  tile: Tile;
  usedAt: number;
  fetchedAt: number;
}

const keyOf = (r: TileRequest): string => `${r.axis}/${r.level}/${r.index}?${r.filter}`;

/** The scale at which a bucket is at least a pixel wide. */
export function levelFor(view: Viewport, width: number): number {
  const perPixel = (view.to - view.from) / Math.max(1, width);
  return Math.max(0, Math.ceil(Math.log2(Math.max(1, perPixel))));
}

/** The tiles of a view, from left to right. */
export function tilesOf(view: Viewport, level: number): number[] {
  const width = BUCKETS * 2 ** level;
  const first = Math.max(0, Math.floor(view.from / width));
  const last = Math.max(0, Math.floor(view.to / width));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The tiles that the page has, and those that it waits for. */
export class TileCache {
  private readonly kept = new Map<string, Kept>();
  private readonly wanted = new Map<string, TileRequest>();
  private readonly fetching = new Set<string>();
  private bytes = 0;
  /** The newest event that the page has heard of. */
  newest = 0;

  constructor(
    private readonly fetchTile: (request: TileRequest) => Promise<Tile>,
    private readonly arrived: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether nothing is on its way. */
  get idle(): boolean {
    return this.fetching.size === 0 && this.wanted.size === 0;
  }

  /** A tile, if it is there; if not, or if it is old, it is asked for. */
  get(request: TileRequest): Tile | undefined {
    const key = keyOf(request);
    const kept = this.kept.get(key);
    if (kept) {
      kept.usedAt = this.now();
      const old = !kept.tile.complete && kept.tile.last_sequence < this.newest;
      if (!old || this.now() - kept.fetchedAt < staleMs(request)) {
        return kept.tile;
      }
    }
    this.want(key, request);
    return kept?.tile;
  }

  /** A tile, if it is there. */
  peek(request: TileRequest): Tile | undefined {
    const kept = this.kept.get(keyOf(request));
    if (kept) {
      kept.usedAt = this.now();
    }
    return kept?.tile;
  }

  /** Forgets what was asked for and is not yet on its way: the reader has moved on. */
  forgetWanted(): void {
    this.wanted.clear();
  }

  clear(): void {
    this.kept.clear();
    this.wanted.clear();
    this.bytes = 0;
  }

  private want(key: string, request: TileRequest): void {
    if (!this.fetching.has(key)) {
      this.wanted.set(key, request);
      this.pump();
    }
  }

  private pump(): void {
    for (const [key, request] of this.wanted) {
      if (this.fetching.size >= FETCHES_MAX) {
        return;
      }
      this.wanted.delete(key);
      this.fetching.add(key);
      this.fetchTile(request)
        .then((tile) => this.keep(key, tile))
        .catch(() => {
          // Asked for again with the next frame that wants it; the connection says what is wrong.
        })
        .finally(() => {
          this.fetching.delete(key);
          this.pump();
          this.arrived();
        });
    }
  }

  private keep(key: string, tile: Tile): void {
    this.bytes += tile.bytes - (this.kept.get(key)?.tile.bytes ?? 0);
    this.kept.set(key, { tile, usedAt: this.now(), fetchedAt: this.now() });
    if (this.bytes <= BYTES_MAX) {
      return;
    }
    const byAge = [...this.kept].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [old, { tile: gone }] of byAge) {
      if (this.bytes <= BYTES_MAX * 0.8) {
        return;
      }
      this.kept.delete(old);
      this.bytes -= gone.bytes;
    }
  }
}
