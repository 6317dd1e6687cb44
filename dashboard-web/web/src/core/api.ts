import { type LogEvent, parseEvent } from './event';

export interface Cluster {
  readonly system_identifier: string;
  readonly first_sequence: number;
  readonly last_sequence: number;
  readonly state: string;
  readonly version?: string;
  readonly server_version?: string;
  readonly data_directory?: string;
}

async function get(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { title?: string };
    throw new Error(problem.title ?? `${path}: ${response.status} ${response.statusText}`);
  }
  return response;
}

export async function clusters(): Promise<Cluster[]> {
  const body = (await (await get('/api/v1/clusters')).json()) as { clusters: Cluster[] };
  return body.clusters;
}

export async function events(cluster: string, from: number, limit: number): Promise<LogEvent[]> {
  const query = new URLSearchParams({ cluster, from: String(from), limit: String(limit) });
  const lines = (await (await get(`/api/v1/events?${query}`)).text()).split('\n');
  return lines.filter((line) => line !== '').map(parseEvent);
}

export async function state(cluster: string, sequence: number): Promise<unknown> {
  const query = new URLSearchParams({ cluster, at: String(sequence) });
  return (await get(`/api/v1/state?${query}`)).json();
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
export function follow(cluster: string, from: number, listener: StreamListener): () => void {
  const query = new URLSearchParams({ cluster, from: String(from) });
  const source = new EventSource(`/api/v1/stream?${query}`);
  source.onopen = () => listener.onConnected(true);
  source.onerror = () => listener.onConnected(false);
  source.onmessage = (message) => listener.onEvent(parseEvent(message.data as string));
  source.addEventListener('skipped', (message) => {
    const gap = JSON.parse((message as MessageEvent<string>).data) as { from: number; to: number };
    listener.onSkipped(gap.from, gap.to);
  });
  return () => source.close();
}
