import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseEvent } from './event';
import { apply } from './fold';
import { type ClusterView, EMPTY, fromServer, type ServerState, toServer } from './state';

/** Of the log that is checked in, every so many events have the state that the server's fold gives. */
const STRIDE = 6;

const lines = (file: string): string[] =>
  readFileSync(new URL(`../../../../events/src/test/resources/shared-log/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** `undefined` and absent are the same in JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the fold', () => {
  test('gives the states that the server gives', () => {
    const events = lines('events.ndjson').map(parseEvent);
    const states = lines('states.ndjson').map((line) => JSON.parse(line) as ServerState);
    expect(events.length).toBeGreaterThan(1000);
    let view: ClusterView = EMPTY;
    events.forEach((event, i) => {
      view = apply(view, event);
      if ((i + 1) % STRIDE === 0) {
        expect(plain(toServer(view)), `after event ${event.sequence}`).toEqual(states[Math.floor(i / STRIDE)]);
      }
    });
  });

  test('goes on from any state that the server tells', () => {
    const events = lines('events.ndjson').map(parseEvent);
    const states = lines('states.ndjson').map((line) => JSON.parse(line) as ServerState);
    for (const from of [1, 55, 133]) {
      let view = fromServer(states[from] as ServerState);
      events.slice((from + 1) * STRIDE, (from + 21) * STRIDE).forEach((event) => {
        view = apply(view, event);
      });
      expect(plain(toServer(view))).toEqual(states[from + 20]);
    }
  });

  test('reads a log of first versions as the server does', () => {
    const stored = lines('../stored-v1/00000000000000000904.ndjson');
    const started = stored.find((line) => line.includes('recovery.started.v1')) ?? '';
    expect(started).not.toBe('');
    const reason = (line: string) => apply(EMPTY, parseEvent(line)).wal.recovery?.reason;
    expect(reason(started)).toBe('crash');
    expect(reason(started.replace('"crash"', '"archive"'))).toBe('archive');
    expect(reason(started.replace('"crash"', '"recovery"'))).toBe('unknown');
    // In the second version it means what it says.
    expect(reason(started.replace('"crash"', '"unknown"').replace('.v1', '.v2'))).toBe('unknown');
    expect(stored.map(parseEvent).every((event) => !/v\d+$/.test(event.type))).toBe(true);
  });
});
