import { useEffect, useRef, useState } from 'preact/hooks';
import { type Command, matching } from '../core/commands';

/** A dialog that is open as long as it is there. */
function useModal(close: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.addEventListener('close', close);
    return () => dialog?.removeEventListener('close', close);
  }, []);
  return ref;
}

const keyName = (key: string): string =>
  key === ' ' ? 'space' : key === 'Escape' ? 'esc' : key.toUpperCase();

/** Every command by its name. */
export function CommandPalette({ commands, close }: { commands: readonly Command[]; close: () => void }) {
  const ref = useModal(close);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = matching(commands, typed);
  const run = (command: Command | undefined) => {
    ref.current?.close();
    command?.run();
  };
  return (
    <dialog
      ref={ref}
      class="palette"
      aria-label="Commands"
      onClick={(event) => event.target === ref.current && ref.current?.close()}
    >
      <input
        type="text"
        data-testid="palette"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        placeholder="What do you want to do?"
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            const by = event.key === 'ArrowDown' ? 1 : -1;
            setAt((at + by + found.length) % Math.max(1, found.length));
            event.preventDefault();
          } else if (event.key === 'Enter') {
            run(found[at]);
            event.preventDefault();
          }
        }}
      />
      <ul id="palette-list" role="listbox">
        {found.map((command, i) => (
          <li key={command.id} role="option" aria-selected={i === at}>
            <button type="button" tabIndex={-1} onClick={() => run(command)}>
              {command.title}
              {command.key !== undefined && <kbd>{keyName(command.key)}</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </dialog>
  );
}

const MOVES = [
  ['W S', 'zoom in and out, as long as they are held'],
  ['A D', 'to the left and to the right'],
  ['wheel', 'zoom at the pointer; with shift to the side; over the names up and down'],
  ['drag', 'move; with shift select a stretch; on the ruler scrub'],
] as const;

/** The keys, and what is seen. */
export function Help({ commands, close }: { commands: readonly Command[]; close: () => void }) {
  const ref = useModal(close);
  return (
    <dialog ref={ref} class="help" aria-label="Help" onClick={(event) => event.target === ref.current && ref.current?.close()}>
      <h2>What you see</h2>
      <p>
        Every process of the database has a lane: a thin line as long as it lives, a bar for what it
        does, a mark for each event. A cross is a crash. Zoomed out, marks become columns: the higher,
        the more events. Arrows lead from cause to effect. Nothing is sampled: zoom in and every single
        event is there. Pull the time back, and the panel shows the cluster as it was.
      </p>
      <h2>Keys</h2>
      <dl>
        {MOVES.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        {commands
          .filter((command) => command.key !== undefined)
          .map((command) => (
            <div key={command.id}>
              <dt>
                <kbd>{keyName(command.key ?? '')}</kbd>
              </dt>
              <dd>{command.title}</dd>
            </div>
          ))}
      </dl>
      <form method="dialog">
        <button class="primary">Close</button>
      </form>
    </dialog>
  );
}
