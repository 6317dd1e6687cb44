// Drives the dashboard beside a real server. Prints the name of each part that passed; the first one that
// does not ends the run with its error. The environment is that of `harness.mjs`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitNewcomer, browser, DASHBOARD_URL, keepPictures, PATIENCE_MS, Reader, SCREENSHOT_DIR, Session, token, until, Wire } from './harness.mjs';

try {
  const reader = await Reader.open();
  const { page, at, tab, alive, gone, isLive, screenshot, address, addressed, api, lastOf, span } = reader;
  const open = reader.show;
  const crashes = async () =>
    Number((await at('totals').innerText()).match(/crashes\s+(\d+)/)?.[1] ?? 'NaN');

  await open();
  {
    const session = await Session.open();
    await alive(session.pid);
    await session.close();
    await gone(session.pid);
    await tab('log');
    await at('recent').locator('tr').filter({ hasText: 'process.exited' }).filter({ hasText: String(session.pid) }).first().waitFor();
    await tab('now');
    console.log('a session comes and goes');
  }

  {
    // From an event's own time until the canvas was drawn with it.
    const delays = [];
    await page.evaluate(() => {
      const canvas = document.querySelector('canvas.timeline');
      window.drawnAt = new Map();
      new MutationObserver(() => {
        window.drawnAt.set(Number(canvas.dataset.drawn), performance.timeOrigin + performance.now());
      }).observe(canvas, { attributes: true });
    });
    for (let i = 0; i < 5; i++) {
      const session = await Session.open();
      await alive(session.pid);
      const forked = (await api(`timeline/search?from=999999999&direction=back&limit=1&types=process.forked&pids=${session.pid}`)).matches[0];
      await until(
        () => page.evaluate((s) => [...window.drawnAt.keys()].some((drawn) => drawn >= s), forked.sequence),
        'it is drawn',
      );
      const drawn = await page.evaluate(
        (s) => Math.min(...[...window.drawnAt].filter(([drawn]) => drawn >= s).map(([, when]) => when)),
        forked.sequence,
      );
      delays.push(drawn - forked.time / 1000);
      await session.close();
    }
    // How fast is a figure of the machine, which is told; that nothing is drawn twice or goes back is asserted.
    console.error(`drawn after ${delays.map((d) => d.toFixed(0)).join(', ')} ms`);
    const order = await page.evaluate(() => [...window.drawnAt.keys()]);
    assert.deepEqual(order, [...order].sort((a, b) => a - b), 'in the order of the log');
    assert.ok(delays.every((delay) => delay > 0), `nothing is drawn before it happened: ${delays}`);
    console.log('new events are drawn at once');
  }

  {
    const victim = await Session.open();
    const other = await Session.open();
    await alive(victim.pid);
    await alive(other.pid);
    assert.equal(await crashes(), 0);
    const before = await at('scrubber').inputValue();

    await tab('drills');
    await at('victim').fill(String(victim.pid));
    await at('drill-crash_backend').click();
    await at('token').fill('not the token');
    await at('token-ok').click();
    await page.getByText('this is not the token').waitFor();
    await at('token').fill(await token());
    await at('token-ok').click();
    await until(
      async () => (await at('expected').locator('li.came').count()) === 6,
      'all expected events have come',
    );
    reader.forgive(/403/);
    await screenshot('drill.png');
    await awaitNewcomer();
    await victim.close();
    await other.close();

    await tab('now');
    await gone(victim.pid);
    assert.equal(await crashes(), 1);
    await at('scrubber').fill(before);
    await alive(victim.pid);
    await alive(other.pid);
    assert.equal(await crashes(), 0);
    assert.equal(await isLive(), false);
    await at('live').click();
    await gone(victim.pid);
    assert.equal(await crashes(), 1);
    assert.equal(await isLive(), true);
    console.log('a drill, its expected events, and the instant before it');
  }

  {
    const fault = await lastOf('fault.injected');
    await open(`?seq=${fault.sequence}`);
    await at('path').locator('li').nth(4).waitFor();
    const path = await at('path').locator('.type').allInnerTexts();
    assert.equal(path[0], 'fault.injected client backend');
    assert.equal(path.at(-1), 'postmaster.state_changed postmaster');
    await page.keyboard.press('f');
    await addressed((a) => a.has('view'), 'the chain is fitted');
    await screenshot('crash.png');
    // Down the chain and up again.
    await at('effects').locator('button').first().click();
    await page.getByRole('heading', { name: 'process.crashed' }).waitFor();
    await at('causes').locator('button').first().click();
    await page.getByRole('heading', { name: 'fault.injected' }).waitFor();
    await at('jaeger').waitFor();
    await at('compare-with-last').click();
    await page.keyboard.press('Escape');
    console.log('the chain of a crash and its critical path');
  }

  {
    await open();
    const instant = () => at('instant').innerText();
    await at('scrubber').fill(await at('scrubber').getAttribute('min'));
    const start = await instant();
    await at('play').click();
    await until(async () => (await instant()) !== start, 'the instant moves on');
    await at('play').click();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await sleep(300);
    const paused = await instant();
    await sleep(300);
    assert.equal(await instant(), paused, 'it stands still while paused');
    await at('speed').selectOption('100');
    await page.evaluate(() => document.activeElement?.blur());
    await at('play').click();
    await until(isLive, 'it ends live');

    await page.keyboard.press(',');
    await addressed((a) => a.has('seq'), 'an event is selected');
    const selected = Number(address().get('seq'));
    await page.keyboard.press(',');
    await addressed((a) => Number(a.get('seq')) === selected - 1, 'the one before');
    await page.keyboard.press('.');
    await addressed((a) => Number(a.get('seq')) === selected, 'and the next');
    assert.equal(await isLive(), false);
    console.log('pause, play, speed, step');
  }

  {
    for (const axis of ['lsn', 'sequence', 'active', 'time']) {
      await at(`axis-${axis}`).click();
      await page.locator(`[data-testid=axis-${axis}][aria-checked=true]`).waitFor();
      await addressed((a) => (a.get('axis') ?? 'time') === axis, `the axis is ${axis}`);
      await sleep(400);
      await screenshot(`axis-${axis}.png`);
    }
    console.log('four axes');
  }

  {
    await page.keyboard.press('Escape');
    await page.keyboard.press('0');
    await page.keyboard.down('w');
    await sleep(500);
    await page.keyboard.up('w');
    await addressed((a) => a.has('view'), 'zoomed');
    await sleep(500);
    const zoomedIn = span();
    await page.keyboard.press('s');
    await until(async () => (span()) > zoomedIn, 'zoomed out');
    const from = () => Number(address().get('view').split(',')[0]);
    const left = from();
    await page.keyboard.press('a');
    await until(() => from() < left, 'to the left');
    const box = await at('timeline').boundingBox();
    const wide = span();
    await page.mouse.move(box.x + 500, box.y + 300);
    await page.mouse.wheel(0, -300);
    await until(async () => (span()) < wide, 'the wheel zooms');
    const dragged = from();
    await page.mouse.down();
    await page.mouse.move(box.x + 700, box.y + 300, { steps: 5 });
    await page.mouse.up();
    await until(() => from() < dragged, 'dragging moves');
    await page.keyboard.press('p');
    await addressed((a) => a.has('pinned'), 'the lane under the pointer is pinned');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'What you see' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    await at('palette').fill('oracle');
    await page.keyboard.press('Enter');
    await addressed((a) => a.has('oracle'), 'a command of the palette');
    await tab('now');
    await page.getByText('DBWR').waitFor();
    console.log('keys, wheel, palette');
  }

  {
    await page.keyboard.press('/');
    await page.keyboard.type('process.crashed');
    await page.keyboard.press('Enter');
    await at('found').filter({ hasText: /^1 found$/ }).waitFor();
    await tab('log');
    await until(async () => (await at('recent').locator('tbody tr').count()) === 1, 'one row');
    await at('search').fill('/no such thing/');
    await page.keyboard.press('Enter');
    await at('found').filter({ hasText: /^0 found$/ }).waitFor();
    await at('search').fill('process:checkpointer type:checkpoint.*');
    await page.keyboard.press('Enter');
    await at('found').filter({ hasText: /^[1-9]\d* found$/ }).waitFor();
    await addressed((a) => a.has('filter'), 'the address has the filter');
    await page.keyboard.press('Escape');
    console.log('filters');
  }

  {
    const completed = await lastOf('checkpoint.completed');
    await open(`?seq=${completed.sequence}`);
    await tab('drills');
    await at('drill-checkpoint').click();
    await until(async () => (await at('expected').locator('li.came').count()) === 2, 'a checkpoint');
    const second = await lastOf('checkpoint.completed');
    await open(`#seq=${second.sequence}`);
    await at('compare-with-last').click();
    await at('compare').locator('canvas').nth(1).waitFor();
    await at('differences').locator('tr.notable').first().waitFor();
    await sleep(600);
    await screenshot('compare.png');
    await addressed((a) => Number(a.get('compare')) < second.sequence, 'the address has both');
    console.log('two checkpoints side by side');
  }

  {
    await open();
    await page.keyboard.press('m');
    await at('note').fill('look here');
    await at('author').fill('a browser');
    await at('note-ok').click();
    await until(async () => (await lastOf('annotation.added')) !== undefined, 'the note is an event');
    const note = await lastOf('annotation.added');
    assert.ok(note.cause > 0 && note.cause < note.sequence, 'it stands at another event');
    await sleep(700);
    await screenshot('note.png');
    console.log('a note is an event');
  }

  {
    await at('scrubber').fill(await at('scrubber').inputValue()); // or the view moves on from file to file
    await until(async () => !(await isLive()), 'it stands still');
    const begun = async (id) => {
      const [download] = await Promise.all([page.waitForEvent('download'), at(id).click()]);
      const file = path.join(SCREENSHOT_DIR, `download-${download.suggestedFilename()}`);
      await download.saveAs(file);
      return readFile(file);
    };
    const lines = (await begun('export-cloudevents')).toString().trim().split('\n').map((l) => JSON.parse(l));
    assert.ok(lines.length > 50 && lines.every((event) => event.specversion === '1.0'));
    const csv = (await begun('export-csv')).toString();
    assert.equal(csv.trim().split('\r\n').length, lines.length + 1, 'a row for each event, and their names');
    const trace = JSON.parse((await begun('export-chrome')).toString());
    assert.ok(trace.traceEvents.length > lines.length);
    const png = await begun('export-png');
    // It is what is seen: as large, and with the same pixels.
    const [shown, exported] = await page.evaluate(async (base64) => {
      const canvas = document.querySelector('canvas.timeline');
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const copy = new OffscreenCanvas(image.width, image.height);
      const context = copy.getContext('2d');
      context.drawImage(image, 0, 0);
      const colors = (from, { width, height }) => {
        const { data } = from.getImageData(0, 0, width, height);
        const seen = new Map();
        for (let i = 0; i < data.length; i += 4) {
          const color = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
          seen.set(color, (seen.get(color) ?? 0) + 1);
        }
        return { width, height, colors: seen.size, most: Math.max(...seen.values()) / (width * height) };
      };
      return [colors(canvas.getContext('2d'), canvas), colors(context, image)];
    }, png.toString('base64'));
    assert.deepEqual([exported.width, exported.height], [shown.width, shown.height]);
    assert.ok(exported.colors > 20 && exported.most < 0.98, JSON.stringify(exported));
    console.log('exports');
  }

  {
    await open();
    await page.keyboard.press('q');
    await at('sql').fill("SELECT sequence, event FROM lifeline.events WHERE nothing = 1");
    await at('sql-run').click();
    await page.getByRole('alert').filter({ hasText: 'ERROR: column "nothing" does not exist (42703) at character' }).waitFor();
    reader.forgive(/400/);
    await at('sql-remove').click();
    await at('sql').fill('CREATE TABLE written (n int)');
    await at('sql-run').click();
    await page.getByRole('alert').filter({ hasText: 'cannot execute CREATE TABLE in a read-only transaction (25006)' }).waitFor();
    reader.forgive(/400/);
    await at('sql-remove').click();
    // Nobody has said who asks, so it is not the superuser.
    await at('sql').fill('SELECT 1 AS sequence, rolpassword AS label FROM pg_authid');
    await at('sql-run').click();
    await page.getByRole('alert').filter({ hasText: 'permission denied for table pg_authid (42501)' }).waitFor();
    reader.forgive(/400/);
    await at('sql-remove').click();
    const sql = "SELECT sequence, event AS label, pid AS value FROM lifeline.events WHERE event IN ('process.crashed', 'recovery.completed')";
    await at('sql').fill(sql);
    await page.keyboard.press('Control+Enter');
    await at('sql-lane').and(page.locator('[data-state=shown]')).waitFor();
    const crashes = (await api('timeline/search?from=999999999&direction=back&limit=100&types=process.crashed,recovery.completed')).matches;
    assert.equal(await at('sql-count').innerText(), `${crashes.length} rows`);
    await addressed((a) => a.get('sql') === sql, 'the address has the query');
    await at('sql-lane').locator('tbody button').first().click();
    await addressed((a) => Number(a.get('seq')) === Math.min(...crashes.map((c) => c.sequence)), 'a row leads to its event');
    await tab('sql');
    await sleep(500);
    await screenshot('sql-lane.png');
    // Whoever gets the link decides whether somebody else's query runs.
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link);
    await at('sql-lane').and(page.locator('[data-state=shown]')).waitFor();
    const stranger = await browser.newPage();
    await stranger.goto(link);
    await stranger.getByTestId('sql-lane').and(stranger.locator('[data-state=new]')).waitFor();
    await stranger.close();
    await at('sql-remove').click();
    await addressed((a) => !a.has('sql'), 'the lane is gone');
    console.log('a query is a lane');
  }

  {
    const wire = new Wire();
    await wire.open();
    await page.goto(`http://127.0.0.1:${wire.port}/`);
    await at('connection').filter({ hasText: /^connected$/ }).waitFor({ timeout: PATIENCE_MS });
    wire.cut();
    await at('lost').waitFor({ timeout: PATIENCE_MS });
    const missed = await Session.open();
    await missed.close();
    const last = (await api('clusters')).clusters[0].last_sequence;
    await wire.open();
    await until(
      async () => Number(await at('timeline').getAttribute('data-drawn')) >= last,
      'what happened meanwhile has come',
    );
    assert.equal(await at('gaps').count(), 0, 'without a gap');
    await tab('log');
    await at('recent').locator('tr').filter({ hasText: String(missed.pid) }).first().waitFor();
    await tab('now');
    wire.cut();
    reader.forgive(/ERR_(CONNECTION|INCOMPLETE|EMPTY)/);
    await open();
    reader.forgive(/ERR_(CONNECTION|INCOMPLETE|EMPTY)/);
    console.log('a lost connection goes on without a gap');
  }

  {
    await at('theme').click();
    await addressed((a) => a.get('theme') === 'dark', 'dark');
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await screenshot('dashboard-dark.png');
    await at('theme').click();
    await addressed((a) => a.get('theme') === 'light', 'light');
    assert.notEqual(dark, await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    const seen = page.url();
    const session = await Session.open();
    await page.goto('about:blank');
    await page.goto(seen);
    await alive(session.pid);
    await screenshot('dashboard.png');
    await session.close();
    assert.deepEqual(reader.complaints, []);
    console.log('light and dark, and nothing to complain of');
  }
} catch (error) {
  await keepPictures();
  throw error;
} finally {
  await browser.close();
}
