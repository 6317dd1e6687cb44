// Reads the page as not everybody does: by keyboard alone, as a table, by the strip above, on a wall, with
// another reader beside, on a log with a hole. Prints the name of each part that passed; the first one that
// does not ends the run with its error. The environment is that of `harness.mjs`, and of the hole:
// DROPPED_AT, the sequence of the event after it, DROPPED, how many it swallowed, and DROPPED_IN_ALL, how
// many all holes of the log did.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitNewcomer, browser, keepPictures, PATIENCE_MS, Reader, Session, token, until } from './harness.mjs';

const { DROPPED, DROPPED_AT, DROPPED_IN_ALL } = process.env;

/** How many pixels of a canvas are drawn, and how many of them are red. */
const painted = (canvas) =>
  canvas.evaluate((element) => {
    const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
    const seen = { all: 0, red: 0 };
    for (let i = 0; i < data.length; i += 4) {
      seen.all += data[i + 3] > 0 ? 1 : 0;
      seen.red += data[i + 3] > 128 && data[i] > 150 && data[i] > 1.6 * data[i + 1] && data[i] > 1.6 * data[i + 2] ? 1 : 0;
    }
    return seen;
  });

try {
  const reader = await Reader.open();
  const { page, at, tab, address, addressed, api, lastOf, screenshot, show } = reader;
  const focused = () => page.evaluate(() => document.activeElement?.dataset.testid ?? '');
  /** Walks there as who has no mouse does. */
  const tabTo = async (id) => {
    for (let i = 0; i < 80 && (await focused()) !== id; i++) {
      await page.keyboard.press('Tab');
    }
    assert.equal(await focused(), id, `Tab does not lead to ${id}`);
  };
  const command = async (words) => {
    await page.keyboard.press('Control+k');
    await at('palette').waitFor();
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
  };

  {
    await show(`?seq=${DROPPED_AT}`);
    await at('dropped').filter({ hasText: `${Number(DROPPED).toLocaleString('en-US')} events before it could not be kept` }).waitFor();
    await command('show the whole log');
    await until(async () => (await painted(at('minimap'))).red > 3, 'the hole is red in the strip');
    await tab('log');
    await page.locator(`tr[data-sequence="${DROPPED_AT}"] td.bad`).waitFor();
    await tab('now');
    await at('live').click();
    await at('totals').filter({ hasText: `dropped events${Number(DROPPED_IN_ALL).toLocaleString('en-US')}` }).waitFor();
    // And one that opens while the page looks on.
    const head = (await api('clusters')).clusters[0].last_sequence;
    const events = await api(`events?from=${head}&limit=1`).catch(() => undefined);
    const late = { ...(events?.events?.[0] ?? {}), specversion: '1.0', type: 'dev.lifeline.stats.reported.v1', subject: 'checkpointer/1', time: new Date().toISOString(), sequence: String(head + 1000), data: {} };
    await page.route('**/stream?*', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: `id: ${late.sequence}\ndata: ${JSON.stringify(late)}\n\n` }));
    await page.goto('about:blank');
    await page.goto(new URL(process.env.DASHBOARD_URL).href);
    await at('gaps').filter({ hasText: /in the log: #\d+–\d+ missing/ }).waitFor({ timeout: PATIENCE_MS });
    await page.unroute('**/stream?*');
    console.log('what is missing is shown');
  }

  {
    await show();
    await until(async () => (await painted(at('minimap'))).all > 200, 'the strip is drawn');
    // Of a log that grows.
    const ends = () => Promise.all(['min', 'max'].map((end) => at('scrubber').getAttribute(end).then(Number)));
    const box = await at('minimap').boundingBox();
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('w');
    }
    for (const share of [0.25, 0.75]) {
      const [tail, head] = await ends();
      await page.mouse.click(box.x + share * box.width, box.y + box.height / 2);
      await addressed((a) => {
        const [from, to] = (a.get('view') ?? '0,0').split(',').map(Number);
        return Math.abs((from + to) / 2 - tail - share * (head - tail)) < 0.1 * (head - tail);
      }, `the view is at ${share} of the log`);
    }
    const [tail, head] = await ends();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.4 * box.width, box.y + 5, { steps: 4 });
    await page.mouse.up();
    await addressed((a) => {
      const [from, to] = a.get('view').split(',').map(Number);
      return Math.abs((from + to) / 2 - tail - 0.4 * (head - tail)) < 0.1 * (head - tail);
    }, 'it follows the pointer');
    console.log('the strip above leads anywhere');
  }

  {
    await show();
    await page.mouse.move(0, 0);
    await page.keyboard.press(',');
    await addressed((a) => a.has('seq'), 'an event is selected');
    for (let i = 0; i < 6; i++) {
      const before = Number(address().get('seq'));
      await page.keyboard.press(',');
      await addressed((a) => Number(a.get('seq')) < before, 'the one before');
    }
    const first = (await lastOf('process.ready')).sequence;
    await page.keyboard.press('[');
    await page.keyboard.press('.');
    await addressed((a) => a.has('range'), 'a stretch begins');
    await sleep(300);
    await page.keyboard.press(']');
    await addressed((a) => {
      const [from, to] = a.get('range').split(',').map(Number);
      return to > from && to - from < 60e6;
    }, 'and ends');
    await page.keyboard.press('f');
    await addressed((a) => {
      const [[from, to], [begins, ends]] = ['view', 'range'].map((name) => a.get(name).split(',').map(Number));
      return from <= begins && to >= ends && to - from < Math.max(2000, 2 * (ends - begins));
    }, 'the stretch is fitted');
    await page.keyboard.press('p');
    await addressed((a) => a.has('pinned'), 'the lane of the event is pinned');
    await page.keyboard.press('Escape');
    await addressed((a) => !a.has('range') && !a.has('seq'), 'nothing is selected');
    await page.keyboard.press('/');
    assert.equal(await focused(), 'search');
    await page.keyboard.type('process.ready');
    await page.keyboard.press('Enter');
    await at('found').filter({ hasText: /^[1-9]\d* found$/ }).waitFor();
    await page.keyboard.press(',');
    await addressed((a) => Number(a.get('seq')) <= first, 'from one found event to the next');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('-');
    await addressed((a) => a.get('speed') === '0.5', 'slower');
    await page.keyboard.press('+');
    await addressed((a) => !a.has('speed'), 'and as fast as before');
    await page.keyboard.press('m');
    await at('token').waitFor();
    await page.keyboard.type(await token());
    await page.keyboard.press('Enter');
    await at('note').waitFor();
    await page.keyboard.type('no mouse was here');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a keyboard');
    await page.keyboard.press('Enter');
    await until(async () => (await lastOf('annotation.added')) !== undefined, 'a note is left');
    await command('drills');
    await tabTo('drill-reload');
    await page.keyboard.press('Enter');
    await until(async () => (await at('expected').locator('li.came').count()) === 1, 'a drill');
    await command('axis: wal');
    await addressed((a) => a.get('axis') === 'lsn', 'the axis');
    await page.keyboard.press('1');
    await addressed((a) => !a.has('axis'), 'and back');
    await tabTo('scrubber');
    const stood = Number(await at('scrubber').inputValue());
    await page.keyboard.press('PageDown');
    await until(async () => Number(await at('scrubber').inputValue()) < stood, 'scrubbed');
    await tabTo('timeline');
    await page.keyboard.press('ArrowRight');
    await addressed((a) => a.has('view'), 'moved');
    await page.keyboard.press('l');
    await until(reader.isLive, 'live again');
    console.log('everything without a mouse');
  }

  {
    await command('as a table');
    const table = page.getByRole('region', { name: 'Events' }).getByRole('table');
    await table.getByRole('button').first().waitFor();
    assert.deepEqual(await table.getByRole('columnheader').allInnerTexts(), ['time', 'event', 'process']);
    const rows = await table.getByRole('row').count();
    assert.ok(rows > 20, `${rows} rows`);
    const last = await table.getByRole('row').nth(1).innerText();
    assert.match(last, /\d\d:\d\d:\d\d.*\s[a-z]+\.[a-z_]+\s/);
    await table.getByRole('button').first().press('Enter');
    await addressed((a) => a.has('seq'), 'a row leads to its event');
    // Who hears the page is told what each thing is for.
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea, canvas, a')]
        .filter((e) => e.getClientRects().length > 0)
        .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
        .map((e) => e.outerHTML));
    assert.deepEqual(nameless, []);
    for (const name of ['Axis', 'Replay', 'Colors']) {
      await page.locator(`[aria-label="${name}"]`).waitFor();
    }
    console.log('a table for who does not see the lanes');
  }

  {
    await show();
    const speeds = await at('speed').locator('option').allInnerTexts();
    assert.equal(speeds[0], '0.1×');
    assert.equal(speeds.at(-1), '100×');
    for (const speed of [0.1, 1, 10]) {
      await at('speed').selectOption(String(speed));
      const start = Number(await at('scrubber').getAttribute('min'));
      await at('scrubber').fill(String(start));
      await at('play').click();
      const measured = await page.evaluate(async () => {
        const scrubber = document.querySelector('[data-testid=scrubber]');
        const sample = () => [Number(scrubber.value), performance.now()];
        await new Promise((done) => setTimeout(done, 400));
        const [from, began] = sample();
        await new Promise((done) => setTimeout(done, 1000));
        const [to, ended] = sample();
        return (to - from) / 1000 / (ended - began);
      });
      await at('play').click();
      assert.ok(measured > 0.6 * speed && measured < 1.6 * speed, `${measured} at ${speed}`);
    }
    console.log('as fast as it says');
  }

  {
    const holder = await Session.open();
    const waiter = await Session.open();
    await holder.ask('CREATE TABLE held (n int); SELECT 1;');
    await holder.ask('BEGIN; LOCK TABLE held; SELECT 1;');
    waiter.tell('SELECT count(*) FROM held;');
    await show();
    await at('locks').filter({ hasText: `pid ${waiter.pid}` }).waitFor();
    const wal = await at('wal').innerText();
    await holder.ask("COMMIT; INSERT INTO held SELECT generate_series(1, 2000); SELECT 1;");
    await at('locks').waitFor({ state: 'detached' });
    await holder.ask('ALTER SYSTEM SET work_mem = \'7MB\'; SELECT 1;');
    const changed = await holder.ask('SELECT pg_reload_conf();');
    assert.equal(changed, 't');
    await page.getByText('Parameters set').click();
    await at('parameters').filter({ hasText: 'work_mem' }).waitFor();
    const waiting = (await api('timeline/search?from=999999999&direction=back&limit=1&types=lock.waiting')).matches[0];
    await show(`?seq=${waiting.sequence}`);
    await tab('now');
    await at('locks').filter({ hasText: `pid ${waiter.pid}` }).waitFor();
    await page.getByText('Parameters set').click();
    assert.doesNotMatch(await at('parameters').innerText(), /work_mem/);
    const flushed = (text) => text.match(/flushed to\s+([0-9A-F]+\/[0-9A-F]+)/)?.[1];
    assert.equal(flushed(await at('wal').innerText()), flushed(wal));
    assert.match(await at('buffers').innerText(), /shared memory/);
    await at('live').click();
    await until(async () => flushed(await at('wal').innerText()) !== flushed(wal), 'the log has gone on');
    holder.tell('VACUUM held;');
    const xid = await holder.ask('BEGIN; INSERT INTO held VALUES (0); SELECT txid_current(); COMMIT;');
    for (const filter of [`pid:${waiter.pid}`, `type:lock.waiting relation:held pid:${waiter.pid}`, 'relation:held', 'process:"client backend" /"relname":"h[aeiou]ld"/', `xid:${xid}`]) {
      await page.keyboard.press('/');
      await at('search').fill(filter);
      await page.keyboard.press('Enter');
      await at('found').filter({ hasText: /^[1-9]\d* found$/ }).waitFor();
    }
    await holder.close();
    await waiter.close();
    console.log('locks, parameters and WAL as they were');
  }

  {
    await sleep(2500); // nobody does anything
    const one = await Session.open();
    await one.close();
    const width = async (axis) => {
      await at(`axis-${axis}`).click();
      await addressed((a) => (a.get('axis') ?? 'time') === axis, axis);
      // The address is there before the page is drawn again; and both ends are to be of one drawing.
      let ends = { min: 0, max: 0 };
      await until(async () => {
        ends = await at('scrubber').evaluate(({ min, max }) => ({ min: Number(min), max: Number(max) }));
        return ends.min > 1e12 === (axis === 'time');
      }, `the ends of ${axis}`);
      return ends.max - ends.min;
    };
    await show();
    const active = await width('active');
    await screenshot('axis-active-idle.png');
    const time = await width('time');
    assert.ok(active < 0.8 * time, `${active} of ${time} us are not idle`);
    console.log('idle time is left out');
  }

  {
    const other = await Reader.open({ colorScheme: 'dark', viewport: { width: 2560, height: 1440 } });
    await other.show();
    const notes = async (one) => Number(await one.at('timeline').getAttribute('data-notes'));
    const before = (await api('timeline/search?from=999999999&direction=back&limit=100&types=annotation.added')).matches.length;
    await show();
    await until(async () => (await notes(other)) === before && (await notes(reader)) === before, 'both have read the notes');
    await page.keyboard.press('m');
    await at('note').fill('do you see it?');
    await at('author').fill('the first');
    await at('note-ok').click();
    await until(async () => (await notes(other)) === before + 1, 'the other sees it', 5000);
    await other.page.keyboard.press('m');
    await other.at('token').fill(await token());
    await other.at('token-ok').click();
    await other.at('note').fill('I do');
    await other.at('author').fill('the second');
    await other.at('note-ok').click();
    await until(async () => (await notes(reader)) === before + 2, 'and answers', 5000);
    await sleep(500);
    for (const [theme, one] of [['dark', other], ['light', reader]]) {
      for (const [place, size] of [['wall', { width: 2560, height: 1440 }], ['laptop', { width: 1440, height: 860 }]]) {
        await one.page.setViewportSize(size);
        await sleep(400);
        await one.screenshot(`${place}-${theme}.png`);
        const over = await one.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${place} ${theme}: ${over} pixels too wide`);
      }
    }
    assert.deepEqual(other.complaints, []);
    await other.page.close();
    console.log('two readers, a laptop and a wall');
  }

  {
    // The lane of a session that has ended, and those of who live.
    const gone = await Session.open();
    await reader.alive(gone.pid);
    await gone.close();
    await reader.gone(gone.pid);
    await show();
    await sleep(600);
    const box = await at('timeline').boundingBox();
    const told = new Set();
    const tooltip = () => page.evaluate(() => {
      const shown = document.querySelector('[role=tooltip]:not([hidden])');
      return shown?.innerText ?? '';
    });
    for (let y = 40; y < Math.min(box.height, 520); y += 9) {
      await page.mouse.move(box.x + 0.93 * box.width, box.y + y);
      told.add(await tooltip());
      await page.mouse.move(box.x + 40, box.y + y);
      told.add(await tooltip());
    }
    const text = [...told].join('\n');
    assert.match(text, /not ended yet/);
    assert.match(text, /checkpointer\n/);
    assert.match(text, /P pins this lane/);
    console.log('lanes tell what they are');
  }

  {
    const drill = async (name, events) => {
      await tab('drills');
      await at(`drill-${name}`).click();
      await until(async () => (await at('expected').locator('li.came').count()) === events, `${name}: all have come`);
      await awaitNewcomer();
    };
    await drill('reload', 1);
    await drill('crash_worker', 5);
    const crashed = await lastOf('process.crashed');
    await show(`?seq=${crashed.sequence}`);
    assert.match(await at('jaeger').getAttribute('href'), /^http:\/\/jaeger\.example\/trace\/[0-9a-f]{32}$/);
    console.log('a worker crashes, and the way to its trace');
  }

  {
    // Another crash, of a session this time, and both beside each other.
    const victim = await Session.open();
    const bystander = await Session.open();
    const worker = await lastOf('process.crashed');
    await tab('drills');
    await at('victim').fill(String(victim.pid));
    await at('drill-crash_backend').click();
    await until(async () => (await at('expected').locator('li.came').count()) === 6, 'a session crashes');
    await awaitNewcomer();
    await victim.close();
    await bystander.close();
    const session = await lastOf('process.crashed');
    assert.ok(session.sequence > worker.sequence);
    // A second of each, so that neither stretch has both of them.
    await show(`#seq=${session.sequence}&view=${session.time - 500_000},${session.time + 500_000}`);
    await at('compare-with-last').click();
    const stretches = at('compare').locator('figure');
    await stretches.nth(1).waitFor();
    assert.match(await stretches.nth(0).innerText(), new RegExp(`process.crashed #${worker.sequence}\\b`));
    assert.match(await stretches.nth(1).innerText(), new RegExp(`process.crashed #${session.sequence}\\b`));
    const plain = (text) => text.replaceAll('\u200b', '');
    const rows = async (id) => {
      const all = [];
      for (const row of await at(id).locator('tbody tr').all()) {
        const cells = (await row.locator('th, td').allInnerTexts()).map(plain);
        const color = await row.locator('td').first().evaluate((cell) => getComputedStyle(cell).color + getComputedStyle(cell).fontWeight + getComputedStyle(cell.parentElement).backgroundColor);
        all.push({ name: cells[0], a: cells[1], b: cells[2], notable: /notable/.test((await row.getAttribute('class')) ?? ''), color });
      }
      return all;
    };
    await at('differences').locator('tbody tr').first().waitFor();
    const data = await rows('differences');
    const row = (name) => data.find((one) => one.name === name);
    assert.ok(!row('exit_code').notable, 'both ended by the same signal');
    assert.equal(row('exit_code').a, row('exit_code').b);
    assert.ok(row('uptime_ms').notable, 'one had lived longer');
    assert.notEqual(row('uptime_ms').a, row('uptime_ms').b);
    assert.notEqual(row('uptime_ms').color, row('exit_code').color, 'the difference is seen');
    // The sessions that the second crash took along are told by the counts around both.
    await until(async () => (await rows('count-differences')).some((one) => one.notable), 'the counts differ, too');
    await sleep(400);
    await screenshot('compare-crashes.png');
    await addressed((a) => Number(a.get('compare')) === worker.sequence, 'the address has both');
    assert.deepEqual(reader.complaints, []);
    console.log('two crashes side by side');
  }
} catch (error) {
  await keepPictures();
  throw error;
} finally {
  await browser.close();
}
