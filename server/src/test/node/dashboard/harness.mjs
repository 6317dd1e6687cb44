// What the scripts that drive the dashboard in Chromium have in common: the browser, a page that keeps what
// its console complained of, psql sessions, and a wire that can be cut.
//
// Environment: DASHBOARD_URL, TOKEN_FILE, CHROMIUM, PSQL, PG_PORT, SCREENSHOT_DIR.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

export const { DASHBOARD_URL, SCREENSHOT_DIR } = process.env;
const { TOKEN_FILE, CHROMIUM, PSQL, PG_PORT } = process.env;

export const PATIENCE_MS = 30_000;

/** A psql that stays connected until it is closed. */
export class Session {
  static async open() {
    const session = new Session();
    session.pid = Number(await session.ask('SELECT pg_backend_pid();'));
    assert.ok(session.pid > 0, `a backend's pid, not ${session.pid}`);
    return session;
  }

  constructor() {
    const target = ['-h', '127.0.0.1', '-p', PG_PORT, '-U', 'postgres', '-d', 'postgres'];
    this.psql = spawn(PSQL, ['-XAtq', ...target], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.errors = '';
    this.psql.stderr.on('data', (text) => (this.errors += text));
    // The server may have ended the session before psql has read its input.
    this.psql.stdin.on('error', () => {});
    this.lines = createInterface({ input: this.psql.stdout })[Symbol.asyncIterator]();
    this.exited = once(this.psql, 'exit');
  }

  tell(sql) {
    this.psql.stdin.write(`${sql}\n`);
  }

  async ask(sql) {
    this.tell(sql);
    const { value, done } = await this.lines.next();
    assert.ok(!done, `psql has ended: ${this.errors}`);
    return value;
  }

  async close() {
    this.psql.stdin.end('\\q\n');
    await this.exited;
  }
}

export async function until(condition, message, timeout = PATIENCE_MS) {
  const end = performance.now() + timeout;
  while (!(await condition())) {
    assert.ok(performance.now() < end, message);
    await sleep(50);
  }
}

/** Stands between browser and server, and can be cut. */
export class Wire {
  sockets = new Set();

  async open() {
    const { hostname, port } = new URL(DASHBOARD_URL);
    this.server = createServer((client) => {
      const server = connect(Number(port), hostname);
      for (const [from, to] of [[client, server], [server, client]]) {
        this.sockets.add(from);
        from.on('error', () => {}).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    this.server.listen(this.port ?? 0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
  }

  cut() {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    this.sockets.clear();
  }
}

/** Waits until the server lets a newcomer in. */
export async function awaitNewcomer() {
  let refusal;
  await until(async () => {
    try {
      await (await Session.open()).close();
      return true;
    } catch (error) {
      refusal = error;
      return false;
    }
  }, 'the cluster is back').catch((error) => {
    throw new Error(error.message, { cause: refusal });
  });
}

export const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

/** What was seen when it went wrong. */
export async function keepPictures() {
  const pages = browser.contexts().flatMap((context) => context.pages());
  await Promise.all(
    pages.map((page, i) => page.screenshot({ path: path.join(SCREENSHOT_DIR, `failed-${i}.png`) }).catch(() => {})),
  );
}

/** What the server asks for before it does as the page says. */
export const token = async () => (await readFile(TOKEN_FILE, 'utf8')).trim();

/** A page, and what is done with it again and again. */
export class Reader {
  complaints = [];

  static async open(options = {}) {
    const reader = new Reader();
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, colorScheme: 'light', ...options });
    reader.page = page;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        reader.complaints.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => reader.complaints.push(`uncaught: ${error.stack}`));
    page.on('response', (response) => {
      if (response.status() >= 400) {
        reader.complaints.push(`${response.status()}: ${response.url()}`);
      }
    });
    return reader;
  }

  /** A complaint that was to be expected is none. */
  forgive(pattern) {
    this.complaints = this.complaints.filter((complaint) => !pattern.test(complaint));
  }

  at = (id) => this.page.getByTestId(id);
  tab = (name) => this.at(`tab-${name}`).click();
  backend = (pid) =>
    this.at('process-tree').locator(`[data-type="client backend"][data-pid="${pid}"]`);
  alive = (pid, timeout = PATIENCE_MS) => this.backend(pid).waitFor({ state: 'visible', timeout });
  gone = (pid, timeout = PATIENCE_MS) => this.backend(pid).waitFor({ state: 'detached', timeout });
  isLive = async () => /\bon\b/.test(await this.at('live').getAttribute('class'));
  screenshot = (name) => this.page.screenshot({ path: path.join(SCREENSHOT_DIR, name) });
  address = () => new URLSearchParams(new URL(this.page.url()).hash.slice(1));
  /** The address follows within a moment. */
  addressed = (condition, message) => until(() => condition(this.address()), message, PATIENCE_MS);
  api = async (request) =>
    (await this.page.request.get(new URL(`api/v1/${request}`, DASHBOARD_URL).href)).json();
  lastOf = async (type) =>
    (await this.api(`timeline/search?from=999999999&direction=back&limit=1&types=${type}`)).matches[0];
  show = async (hash = '') => {
    await this.page.goto('about:blank');
    const answer = await this.page.goto(DASHBOARD_URL + hash);
    assert.equal(answer.status(), 200, 'the page is on the class path: run npm run build');
    await this.at('connection').filter({ hasText: /^connected$/ }).waitFor({ timeout: PATIENCE_MS });
  };
  /** From where to where the timeline shows. */
  view = () => this.address().get('view').split(',').map(Number);
  span = () => {
    const [from, to] = this.view();
    return to - from;
  };
}
