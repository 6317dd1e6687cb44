// Drives the dashboard in Chromium beside a real server. Prints the name of each part that passed; the
// first one that does not ends the run with its error.
//
// Environment: DASHBOARD_URL, CHROMIUM, PSQL, PG_PORT, SCREENSHOT_DIR.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const { DASHBOARD_URL, CHROMIUM, PSQL, PG_PORT, SCREENSHOT_DIR } = process.env;

/** What happens on the server is on the page within this time. */
const PROMPT_MS = 1000;
const PATIENCE_MS = 30_000;

/** A psql that stays connected until it is closed. */
class Session {
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

async function until(condition, message, timeout = PATIENCE_MS) {
  const end = performance.now() + timeout;
  while (!(await condition())) {
    assert.ok(performance.now() < end, message);
    await sleep(50);
  }
}

/** Waits until the server lets a newcomer in. */
async function awaitNewcomer() {
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

const browser = await chromium.launch({
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

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
  page.on('requestfailed', (request) =>
    complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`),
  );
  page.on('response', (response) => {
    if (response.status() >= 400) {
      complaints.push(`${response.status()}: ${response.url()}`);
    }
  });

  const at = (id) => page.getByTestId(id);
  const backend = (pid) =>
    at('process-tree').locator(`[data-type="client backend"][data-pid="${pid}"]`);
  const alive = (pid, timeout = PROMPT_MS) => backend(pid).waitFor({ state: 'visible', timeout });
  const gone = (pid, timeout = PROMPT_MS) => backend(pid).waitFor({ state: 'detached', timeout });
  const recent = (type, pid) =>
    at('recent')
      .locator('li')
      .filter({ has: page.getByText(type, { exact: true }) })
      .filter({ has: page.getByText(`client backend/${pid}`, { exact: true }) })
      .first()
      .waitFor({ state: 'visible', timeout: PROMPT_MS });
  const isLive = async () => /\bon\b/.test(await at('live').getAttribute('class'));
  const screenshot = (name) => page.screenshot({ path: path.join(SCREENSHOT_DIR, name) });

  const answer = await page.goto(DASHBOARD_URL);
  assert.equal(answer.status(), 200, 'the page is on the class path: run npm run build');
  await at('connection').filter({ hasText: /^connected$/ }).waitFor({ timeout: PATIENCE_MS });

  {
    const session = await Session.open();
    await alive(session.pid);
    await recent('process.forked', session.pid);
    await session.close();
    await gone(session.pid);
    await recent('process.exited', session.pid);
    console.log('a session comes and goes');
  }

  {
    const victim = await Session.open();
    const driller = await Session.open();
    await alive(victim.pid);
    await alive(driller.pid);
    assert.equal(await at('counter-crashes').locator('dd').innerText(), '0');
    // The newest instant on the page, at which both were alive.
    const before = await at('scrubber').getAttribute('max');

    driller.tell(`SELECT lifeline_crash_backend(${victim.pid});`);
    await gone(victim.pid, PATIENCE_MS);
    await gone(driller.pid, PATIENCE_MS);
    await awaitNewcomer();
    await at('counter-state').filter({ hasText: 'PM_RUN' }).waitFor({ timeout: PATIENCE_MS });
    await victim.close();
    await driller.close();
    assert.equal(await at('counter-crashes').locator('dd').innerText(), '1');

    await at('scrubber').fill(before);
    await alive(victim.pid);
    await alive(driller.pid);
    assert.equal(await at('counter-crashes').locator('dd').innerText(), '0');
    assert.equal(await isLive(), false);
    await screenshot('dashboard-before-crash.png');

    await at('live').click();
    await gone(victim.pid);
    await gone(driller.pid);
    assert.equal(await at('counter-crashes').locator('dd').innerText(), '1');
    assert.equal(await isLive(), true);
    console.log('the instant before a crash is shown again');
  }

  {
    const instant = () => at('instant').innerText();
    await at('scrubber').fill(await at('scrubber').getAttribute('min'));
    const start = await instant();
    await at('play').click();
    await until(async () => (await instant()) !== start, 'the instant moves on', PROMPT_MS);
    await at('play').click();
    // The page shows the pause a frame after the click.
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: PROMPT_MS });
    const paused = await instant();
    await sleep(300);
    assert.equal(await instant(), paused, 'it stands still while paused');
    assert.equal(await isLive(), false);

    await at('speed').selectOption('100');
    await at('play').click();
    await until(isLive, 'it ends live');
    assert.notEqual(await instant(), paused);
    console.log('pause, play and speed');
  }

  {
    const session = await Session.open();
    await session.ask('SELECT 1;');
    await alive(session.pid);
    await screenshot('dashboard.png');
    await session.close();
    await gone(session.pid);
    assert.deepEqual(complaints, []);
    console.log('nothing to complain of');
  }
} finally {
  await browser.close();
}
