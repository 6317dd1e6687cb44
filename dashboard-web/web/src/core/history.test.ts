import { describe, expect, test } from 'vitest';
import { micros, parseInstant, toInstant } from '../base/time';
import { type LogEvent, lsn, parseEvent } from './event';
import { History } from './history';
import { Player } from './player';
import { apply } from './fold';
import { EMPTY } from './state';

let sequence = 0;

function event(type: string, pid: number, data: Record<string, unknown> = {}, processType = 'client backend'): LogEvent {
  sequence++;
  return { sequence, time: micros(sequence * 1000), type, processType, pid, cause: 0, data };
}

/** A cluster that starts, serves `count` sessions one after the other, and crashes. */
function story(count: number): LogEvent[] {
  sequence = 0;
  const log = [
    event('postmaster.started', 1, { server_version: '15' }, 'postmaster'),
    event('postmaster.state_changed', 1, { to_state: 'PM_RUN' }, 'postmaster'),
  ];
  for (let i = 0; i < count; i++) {
    const pid = 100 + i;
    log.push(
      event('process.forked', pid, { parent_pid: 1 }),
      event('connection.authorized', pid, { usename: 'u', datname: 'd' }),
      event('wal.flushed', 2, { end_lsn: `0/${(i + 1).toString(16)}`, wal_bytes: 10, commits: 2 }, 'walwriter'),
    );
    if (i % 2 === 0) {
      log.push(event('connection.closed', pid), event('process.exited', pid, { exit_code: 0 }));
    }
  }
  log.push(event('process.crashed', 101, { exit_code: 137 }));
  return log;
}

describe('time', () => {
  test('an instant keeps its microseconds', () => {
    const text = '2026-11-22T19:42:13.323641Z';
    expect(toInstant(parseInstant(text))).toBe(text);
    expect(parseInstant('1970-01-01T00:00:01Z')).toBe(1_000_000);
  });
});

describe('event', () => {
  test('a journal line is read', () => {
    const line =
      '{"specversion":"1.0","id":"3-7","sequence":"00000000000000000007","time":"1970-01-01T00:00:00.000002Z",' +
      '"type":"dev.lifeline.process.forked.v1","subject":"client backend/1247","cause":"00000000000000000003","data":{"pid":1247}}';
    expect(parseEvent(line)).toEqual({
      sequence: 7,
      time: 2,
      type: 'process.forked',
      processType: 'client backend',
      pid: 1247,
      cause: 3,
      data: { pid: 1247 },
    });
  });

  test('an LSN is a number', () => {
    expect(lsn('1/FF')).toBe(2 ** 32 + 255);
    expect(lsn(undefined)).toBe(0);
  });
});

describe('history', () => {
  test('the state at every index is the fold of all events up to it', () => {
    const log = story(400);
    const history = new History();
    log.forEach((e) => history.append(e));
    const folded = [EMPTY];
    for (const e of log) {
      folded.push(apply(folded.at(-1) ?? EMPTY, e));
    }
    for (const index of [0, 1, 255, 256, 257, 700, 3, log.length - 1, 511, 512, -1]) {
      expect(history.stateAt(index)).toEqual(folded[index + 1]);
    }
  });

  test('an event that comes twice is there once', () => {
    const history = new History();
    const [first, second] = story(1);
    expect(first && history.append(first)).toBe(true);
    expect(second && history.append(second)).toBe(true);
    expect(first && history.append(first)).toBe(false);
    expect(history.length).toBe(2);
  });

  test('an instant finds the last event up to it', () => {
    const history = new History();
    story(3).forEach((e) => history.append(e));
    expect(history.indexAt(micros(999))).toBe(-1);
    expect(history.indexAt(micros(1000))).toBe(0);
    expect(history.indexAt(micros(2500))).toBe(1);
    expect(history.indexOf(2)).toBe(1);
    expect(history.indexOf(9999)).toBe(-1);
  });

  test('who was alive before the crash is alive again when one goes back', () => {
    const log = story(2);
    const history = new History();
    log.forEach((e) => history.append(e));
    const after = history.stateAt(log.length - 1);
    const before = history.stateAt(log.length - 2);
    expect(after.processes.has(101)).toBe(false);
    expect(after.event_counts['process.crashed']).toBe(1);
    expect(before.processes.get(101)?.usename).toBe('u');
    expect(before.totals.connections).toBe(1);
    expect(after.totals.connections).toBe(0);
  });
});

describe('player', () => {
  test('it plays as fast as it is told and becomes live at the end', () => {
    const player = new Player();
    const newest = micros(10_000_000);
    player.scrub(micros(1_000_000));
    expect(player.mode).toBe('paused');
    player.speed = 10;
    player.play(newest, 0);
    player.tick(newest, 500, 'time');
    expect(player.at(newest)).toBe(6_000_000);
    player.tick(newest, 1000, 'time');
    expect(player.mode).toBe('live');
    expect(player.at(micros(11_000_000))).toBe(11_000_000);
  });
});
