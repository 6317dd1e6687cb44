import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { AXES, AXIS_NAMES } from '../core/axis';
import type { Surfaces } from '../core/commands';
import { isEmpty } from '../core/filter';
import type { Store } from '../core/store';
import { CloseIcon, SearchIcon, ThemeIcon } from './icons';

/** What a state of the postmaster means, for who does not know its names. */
const STATES: Readonly<Record<string, { readonly text: string; readonly mood: string }>> = {
  PM_RUN: { text: 'accepting sessions', mood: 'good' },
  PM_INIT: { text: 'starting', mood: 'warn' },
  PM_STARTUP: { text: 'starting', mood: 'warn' },
  PM_RECOVERY: { text: 'recovering', mood: 'warn' },
  PM_WAIT_BACKENDS: { text: 'ending all processes', mood: 'bad' },
  PM_STOP_BACKENDS: { text: 'ending all processes', mood: 'bad' },
  PM_WAIT_DEAD_END: { text: 'ending all processes', mood: 'bad' },
  PM_NO_CHILDREN: { text: 'resetting', mood: 'bad' },
  stopped: { text: 'stopped', mood: 'bad' },
};

export function Header({
  store,
  surfaces,
  searchRef,
}: {
  store: Store;
  surfaces: Surfaces;
  searchRef: Ref<HTMLInputElement>;
}) {
  const state = store.stateOrLast();
  const name = state?.postmaster.state ?? '';
  const known = STATES[name];
  return (
    <header>
      <h1>
        <svg viewBox="0 0 28 16" width="30" height="17" aria-hidden="true">
          <path d="M1 9h6l2.4-6 3.6 11 3-8 1.6 3H27" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round" />
        </svg>
        Lifeline
      </h1>
      <span class={`badge ${known?.mood ?? 'warn'}`} data-testid="counter-state" title={name}>
        <i /> {state ? (known?.text ?? name) : 'reading the log …'}
        {state && <code>{name}</code>}
      </span>
      {state?.postmaster.server_version !== undefined && (
        <span class="version">PostgreSQL {state.postmaster.server_version}</span>
      )}
      <Search store={store} inputRef={searchRef} />
      <div class="segments" role="radiogroup" aria-label="Axis">
        {AXES.map((axis) => (
          <button
            key={axis}
            type="button"
            role="radio"
            aria-checked={store.axis === axis}
            data-testid={`axis-${axis}`}
            title={`The axis runs by ${AXIS_NAMES[axis].purpose}`}
            onClick={() => void store.setAxis(axis)}
          >
            {AXIS_NAMES[axis].name}
          </button>
        ))}
      </div>
      <button type="button" class="plain" title="Light or dark (T)" aria-label="Light or dark" data-testid="theme" onClick={() => surfaces.toggleTheme()}>
        <ThemeIcon />
      </button>
      <button type="button" class="plain" title="Keys and explanations (?)" aria-label="Help" onClick={() => surfaces.openHelp()}>
        ?
      </button>
      <span class={store.live.connected ? 'link on' : 'link'} data-testid="connection">
        {store.live.connected ? 'connected' : store.live.everConnected ? 'reconnecting …' : 'connecting …'}
      </span>
    </header>
  );
}

function Search({ store, inputRef }: { store: Store; inputRef: Ref<HTMLInputElement> }) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const value = typed ?? store.filterText;
  const active = !isEmpty(store.filter);
  const apply = (text: string) => {
    setTyped(undefined);
    void store.setFilter(text.trim());
  };
  return (
    <form
      class={active ? 'search active' : 'search'}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        apply(value);
        (document.activeElement as HTMLElement | null)?.blur();
      }}
    >
      <SearchIcon />
      <input
        ref={inputRef}
        type="text"
        data-testid="search"
        aria-label="Search and filter"
        placeholder="Filter: wal.*  pid:12  process:checkpointer  xid:742  relation:employees  /regex/"
        spellcheck={false}
        value={value}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            apply('');
            event.currentTarget.blur();
          }
        }}
      />
      {active && (
        <span class="found" data-testid="found">
          {store.searching ? `${store.matches.length} …` : `${store.matches.length}${store.matches.length >= 1000 ? '+' : ''} found`}
        </span>
      )}
      {active && (
        <button type="button" class="plain" aria-label="No filter" onClick={() => apply('')}>
          <CloseIcon />
        </button>
      )}
      {!active && <kbd>/</kbd>}
    </form>
  );
}
