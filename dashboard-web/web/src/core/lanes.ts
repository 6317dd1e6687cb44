import type { Place } from './axis';

/** A row of a query, where it stands on the timeline. */
export interface LanePoint extends Place {
  readonly label?: string;
  readonly value?: number;
}

export interface LaneAnswer {
  readonly points: readonly LanePoint[];
  /** Rows that stand where the log does not reach. */
  readonly elsewhere: number;
  readonly more: boolean;
}

/** Who asks; without a name it is `lifeline_dashboard`, a role that owns nothing. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A query over `lifeline.events`, or whatever else has times, whose rows are a lane. */
export interface SqlLane {
  readonly sql: string;
  /** Not yet run: it came with the address, and the reader has to say so. */
  readonly state: 'new' | 'running' | 'shown' | 'refused';
  readonly answer?: LaneAnswer;
  readonly failure?: string;
}

const RUN_BEFORE = 'lifeline-sql';

const runBefore = (): readonly string[] =>
  JSON.parse(sessionStorage.getItem(RUN_BEFORE) ?? '[]') as string[];

/** A query that came with a link is somebody else's: it runs by itself only if it has run in this tab. */
export const isTrusted = (sql: string): boolean => runBefore().includes(sql);

export function trust(sql: string): void {
  if (!isTrusted(sql)) {
    sessionStorage.setItem(RUN_BEFORE, JSON.stringify([...runBefore(), sql].slice(-50)));
  }
}

/** What a lane is called: what it reads, as short as can be. */
export function laneName(sql: string): string {
  const comment = /^\s*--\s*(.+)/.exec(sql)?.[1];
  const condition = /\bwhere\b\s+([\s\S]+)/i.exec(sql)?.[1];
  return (comment ?? condition ?? sql).replace(/\s+/g, ' ').trim();
}
