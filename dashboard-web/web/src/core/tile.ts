import type { Axis } from './axis';

/** Buckets of a tile, as the server cuts them. */
export const BUCKETS = 512;

interface Header {
  readonly axis: Axis;
  readonly level: number;
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly counted: boolean;
  readonly complete: boolean;
  readonly total: number;
  readonly last_sequence: number;
  readonly ticks: number;
  readonly buckets: number;
  readonly slices: number;
  readonly counters: number;
  readonly anchors: number;
  readonly labels: readonly string[];
}

export interface Ticks {
  readonly n: number;
  readonly at: Float64Array;
  readonly sequence: Float64Array;
  readonly durationMs: Float32Array;
  readonly causeBack: Uint32Array;
  readonly pid: Uint32Array;
  readonly row: Uint32Array;
  readonly type: Uint8Array;
  readonly group: Uint8Array;
}

export interface Counts {
  readonly n: number;
  readonly sequence: Float64Array;
  readonly longestMs: Float32Array;
  readonly bucket: Uint32Array;
  readonly row: Uint32Array;
  readonly count: Uint32Array;
  readonly group: Uint8Array;
}

export interface Slices {
  readonly n: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly fromSequence: Float64Array;
  /** 0 while it is open. */
  readonly toSequence: Float64Array;
  readonly pid: Uint32Array;
  readonly row: Uint32Array;
  readonly label: Uint32Array;
  readonly kind: Uint8Array;
  readonly end: Uint8Array;
}

export interface CounterPoints {
  readonly n: number;
  readonly bucket: Uint32Array;
  readonly mean: readonly Float32Array[];
  readonly most: readonly Float32Array[];
}

export interface Anchors {
  readonly n: number;
  readonly at: Float64Array;
  readonly time: Float64Array;
  readonly sequence: Float64Array;
  readonly lsn: Float64Array;
}

/** A part of an axis, ready to be drawn: either all its ticks, or counts of them. */
export interface Tile extends Header {
  readonly bytes: number;
  readonly tick: Ticks;
  readonly count: Counts;
  readonly slice: Slices;
  readonly counter: CounterPoints;
  readonly anchor: Anchors;
}

const COUNTERS = 4;

/** Takes arrays out of the bytes, one behind the other, without copying them. */
class Reader {
  constructor(
    private readonly bytes: ArrayBuffer,
    private at: number,
  ) {}

  private next(byteLength: number): number {
    const at = this.at;
    this.at += Math.ceil(byteLength / 8) * 8;
    return at;
  }

  f64(n: number): Float64Array {
    return new Float64Array(this.bytes, this.next(8 * n), n);
  }

  f32(n: number): Float32Array {
    return new Float32Array(this.bytes, this.next(4 * n), n);
  }

  u32(n: number): Uint32Array {
    return new Uint32Array(this.bytes, this.next(4 * n), n);
  }

  u8(n: number): Uint8Array {
    return new Uint8Array(this.bytes, this.next(n), n);
  }
}

/** Reads what the server's `TileWriter` wrote. */
export function parseTile(bytes: ArrayBuffer): Tile {
  const length = new DataView(bytes).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(bytes, 4, length));
  const header = JSON.parse(text) as Header;
  const reader = new Reader(bytes, 4 + length);
  const { ticks, buckets, slices, counters, anchors } = header;
  // In the order in which they were written: the reader moves on with each.
  const tick: Ticks = {
    n: ticks,
    at: reader.f64(ticks),
    sequence: reader.f64(ticks),
    durationMs: reader.f32(ticks),
    causeBack: reader.u32(ticks),
    pid: reader.u32(ticks),
    row: reader.u32(ticks),
    type: reader.u8(ticks),
    group: reader.u8(ticks),
  };
  const count: Counts = {
    n: buckets,
    sequence: reader.f64(buckets),
    longestMs: reader.f32(buckets),
    bucket: reader.u32(buckets),
    row: reader.u32(buckets),
    count: reader.u32(buckets),
    group: reader.u8(buckets),
  };
  const slice: Slices = {
    n: slices,
    from: reader.f64(slices),
    to: reader.f64(slices),
    fromSequence: reader.f64(slices),
    toSequence: reader.f64(slices),
    pid: reader.u32(slices),
    row: reader.u32(slices),
    label: reader.u32(slices),
    kind: reader.u8(slices),
    end: reader.u8(slices),
  };
  const counter: CounterPoints = {
    n: counters,
    bucket: reader.u32(counters),
    mean: Array.from({ length: COUNTERS }, () => reader.f32(counters)),
    most: Array.from({ length: COUNTERS }, () => reader.f32(counters)),
  };
  const anchor: Anchors = {
    n: anchors,
    at: reader.f64(anchors),
    time: reader.f64(anchors),
    sequence: reader.f64(anchors),
    lsn: reader.f64(anchors),
  };
  return { ...header, bytes: bytes.byteLength, tick, count, slice, counter, anchor };
}
