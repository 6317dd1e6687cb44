import {
  type ActionsView,
  Api,
  type ChainView,
  type Cluster,
  type Overview,
  type TickView,
} from './api';
import { type Axis, fitted, type Place, type Viewport } from './axis';
import { filterQuery, isEmpty, NO_FILTER, parseFilter, type Filter } from './filter';
import { Instants } from './instants';
import { isTrusted, type Login, type SqlLane, trust } from './lanes';
import { Live } from './live';
import { Player, SPEEDS } from './player';
import { kindOf } from './processes';
import { type ClusterView, EMPTY, fromServer } from './state';
import { TileCache } from './tiles';
import { type Address, readAddress, writeAddress } from './url';

export type Panel = 'now' | 'event' | 'log' | 'sql' | 'compare' | 'drills';

/** A line of the timeline. */
export interface RowView {
  readonly id: number;
  readonly type: string;
  readonly slot: number;
}

/** A note on the log, and where it stands. */
export interface Mark {
  readonly sequence: number;
  readonly place: Place;
  readonly text: string;
  readonly author: string;
}

/** How often what the page shows of the log's extent is asked for again while it grows. */
const OVERVIEW_MS = 1000;
const MATCHES_MAX = 1000;
const SEEN_MS_MAX = 1500;
const ORIGIN: Place = { time: 0, active: 0, lsn: 0, sequence: 0 };

/** What the page knows and where it stands. The canvas reads it in the frame loop. */
export class Store {
  cluster: Cluster | undefined;
  api = new Api();
  overview: Overview | undefined;
  rows: readonly RowView[] = [];
  axis: Axis = 'time';
  view: Viewport = { from: 0, to: 1 };
  /** Whether the view moves on with what is shown, rather than stay where the reader put it. */
  following = true;
  readonly player = new Player();
  readonly live = new Live((event) => this.onLive(event?.type));
  readonly tiles = new TileCache((request) => this.api.tile(request), () => this.dirty());
  readonly instants = new Instants(
    { state: (s) => this.api.state(s), events: (from, n) => this.api.events(from, n) },
    () => this.changed(),
  );
  loading = true;
  failure: string | undefined;
  selected: number | undefined;
  chain: ChainView | undefined;
  range: Viewport | undefined;
  filterText = '';
  filter: Filter = NO_FILTER;
  matches: readonly TickView[] = [];
  searching = false;
  marks: readonly Mark[] = [];
  pinned: readonly number[] = [];
  compareWith: number | undefined;
  panel: Panel = 'now';
  panelOpen = true;
  oracle = false;
  theme: string | undefined;
  actions: ActionsView = { drills: [] };
  lanes: readonly SqlLane[] = [];
  login: Login = { user: '', password: '' };
  /** The place at which the page stands, as exactly as it is known. */
  place: Place = ORIGIN;

  private lastState: ClusterView | undefined;
  private locating = false;
  private locateAgain = false;
  private overviewAt = 0;
  private onSeen: () => void = () => {};
  /** When there is something to see, or it takes too long: a page in the background draws nothing. */
  private readonly seen = new Promise<void>((resolve) => {
    this.onSeen = resolve;
    setTimeout(resolve, SEEN_MS_MAX);
  });
  private readonly listeners = new Set<() => void>();
  private frames = 0;
  private drawn = -1;

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Something that the canvas draws is another. */
  dirty(): void {
    this.frames++;
  }

  /** Whether there is something to draw since this was asked last. */
  takeDirty(): boolean {
    const is = this.drawn !== this.frames;
    this.drawn = this.frames;
    return is;
  }

  /** Something that the panels show is another. */
  changed(): void {
    this.dirty();
    for (const listener of this.listeners) {
      listener();
    }
  }

  /** The lanes are drawn. */
  painted(): void {
    this.onSeen();
  }

  async open(address: string): Promise<void> {
    try {
      // All at once: mostly there is one cluster, and who waits for its name waits twice.
      const only = Promise.all([this.api.overview(), this.api.state()]).catch(() => undefined);
      const [cluster] = await Api.clusters();
      if (!cluster) {
        throw new Error('there is no cluster to show');
      }
      this.cluster = cluster;
      this.api = new Api(cluster.system_identifier);
      const [overview, state] =
        (await only) ?? (await Promise.all([this.api.overview(), this.api.state()]));
      this.takeOverview(overview);
      const known = { ...overview.last, sequence: state.sequence };
      this.live.start(this.api.streamUrl(known.sequence + 1), known, fromServer(state));
      this.tiles.newest = known.sequence;
      this.place = known;
      this.fitAll();
      await this.goTo(readAddress(address));
      this.loading = false;
      this.changed();
      // The lanes first: nobody reads a note or starts a drill before there is something to see.
      await this.seen;
      void this.loadMarks();
      this.actions = await this.api.actions().catch(() => ({ drills: [] }));
    } catch (error) {
      this.loading = false;
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  private takeOverview(overview: Overview): void {
    this.overview = overview;
    if (overview.rows.length !== this.rows.length) {
      this.rows = overview.rows
        .map(({ type, slot }, id) => ({ id, type, slot }))
        .sort((a, b) => kindOf(a.type).rank - kindOf(b.type).rank || a.slot - b.slot);
    }
    this.dirty();
  }

  private onLive(type: string | undefined): void {
    this.tiles.newest = Math.max(this.tiles.newest, this.live.head.sequence);
    const now = performance.now();
    if (type === 'process.forked' || now - this.overviewAt > OVERVIEW_MS) {
      this.overviewAt = now;
      void this.api.overview().then((overview) => this.takeOverview(overview), () => {});
    }
    if (type === 'annotation.added') {
      void this.loadMarks();
    }
    this.changed();
  }

  /** How much of the log the server's index has; 1 when it is all. */
  indexed(): number {
    const { overview } = this;
    return overview && overview.log_last > 0
      ? Math.min(1, overview.last.sequence / overview.log_last)
      : 1;
  }

  // Where the page stands.

  /** The newest coordinate of the axis. */
  head(): number {
    return this.axis === 'time' ? this.live.now() : this.live.head[this.axis];
  }

  tail(): number {
    return this.overview?.first[this.axis] ?? 0;
  }

  now(): number {
    return this.player.at(this.head());
  }

  get isLive(): boolean {
    return this.player.mode === 'live';
  }

  /** Once a frame. */
  tick(now: number): void {
    const before = this.now();
    this.player.tick(this.head(), now, this.axis);
    if (this.player.mode === 'playing' && before !== this.now()) {
      this.resolve();
      this.changed();
    }
    if (this.following && this.player.mode !== 'paused') {
      this.follow();
    }
  }

  private follow(): void {
    const { from, to } = this.view;
    const span = to - from;
    const at = this.now();
    const edge = from + span * 0.94;
    if (at > edge || at < from) {
      const by = at < from ? at - from - span * 0.5 : at - edge;
      this.view = { from: from + by, to: to + by };
      this.dirty();
    }
  }

  setView(view: Viewport, byReader = true): void {
    this.view = view;
    if (byReader) {
      this.following = false;
      this.tiles.forgetWanted();
    }
    this.dirty();
  }

  fitAll(): void {
    this.view = fitted(this.tail(), Math.max(this.tail() + 1, this.head()), this.axis);
    this.following = true;
    this.dirty();
  }

  /** Shows what is selected: a stretch, the chain of an event, or all. */
  fit(): void {
    const { range, chain, axis } = this;
    if (range) {
      this.setView(fitted(range.from, range.to, axis));
    } else if (chain) {
      const all = [chain.tick, ...chain.causes, ...chain.effects, ...chain.path].map((t) => t[axis]);
      this.setView(fitted(Math.min(...all), Math.max(...all), axis));
    } else {
      this.fitAll();
    }
    this.changed();
  }

  /** Begins or ends the selected stretch at the event that is selected, else where the page stands. */
  bound(end: keyof Viewport): void {
    const at = this.chain && this.selected !== undefined ? this.chain.tick[this.axis] : this.now();
    const from = end === 'from' ? at : (this.range?.from ?? this.tail());
    const to = end === 'to' ? at : (this.range?.to ?? this.head());
    this.range = from <= to ? { from, to } : { from: at, to: at };
    this.changed();
  }

  /** The next speed that the page offers, up or down. */
  changeSpeed(by: 1 | -1): void {
    const next = SPEEDS[SPEEDS.findIndex((speed) => speed === this.player.speed) + by];
    this.player.speed = next ?? this.player.speed;
    this.changed();
  }

  async setAxis(axis: Axis): Promise<void> {
    const [from, to, at] = await Promise.all([
      this.api.locate(this.axis, this.view.from),
      this.api.locate(this.axis, Math.min(this.view.to, this.head())),
      this.api.locate(this.axis, this.now()),
    ]);
    const wasLive = this.isLive;
    const span = Math.max(to[axis] - from[axis], 16);
    this.axis = axis;
    this.range = undefined;
    this.view = { from: from[axis], to: from[axis] + span * 1.04 };
    if (!wasLive) {
      this.player.scrub(at[axis]);
    }
    this.changed();
  }

  scrub(to: number): void {
    this.player.scrub(Math.max(this.tail(), Math.min(to, this.head())));
    this.resolve();
    this.changed();
  }

  goLive(): void {
    this.player.live();
    this.following = true;
    const span = this.view.to - this.view.from;
    const head = this.head();
    if (head > this.view.to || head < this.view.from) {
      this.view = { from: head - span * 0.94, to: head + span * 0.06 };
    }
    this.place = this.live.head;
    this.changed();
  }

  togglePlay(): void {
    if (this.player.mode === 'paused') {
      this.player.play(this.head(), performance.now());
      this.following = true;
    } else {
      this.player.pause(this.head());
      this.resolve();
    }
    this.changed();
  }

  /** Finds out which event it is that the page stands at; one question at a time. */
  private resolve(): void {
    const at = this.now();
    if (this.axis === 'time') {
      const block = this.place.sequence > 0 ? this.instants.around(this.place.sequence) : undefined;
      const index = block?.indexAt(at as never) ?? -1;
      const event = block?.at(index);
      if (event && block?.at(index + 1)) {
        this.place = { ...this.place, time: event.time, sequence: event.sequence };
        return;
      }
    }
    if (this.locating) {
      this.locateAgain = true;
      return;
    }
    this.locating = true;
    this.api
      .locate(this.axis, at)
      .then((place) => {
        this.place = place;
      })
      .catch(() => {
        // Asked again with the next step; the connection says what is wrong.
      })
      .finally(() => {
        this.locating = false;
        if (this.locateAgain) {
          this.locateAgain = false;
          this.resolve();
        }
        this.changed();
      });
  }

  /** The last event up to where the page stands. */
  sequence(): number {
    return this.isLive ? this.live.head.sequence : this.place.sequence;
  }

  /** The cluster there; undefined while it is on its way. */
  state(): ClusterView | undefined {
    if (!this.overview) {
      return undefined;
    }
    const state = this.isLive
      ? this.live.view
      : this.place.sequence === 0
        ? EMPTY
        : this.instants.at(this.place.sequence);
    this.lastState = state ?? this.lastState;
    return state;
  }

  /** The same, or the one that was shown before while it is on its way. */
  stateOrLast(): ClusterView | undefined {
    return this.state() ?? this.lastState;
  }

  /** Goes one event back or on, among those that the filter admits. */
  async step(by: 1 | -1): Promise<void> {
    const from = this.selected ?? this.sequence();
    const query = filterQuery(this.filter, true);
    const found = await this.api.search(from, by < 0, 1, query).catch(() => undefined);
    const tick = found?.matches[0];
    if (tick) {
      this.standAt(tick);
      await this.select(tick.sequence);
    }
  }

  /** Stands at an event, and moves the view when it is not in it. */
  standAt(place: Place): void {
    const at = place[this.axis];
    this.player.scrub(at);
    this.place = place;
    const { from, to } = this.view;
    if (at < from || at > to) {
      const half = (to - from) / 2;
      this.setView({ from: at - half, to: at + half });
    }
    this.changed();
  }

  // What is selected.

  async select(sequence: number | undefined): Promise<void> {
    this.selected = sequence;
    if (sequence === undefined) {
      this.chain = undefined;
      this.panel = this.panel === 'event' ? 'now' : this.panel;
      this.changed();
      return;
    }
    if (this.panel !== 'compare' && this.panel !== 'drills') {
      this.panel = 'event';
    }
    this.changed();
    const chain = await this.api.chain(sequence).catch(() => undefined);
    if (this.selected === sequence) {
      this.chain = chain;
      this.changed();
    }
  }

  /** Selects an event and stands at it. */
  async show(sequence: number): Promise<void> {
    await this.select(sequence);
    if (this.chain?.tick.sequence === sequence) {
      this.standAt(this.chain.tick);
    }
  }

  async setFilter(text: string): Promise<void> {
    this.filterText = text;
    this.filter = parseFilter(text);
    this.matches = [];
    this.changed();
    if (isEmpty(this.filter)) {
      return;
    }
    const query = filterQuery(this.filter, true);
    this.searching = true;
    let from: number | undefined = this.live.head.sequence + 1;
    try {
      while (from !== undefined && this.matches.length < MATCHES_MAX && this.filterText === text) {
        const found: { matches: TickView[]; next?: number } = await this.api.search(
          from,
          true,
          200,
          query,
        );
        if (this.filterText !== text) {
          return;
        }
        this.matches = [...this.matches, ...found.matches];
        from = found.next ?? undefined;
        this.changed();
      }
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.searching = false;
    this.changed();
  }

  /** The filter as far as tiles can be made with it. */
  tileFilter(): string {
    return filterQuery(this.filter, false);
  }

  async loadMarks(): Promise<void> {
    const found = await this.api
      .search(this.live.head.sequence + 1, true, 100, 'types=annotation.*')
      .catch(() => ({ matches: [] as TickView[] }));
    this.marks = await Promise.all(
      found.matches.map(async (tick) => {
        const [place, [event]] = await Promise.all([
          this.api.locate('sequence', tick.cause || tick.sequence),
          this.api.events(tick.sequence, 1),
        ]);
        return {
          sequence: tick.sequence,
          place,
          text: String(event?.data['text'] ?? ''),
          author: String(event?.data['author'] ?? ''),
        };
      }),
    ).catch(() => this.marks);
    this.changed();
  }

  // Lanes that are queries.

  private setLane(lane: SqlLane): void {
    const known = this.lanes.some(({ sql }) => sql === lane.sql);
    this.lanes = known
      ? this.lanes.map((other) => (other.sql === lane.sql ? lane : other))
      : [...this.lanes, lane];
    this.changed();
  }

  /** Runs a query; its rows are a lane from then on. */
  async runLane(sql: string, secret: string): Promise<void> {
    const before = this.lanes.find((lane) => lane.sql === sql)?.answer;
    this.setLane({ sql, state: 'running', ...(before ? { answer: before } : {}) });
    try {
      const answer = await this.api.query(secret, sql, this.login);
      trust(sql);
      this.setLane({ sql, state: 'shown', answer });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.setLane({ sql, state: 'refused', failure });
    }
  }

  removeLane(sql: string): void {
    this.lanes = this.lanes.filter((lane) => lane.sql !== sql);
    this.changed();
  }

  /** What the address has is shown, and run where that was done in this tab before. */
  private openLanes(queries: readonly string[]): void {
    this.lanes = queries.map((sql) => ({ sql, state: 'new' }));
    const secret = sessionStorage.getItem('lifeline-token');
    if (secret !== null) {
      queries.filter(isTrusted).forEach((sql) => void this.runLane(sql, secret));
    }
  }

  togglePin(row: number): void {
    this.pinned = this.pinned.includes(row)
      ? this.pinned.filter((pinned) => pinned !== row)
      : [...this.pinned, row];
    this.changed();
  }

  // The address.

  address(): string {
    const { selected, range, compareWith, theme } = this;
    const address: Address = {
      axis: this.axis,
      ...(this.isLive ? {} : { at: this.now() }),
      ...(this.following && this.isLive ? {} : { view: this.view }),
      ...(selected === undefined ? {} : { selected }),
      ...(this.filterText === '' ? {} : { filter: this.filterText }),
      ...(range === undefined ? {} : { range }),
      speed: this.player.speed,
      ...(compareWith === undefined ? {} : { compare: compareWith }),
      ...(this.pinned.length === 0 ? {} : { pinned: this.pinned }),
      ...(this.panel === 'now' ? {} : { panel: this.panel }),
      ...(theme === undefined ? {} : { theme }),
      oracle: this.oracle,
      sql: this.lanes.map((lane) => lane.sql),
    };
    return writeAddress(address);
  }

  private async goTo(address: Address): Promise<void> {
    this.axis = address.axis;
    this.pinned = address.pinned ?? [];
    this.theme = address.theme;
    this.oracle = address.oracle ?? false;
    this.range = address.range;
    this.player.speed = address.speed ?? 1;
    this.compareWith = address.compare;
    this.openLanes(address.sql ?? []);
    this.fitAll();
    if (address.filter !== undefined) {
      void this.setFilter(address.filter);
    }
    if (address.selected !== undefined) {
      await this.select(address.selected);
      if (this.chain && address.at === undefined) {
        const at = this.chain.tick[this.axis];
        const half = Math.min((this.view.to - this.view.from) / 2, this.axis === 'time' ? 5e6 : 500);
        this.setView({ from: at - half, to: at + half });
        this.standAt(this.chain.tick);
      }
    }
    if (address.at !== undefined) {
      this.scrub(address.at);
    }
    if (address.view) {
      this.setView(address.view);
    }
    this.panel = (address.panel as Panel | undefined) ?? this.panel;
  }
}
