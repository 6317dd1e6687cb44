import type { Store } from '../core/store';

const KEY = 'lifeline-token';

/** The token, if it was given in this tab. */
export const token = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;

/** Asks for the token until it is right or the reader gives up. It is kept as long as the tab is. */
export function askToken(
  store: Store,
  why = 'This changes the server',
): Promise<string | undefined> {
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  dialog.innerHTML = `<form method="dialog">
    <h2></h2>
    <p>It needs the token from <code></code> on the server’s machine.</p>
    <input type="password" aria-label="Token" data-testid="token" autocomplete="off" />
    <p class="failure" hidden></p>
    <div class="buttons"><button type="button" value="cancel">Cancel</button><button value="ok" class="primary" data-testid="token-ok">Continue</button></div>
  </form>`;
  const part = <T extends Element>(selector: string): T => {
    const found = dialog.querySelector<T>(selector);
    if (!found) {
      throw new Error(`the dialog has no ${selector}`);
    }
    return found;
  };
  part<HTMLElement>('h2').textContent = why;
  part<HTMLElement>('code').textContent = store.actions.token ?? 'the data directory';
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    const end = (secret: string | undefined) => {
      dialog.remove();
      resolve(secret);
    };
    part<HTMLButtonElement>('button[value=cancel]').onclick = () => end(undefined);
    dialog.oncancel = () => end(undefined);
    part<HTMLFormElement>('form').onsubmit = (event) => {
      event.preventDefault();
      const secret = part<HTMLInputElement>('input').value.trim();
      store.api
        .post('token', secret, {})
        .then(() => {
          sessionStorage.setItem(KEY, secret);
          end(secret);
        })
        .catch((error: unknown) => {
          const failure = part<HTMLElement>('.failure');
          failure.hidden = false;
          failure.textContent = error instanceof Error ? error.message : String(error);
        });
    };
  });
}

/** Asks for a note and puts it on the log at the event at which the page stands. */
export async function leaveNote(store: Store): Promise<void> {
  const at = store.selected ?? store.sequence();
  const secret = token() ?? (await askToken(store));
  if (secret === undefined) {
    return;
  }
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  dialog.innerHTML = `<form method="dialog">
    <h2>A note at event #${at}</h2>
    <p>It becomes an event of the log: everybody sees it here.</p>
    <input type="text" aria-label="Note" data-testid="note" maxlength="500" placeholder="What is to be seen here?" />
    <input type="text" aria-label="Your name" data-testid="author" maxlength="60" placeholder="Your name" />
    <div class="buttons"><button type="button" value="cancel">Cancel</button><button value="ok" class="primary" data-testid="note-ok">Leave it</button></div>
  </form>`;
  const [note, author] = dialog.querySelectorAll('input');
  if (author) {
    author.value = localStorage.getItem('lifeline-author') ?? '';
  }
  document.body.append(dialog);
  dialog.showModal();
  const cancel = dialog.querySelector<HTMLButtonElement>('button[value=cancel]');
  if (cancel) {
    cancel.onclick = () => dialog.close();
  }
  dialog.onclose = () => dialog.remove();
  const form = dialog.querySelector('form');
  if (form) {
    form.onsubmit = () => {
      const who = author?.value.trim() || 'someone';
      localStorage.setItem('lifeline-author', who);
      void store.api
        .post('annotation', secret, { text: note?.value.trim() || 'mark', author: who, at })
        .catch((error: unknown) => {
          store.failure = error instanceof Error ? error.message : String(error);
          store.changed();
        });
    };
  }
}
