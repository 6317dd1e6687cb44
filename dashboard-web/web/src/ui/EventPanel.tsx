import { grouped } from '../base/format';
import { clockText, durationText, micros } from '../base/time';
import type { ChainView, TickView } from '../core/api';
import type { Store } from '../core/store';
import { CloseIcon } from './icons';

/** The selected event: its data, what led to it, what it led to, and what took the time. */
export function EventPanel({ store }: { store: Store }) {
  const { chain } = store;
  if (store.selected === undefined) {
    return (
      <p class="empty">
        Click an event on the timeline, or go from event to event with <kbd>,</kbd> and <kbd>.</kbd>
      </p>
    );
  }
  if (!chain || chain.tick.sequence !== store.selected) {
    return <p class="empty">Reading event #{store.selected} …</p>;
  }
  return (
    <>
      <Details chain={chain} store={store} />
      <Path store={store} chain={chain} />
      <Commit store={store} chain={chain} />
      <TickList title="Caused by" id="causes" ticks={chain.causes} from={chain.tick} store={store} />
      <TickList title="Led to" id="effects" ticks={chain.effects} from={chain.tick} store={store} />
    </>
  );
}

/** Names that are told above already. */
const TOLD = new Set(['pid', 'backend_type']);

const valueText = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value, undefined, 1) : String(value);

function Details({ chain, store }: { chain: ChainView; store: Store }) {
  const { event } = chain;
  const fields = Object.entries(event.data).filter(([name]) => !TOLD.has(name));
  return (
    <section aria-label="Event">
      <h2>
        <span class="event-type">{event.type}</span>
        <span class="spacer" />
        <button type="button" class="plain" title="Select nothing (Esc)" aria-label="Select nothing" onClick={() => void store.select(undefined)}>
          <CloseIcon />
        </button>
      </h2>
      <p class="where">
        {event.processType} <b>{event.pid === 0 ? '' : event.pid}</b> · {clockText(event.time)} · #
        {event.sequence}
      </p>
      {event.dropped !== undefined && (
        <p class="failure" data-testid="dropped">
          {grouped(event.dropped)} {event.dropped === 1 ? 'event' : 'events'} before it could not be kept
          {event.dropReason === undefined ? '' : `: ${event.dropReason}`}
        </p>
      )}
      <dl data-testid="event-details">
        <dt class="hidden">sequence</dt>
        <dd class="hidden">{event.sequence}</dd>
        {fields.map(([name, value]) => (
          <>
            <dt key={`${name}-name`}>{name}</dt>
            <dd key={name}>{valueText(value)}</dd>
          </>
        ))}
      </dl>
      <div class="buttons">
        <JaegerLink chain={chain} store={store} />
        <button
          type="button"
          data-testid="compare-with-last"
          title="Side by side with the event of this type before it"
          onClick={() => void compareWithLast(store, chain)}
        >
          Compare with the last {event.type}
        </button>
      </div>
    </section>
  );
}

async function compareWithLast(store: Store, chain: ChainView): Promise<void> {
  const { matches } = await store.api.search(
    chain.tick.sequence,
    true,
    1,
    new URLSearchParams({ types: chain.event.type }).toString(),
  );
  store.compareWith = matches[0]?.sequence;
  store.panel = 'compare';
  store.changed();
}

/** The trace of the work, or, of the cluster's own doings, the trace that its root cause begins. */
function JaegerLink({ chain, store }: { chain: ChainView; store: Store }) {
  const trace = chain.event.traceId ?? chain.root_trace;
  const base = store.actions.jaeger_url;
  if (base === undefined || base === null) {
    return (
      <span class="hint" title="Set lifeline.jaeger_url, and this becomes a link">
        trace <code data-testid="trace">{trace.slice(0, 16)}…</code>
      </span>
    );
  }
  return (
    <a class="button" data-testid="jaeger" href={`${base.replace(/\/$/, '')}/trace/${trace}`} target="_blank" rel="noreferrer">
      Open in Jaeger
    </a>
  );
}

/** Where the time went between a root cause and its end: a bar for each step, as long as it took. */
function Path({ store, chain }: { store: Store; chain: ChainView }) {
  const { path } = chain;
  const first = path[0];
  const last = path.at(-1);
  if (!first || !last || path.length < 3) {
    return null;
  }
  const whole = Math.max(1, last.time - first.time);
  return (
    <section aria-label="Critical path">
      <h2>
        Critical path <span class="count">{durationText(whole)}</span>
      </h2>
      <ol class="path" data-testid="path">
        {path.map((tick, i) => {
          const before = path[i - 1] ?? tick;
          const took = tick.time - before.time;
          return (
            <li key={tick.sequence}>
              <button type="button" class={tick.sequence === store.selected ? 'is' : ''} onClick={() => void store.show(tick.sequence)}>
                <span class="type">
                  {tick.type} <span class="who">{store.overview?.rows[tick.row]?.type}</span>
                </span>
                <span class="took">{i === 0 ? 'root cause' : `+${durationText(took)}`}</span>
                <span class="bar">
                  <i
                    style={{
                      left: `${(100 * (before.time - first.time)) / whole}%`,
                      width: `${Math.max(0.6, (100 * took) / whole)}%`,
                    }}
                  />
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What a commit waited for. */
function Commit({ store, chain }: { store: Store; chain: ChainView }) {
  const { flush, tick } = chain;
  if (!flush) {
    return null;
  }
  const total = Math.max(tick.duration_ms, flush.write_ms + flush.sync_ms);
  const rest = Math.max(0, total - flush.write_ms - flush.sync_ms);
  const parts = [
    ['work and waiting', rest],
    ['WAL write', flush.write_ms],
    ['WAL sync', flush.sync_ms],
  ] as const;
  return (
    <section aria-label="Commit">
      <h2>
        Where the commit’s time went <span class="count">{durationText(total * 1000)}</span>
      </h2>
      <ol class="path" data-testid="commit-parts">
        {parts.map(([name, ms], i) => {
          const before = parts.slice(0, i).reduce((sum, [, part]) => sum + part, 0);
          return (
            <li key={name}>
              <button type="button" onClick={() => void store.show(flush.sequence)}>
                <span class="type">{name}</span>
                <span class="took">{durationText(ms * 1000)}</span>
                <span class="bar">
                  <i style={{ left: `${(100 * before) / total}%`, width: `${Math.max(0.6, (100 * ms) / total)}%` }} />
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      <p class="hint">
        Shared with {Math.max(0, flush.commits - 1)} other commits in one flush of the WAL.
      </p>
    </section>
  );
}

function TickList({
  title,
  id,
  ticks,
  from,
  store,
}: {
  title: string;
  id: string;
  ticks: readonly TickView[];
  from: TickView;
  store: Store;
}) {
  if (ticks.length === 0) {
    return null;
  }
  return (
    <section aria-label={title}>
      <h2>
        {title} <span class="count">{ticks.length}</span>
      </h2>
      <ol class="events" data-testid={id}>
        {ticks.map((tick) => (
          <li key={tick.sequence}>
            <button type="button" data-sequence={tick.sequence} onClick={() => void store.show(tick.sequence)}>
              <i style={{ background: `var(--${tick.group === 'trouble' ? 'bad' : tick.group === 'transaction' ? 'commit' : tick.group})` }} />
              <span class="type">{tick.type}</span>
              <span class="when">
                {tick.time < from.time ? '−' : '+'}
                {durationText(Math.abs(micros(tick.time) - from.time))}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
