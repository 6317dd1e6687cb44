import { describe, expect, test } from 'vitest';
import { zoomed, fitted, panned } from './axis';
import { matching, type Command } from './commands';
import { filterQuery, isEmpty, parseFilter } from './filter';
import { parseTile } from './tile';
import { levelFor, TileCache, tilesOf } from './tiles';
import { readAddress, writeAddress } from './url';
import { livesOf } from '../draw/counters';
import { axisStep, niceStep } from '../draw/ruler';
import { differences } from '../ui/Compare';

describe('filter', () => {
  test('names before a colon, words and regular expressions', () => {
    const filter = parseFilter('type:wal.* process:"client backend" pid:12 /dead(lock)?/ vacuum.started');
    expect(filter.types).toEqual(['wal.*', 'vacuum.started']);
    expect(filter.processes).toEqual(['client backend']);
    expect(filter.pids).toEqual(['12']);
    expect(filter.text).toBe('dead(lock)?');
  });

  test('an xid is that number and no longer one', () => {
    const text = new RegExp(parseFilter('xid:742').text);
    expect(text.test('"xid":742,')).toBe(true);
    expect(text.test('"xid":7421,')).toBe(false);
  });

  test('a relation is found where events name one', () => {
    const text = new RegExp(parseFilter('relation:employees').text);
    expect(text.test('"relname":"employees"')).toBe(true);
    expect(text.test('"query_summary":"SELECT employees"')).toBe(true);
    expect(text.test('"usename":"employees"')).toBe(false);
  });

  test('several texts must all be there, in any order', () => {
    const text = new RegExp(parseFilter('xid:7 "two words"').text);
    expect(text.test('two words "xid":7}')).toBe(true);
    expect(text.test('"xid":7}')).toBe(false);
  });

  test('nothing typed is no filter', () => {
    expect(isEmpty(parseFilter('  '))).toBe(true);
    expect(filterQuery(parseFilter('pid:1,2'), true)).toBe('text=pid%3A1%2C2');
    expect(filterQuery(parseFilter('wal.*'), false)).toBe('types=wal.*');
  });
});

describe('counters', () => {
  const overview = { kinds: ['life', 'state'], rows: [{ type: 'postmaster', slot: 0 }, { type: 'walwriter', slot: 0 }] };
  const lives = (slices: ReadonlyArray<readonly [number, number, number, number, number]>) => {
    const column = (i: number) => slices.map((slice) => slice[i]);
    const slice = { n: slices.length, row: column(0), kind: column(1), from: column(2), to: column(3), toSequence: column(4) };
    return livesOf([{ slice }] as unknown as Parameters<typeof livesOf>[0], overview as unknown as Parameters<typeof livesOf>[1]);
  };

  test('they stand only while the postmaster lives', () => {
    expect(lives([[0, 0, 5, 20, 9], [0, 1, 6, 20, 9], [1, 0, 6, 30, 9], [0, 0, 100, 0, 0]])).toEqual([
      { from: 5, to: 20 },
      { from: 100, to: Number.POSITIVE_INFINITY },
    ]);
  });

  test('where no life is known, they are not cut', () => {
    expect(lives([[1, 0, 6, 30, 9]])).toBeUndefined();
  });
});

describe('address', () => {
  test('what is written is read', () => {
    const address = {
      axis: 'lsn',
      at: 12,
      view: { from: 3, to: 400 },
      selected: 77,
      filter: 'pid:12 /a|b/',
      range: { from: 5, to: 6 },
      speed: 10,
      compare: 70,
      pinned: [3, 1],
      panel: 'compare',
      theme: 'dark',
      oracle: true,
    } as const;
    expect(readAddress(`#${writeAddress(address)}`)).toEqual(address);
  });

  test('a link from elsewhere needs only the sequence', () => {
    expect(readAddress('?seq=4711')).toEqual({ axis: 'time', selected: 4711 });
    expect(readAddress('')).toEqual({ axis: 'time' });
  });

  test('nonsense is as if it were not there', () => {
    expect(readAddress('#axis=depth&view=9,3&at=x')).toEqual({ axis: 'time' });
  });
});

describe('view', () => {
  test('zooming leaves what is under the pointer where it is', () => {
    const view = zoomed({ from: 1000, to: 3000 }, 0.5, 1500, 'time');
    expect(view).toEqual({ from: 1250, to: 2250 });
    expect((1500 - view.from) / (view.to - view.from)).toBeCloseTo(0.25);
  });

  test('there is a closest look', () => {
    const view = zoomed({ from: 0, to: 60 }, 0.0001, 30, 'time');
    expect(view.to - view.from).toBe(50);
  });

  test('panning moves by a share of the width', () => {
    expect(panned({ from: 10, to: 20 }, 0.5)).toEqual({ from: 15, to: 25 });
    expect(fitted(0, 100_000, 'time').to).toBeGreaterThan(100_000);
  });

  test('steps of the ruler read well', () => {
    expect(niceStep(3)).toBe(5);
    expect(axisStep('time', 40e6)).toBe(60e6);
    expect(axisStep('lsn', 1000)).toBe(1024);
  });
});

/** Bytes as the server writes them, with two ticks. */
function tileBytes(header: Record<string, unknown> = {}): ArrayBuffer {
  const json = JSON.stringify({
    axis: 'time', level: 0, index: 0, from: 0, to: 512, counted: false, complete: true, total: 2,
    last_sequence: 9, ticks: 2, buckets: 0, slices: 0, counters: 0, anchors: 0, labels: [], ...header,
  });
  const padded = json.padEnd(Math.ceil((json.length + 4) / 8) * 8 - 4, ' ');
  const bytes = new ArrayBuffer(4 + padded.length + 2 * 16 + 4 * 8 + 2 * 8);
  const data = new DataView(bytes);
  data.setUint32(0, padded.length, true);
  new Uint8Array(bytes, 4).set(new TextEncoder().encode(padded));
  let at = 4 + padded.length;
  for (const value of [10, 20, 7, 9]) {
    data.setFloat64(at, value, true);
    at += 8;
  }
  data.setFloat32(at, 1.5, true);
  data.setUint32(at + 8 + 4, 2, true); // the second one's cause is two before it
  return bytes;
}

describe('tiles', () => {
  test('a tile is read as it was written', () => {
    const tile = parseTile(tileBytes());
    expect([...tile.tick.at]).toEqual([10, 20]);
    expect([...tile.tick.sequence]).toEqual([7, 9]);
    expect(tile.tick.durationMs[0]).toBe(1.5);
    expect([...tile.tick.causeBack]).toEqual([0, 2]);
  });

  test('a bucket is at least a pixel wide, and the view is covered', () => {
    const view = { from: 1_000_000, to: 4_000_000 };
    const level = levelFor(view, 1200);
    expect(2 ** level).toBeGreaterThanOrEqual(2500);
    expect(2 ** level).toBeLessThan(5001);
    const width = 512 * 2 ** level;
    const tiles = tilesOf(view, level);
    expect((tiles[0] ?? 0) * width).toBeLessThanOrEqual(view.from);
    expect(((tiles.at(-1) ?? 0) + 1) * width).toBeGreaterThan(view.to);
  });

  test('a tile that is complete is asked for once, one that grows again when there is more', async () => {
    let fetched = 0;
    let complete = true;
    let now = 0;
    const cache = new TileCache(
      () => {
        fetched++;
        return Promise.resolve(parseTile(tileBytes({ complete, last_sequence: 9 })));
      },
      () => {},
      () => now,
    );
    const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
    const request = { axis: 'time', level: 0, index: 0, filter: '' } as const;
    expect(cache.get(request)).toBeUndefined();
    await settled();
    expect(cache.get(request)?.tick.n).toBe(2);
    cache.newest = 100;
    now = 10_000;
    cache.get(request);
    await settled();
    expect(fetched).toBe(1);

    complete = false;
    const growing = { ...request, index: 1 };
    cache.get(growing);
    await settled();
    cache.get(growing);
    await settled();
    expect(fetched).toBe(2);
    now += 1000;
    expect(cache.get(growing)?.tick.n).toBe(2);
    await settled();
    expect(fetched).toBe(3);
  });
});

describe('commands', () => {
  const command = (title: string): Command => ({ id: title, title, run: () => {} });
  test('all words are found, beginnings first', () => {
    const all = [command('Show the log'), command('Export the log as CSV'), command('Log out')];
    expect(matching(all, 'log').map((c) => c.title)[0]).toBe('Log out');
    expect(matching(all, 'csv log').map((c) => c.title)).toEqual(['Export the log as CSV']);
    expect(matching(all, '')).toHaveLength(3);
  });
});

describe('differences', () => {
  test('numbers that differ by a tenth are notable, texts that differ at all', () => {
    const rows = differences(
      { buffers: 100, ms: 10, reason: 'time', gone: 1 },
      { buffers: 105, ms: 20, reason: 'wal' },
    );
    const notable = rows.filter((row) => row.notable).map((row) => row.name);
    expect(notable).toEqual(['ms', 'reason', 'gone']);
    expect(rows.find((row) => row.name === 'ms')?.change).toBe('+100 %');
  });
});
