import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { grouped } from '../base/format';
import { commandsOf, type Surfaces } from '../core/commands';
import type { Store } from '../core/store';
import { CompareStage } from './Compare';
import { CommandPalette, Help } from './Dialogs';
import { exportData, exportPicture } from './ExportMenu';
import { Header } from './Header';
import { SidePanel } from './SidePanel';
import { Timeline } from './Timeline';
import { Transport } from './Transport';
import { leaveNote } from './token';

/** The panels are made again at most this often: the canvas has the rest of the time. */
const PANELS_MS = 60;
const CLOCK_MS = 1000;

/** Shows the store again when it changed. */
function useStore(store: Store): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = store.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again(undefined);
      }, PANELS_MS);
    });
    // While it is live, the clock goes on though nothing happens.
    const clock = setInterval(() => store.isLive && again(undefined), CLOCK_MS);
    return () => {
      clearInterval(clock);
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store]);
}

/** Keeps the address what is seen, without filling the history. */
function useAddress(store: Store): void {
  useEffect(() => {
    const timer = setInterval(() => {
      const hash = `#${store.address()}`;
      if (!store.loading && hash !== location.hash && !(hash === '#' && location.hash === '')) {
        history.replaceState(undefined, '', `${location.pathname}${hash === '#' ? '' : hash}`);
        store.changed(); // what the panels say of the view
      }
    }, 300);
    return () => clearInterval(timer);
  }, [store]);
}

function applyTheme(store: Store): void {
  if (store.theme === undefined) {
    delete document.documentElement.dataset['theme'];
  } else {
    document.documentElement.dataset['theme'] = store.theme;
  }
  store.changed();
}

function toggleTheme(store: Store): void {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const current = store.theme ?? (dark ? 'dark' : 'light');
  store.theme = current === 'dark' ? 'light' : 'dark';
  applyTheme(store);
}

const isTyping = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);

export function App({ store }: { store: Store }) {
  useStore(store);
  useAddress(store);
  const search = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<'palette' | 'help'>();
  const surfaces: Surfaces = useMemo(
    () => ({
      openPalette: () => setDialog('palette'),
      openHelp: () => setDialog('help'),
      openNote: () => void leaveNote(store),
      focusSearch: () => search.current?.focus(),
      toggleTheme: () => toggleTheme(store),
      exportAs: (format) => (format === 'png' ? exportPicture() : void exportData(store, format)),
    }),
    [store],
  );
  const commands = useMemo(() => commandsOf(store, surfaces), [store, surfaces]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setDialog('palette');
        return;
      }
      const open = document.querySelector('dialog[open]') !== null;
      if (open || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      // A button that has the focus takes the space bar itself.
      const onButton = event.target instanceof HTMLButtonElement && event.key === ' ';
      const command = commands.find((c) => c.key === (c.key?.length === 1 ? event.key.toLowerCase() : event.key));
      if (command && !onButton) {
        event.preventDefault();
        command.run();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [commands]);

  useEffect(() => applyTheme(store), [store, store.theme]);

  const comparing = store.panel === 'compare' && store.compareWith !== undefined && store.chain !== undefined;
  return (
    <div class={store.panelOpen ? 'app' : 'app narrow'}>
      <Header store={store} surfaces={surfaces} searchRef={search} />
      <Notices store={store} />
      <main>
        <div class="stage">
          <div class={comparing ? 'behind' : 'front'}>
            <Timeline store={store} />
          </div>
          {comparing && <CompareStage store={store} />}
          <Transport store={store} />
        </div>
        {store.panelOpen && <SidePanel store={store} exportPicture={exportPicture} />}
      </main>
      {dialog === 'palette' && <CommandPalette commands={commands} close={() => setDialog(undefined)} />}
      {dialog === 'help' && <Help commands={commands} close={() => setDialog(undefined)} />}
    </div>
  );
}

/** What is wrong or missing is said, never hidden. */
function Notices({ store }: { store: Store }) {
  const indexed = store.indexed();
  const { gaps } = store.live;
  return (
    <>
      {store.failure !== undefined && (
        <p class="notice bad" role="alert">
          {store.failure}
          <button type="button" class="plain" onClick={() => { store.failure = undefined; store.changed(); }}>
            dismiss
          </button>
        </p>
      )}
      {!store.live.connected && store.live.everConnected && (
        <p class="notice warn" data-testid="lost">
          The connection is lost; the page goes on where it was when it is back.
        </p>
      )}
      {indexed < 0.999 && store.overview !== undefined && store.overview.log_last - store.overview.last.sequence > 5000 && (
        <p class="notice" data-testid="indexing">
          Reading the log for the first time: {grouped(store.overview.last.sequence)} of{' '}
          {grouped(store.overview.log_last)} events ({Math.floor(indexed * 100)} %).
        </p>
      )}
      {gaps.length > 0 && (
        <p class="notice warn" data-testid="gaps">
          {gaps.length === 1 ? 'A gap' : `${gaps.length} gaps`} in the log:{' '}
          {gaps
            .slice(-3)
            .map((gap) => `#${gap.from}${gap.to > gap.from ? `–${gap.to}` : ''} ${gap.reason}`)
            .join(', ')}
        </p>
      )}
    </>
  );
}
