import type { Axis, Place } from './axis';
import { type LogEvent, parseEvent } from './event';
import type { LaneAnswer, Login } from './lanes';
import type { ServerState } from './state';
import { parseTile, type Tile } from './tile';
import type { TileRequest } from './tiles';

export interface Cluster {
  readonly system_identifier: string;
  readonly first_sequence: number;
  readonly last_sequence: number;
  readonly state: string;
  readonly version?: string;
  readonly server_version?: string;
  readonly data_directory?: string;
}

/** What tiles number, and how far the log reaches. */
export interface Overview {
  readonly first: Place;
  readonly last: Place;
  readonly log_last: number;
  readonly rows: ReadonlyArray<{ readonly type: string; readonly slot: number }>;
  readonly types: readonly string[];
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
  readonly ends: readonly string[];
}

/** An event without its data. */
export interface TickView extends Place {
  readonly row: number;
  readonly pid: number;
  readonly type: string;
  readonly group: string;
  readonly cause: number;
  readonly duration_ms: number;
}

export interface ChainView {
  readonly event: LogEvent;
  readonly tick: TickView;
  readonly causes: readonly TickView[];
  readonly effects: readonly TickView[];
  readonly path: readonly TickView[];
  readonly flush?: TickView & { write_ms: number; sync_ms: number; commits: number };
  readonly root_trace: string;
}

export interface Drill {
  readonly name: string;
  readonly title: string;
  readonly takes_pid: boolean;
  readonly expected: readonly string[];
}

export interface ActionsView {
  readonly drills: readonly Drill[];
  readonly token?: string;
  readonly jaeger_url?: string | null;
}

/** What the server refused, and with which status. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { title?: string };
    throw new Refused(response.status, problem.title ?? `${response.status} ${response.statusText}`);
  }
  return response;
}

/** The API of one cluster's log; without a name, of the only one that there is. */
export class Api {
  constructor(private readonly cluster?: string) {}

  static async clusters(): Promise<Cluster[]> {
    const body = (await (await checked(await fetch('/api/v1/clusters'))).json()) as {
      clusters: Cluster[];
    };
    return body.clusters;
  }

  private url(path: string, query: Readonly<Record<string, string | number>> = {}): string {
    const all = new URLSearchParams(this.cluster === undefined ? {} : { cluster: this.cluster });
    for (const [name, value] of Object.entries(query)) {
      all.set(name, String(value));
    }
    return all.size === 0 ? `/api/v1/${path}` : `/api/v1/${path}?${all}`;
  }

  private async json<T>(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<T> {
    return (await (await checked(await fetch(this.url(path, query)))).json()) as T;
  }

  overview(): Promise<Overview> {
    return this.json('timeline');
  }

  async tile({ axis, level, index, filter }: TileRequest): Promise<Tile> {
    const path = this.url('timeline/tile', { axis, level, index });
    const response = await checked(await fetch(filter === '' ? path : `${path}&${filter}`));
    return parseTile(await response.arrayBuffer());
  }

  locate(axis: Axis, at: number): Promise<Place> {
    return this.json('timeline/locate', { axis, at: Math.max(0, Math.floor(at)) });
  }

  async events(from: number, limit: number): Promise<LogEvent[]> {
    const text = await (await checked(await fetch(this.url('events', { from, limit })))).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map(parseEvent);
  }

  /** The state after an event; the newest one without it. */
  state(sequence?: number): Promise<ServerState> {
    return this.json('state', sequence === undefined ? {} : { at: sequence });
  }

  search(
    from: number,
    back: boolean,
    limit: number,
    filter: string,
  ): Promise<{ matches: TickView[]; next?: number }> {
    const path = this.url('timeline/search', {
      from: Math.max(0, from),
      direction: back ? 'back' : 'forward',
      limit,
    });
    return fetch(filter === '' ? path : `${path}&${filter}`)
      .then(checked)
      .then((response) => response.json() as Promise<{ matches: TickView[]; next?: number }>);
  }

  async counts(from: number, to: number): Promise<Record<string, number>> {
    const body = await this.json<{ counts: Record<string, number> }>('timeline/counts', { from, to });
    return body.counts;
  }

  async chain(sequence: number): Promise<ChainView> {
    const raw = await this.json<Omit<ChainView, 'event'> & { event: unknown }>('timeline/chain', {
      sequence,
    });
    return { ...raw, event: parseEvent(JSON.stringify(raw.event)) };
  }

  actions(): Promise<ActionsView> {
    return this.json('actions');
  }

  async post<T>(action: string, token: string, body: unknown): Promise<T | undefined> {
    const response = await checked(
      await fetch(this.url(`actions/${action}`), {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
    return response.status === 204 ? undefined : ((await response.json()) as T);
  }

  async query(token: string, sql: string, login: Login): Promise<LaneAnswer> {
    const who = login.user === '' ? {} : login;
    const none: LaneAnswer = { points: [], elsewhere: 0, more: false };
    return (await this.post<LaneAnswer>('query', token, { sql, ...who })) ?? none;
  }

  exportUrl(format: string, from: number, to: number, filter: string): string {
    const path = this.url('export', { format, from, to });
    return filter === '' ? path : `${path}&${filter}`;
  }

  streamUrl(from: number): string {
    return this.url('stream', { from });
  }
}

export interface StreamListener {
  onEvent(event: LogEvent): void;
  onSkipped(from: number, to: number): void;
  onConnected(connected: boolean): void;
}

/**
 * Follows the log. The browser connects again by itself and says which event was the last, so nothing
 * is lost by it.
 */
export function follow(url: string, listener: StreamListener): () => void {
  const source = new EventSource(url);
  source.onopen = () => listener.onConnected(true);
  source.onerror = () => listener.onConnected(false);
  source.onmessage = (message) => listener.onEvent(parseEvent(message.data as string));
  source.addEventListener('skipped', (message) => {
    const gap = JSON.parse((message as MessageEvent<string>).data) as { from: number; to: number };
    listener.onSkipped(gap.from, gap.to);
  });
  return () => source.close();
}
