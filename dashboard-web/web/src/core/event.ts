import { type Micros, parseInstant } from '../base/time';
import { upcast } from './upcast';

/** One event of the log: a CloudEvent, with what the page asks of it again and again taken out. */
export interface LogEvent {
  readonly sequence: number;
  readonly time: Micros;
  /** Family and event without prefix and version: `process.forked`. */
  readonly type: string;
  readonly processType: string;
  readonly pid: number;
  /** The sequence of its cause; 0 for a root cause. */
  readonly cause: number;
  /** The trace that the work belongs to; absent where it belongs to none. */
  readonly traceId?: string;
  /** How many events before this one could not be kept. */
  readonly dropped?: number;
  readonly dropReason?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface CloudEvent {
  sequence: string;
  time: string;
  type: string;
  subject: string;
  cause?: string;
  traceparent?: string;
  dropped?: number;
  dropreason?: string;
  data: Record<string, unknown>;
}

const PREFIX = 'dev.lifeline.';

export function parseEvent(json: string): LogEvent {
  const event = JSON.parse(json) as CloudEvent;
  const slash = event.subject.lastIndexOf('/');
  const versioned = event.type.startsWith(PREFIX) ? event.type.slice(PREFIX.length) : event.type;
  const [, type = versioned, version = '1'] = /^(.*)\.v(\d+)$/.exec(versioned) ?? [];
  return {
    sequence: Number(event.sequence),
    time: parseInstant(event.time),
    type,
    processType: event.subject.slice(0, slash),
    pid: Number(event.subject.slice(slash + 1)),
    cause: Number(event.cause ?? 0),
    ...(event.traceparent === undefined ? {} : { traceId: event.traceparent.split('-')[1] ?? '' }),
    ...(event.dropped === undefined ? {} : { dropped: event.dropped }),
    ...(event.dropreason === undefined ? {} : { dropReason: event.dropreason }),
    data: upcast(type, Number(version), event.data),
  };
}

export const familyOf = (event: LogEvent): string => event.type.slice(0, event.type.indexOf('.'));

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

export const number = (value: unknown): number => {
  const parsed = typeof value === 'number' ? value : Number(value);
  return Number.isFinite(parsed) ? parsed : 0;
};

/** An LSN as PostgreSQL writes it, `16/B374D848`, as a number. */
export function lsn(value: unknown): number {
  const parts = text(value)?.split('/');
  if (parts?.length !== 2) {
    return 0;
  }
  return Number.parseInt(parts[0] ?? '0', 16) * 2 ** 32 + Number.parseInt(parts[1] ?? '0', 16);
}
