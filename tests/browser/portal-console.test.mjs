/** The portal's live console: calls appear while the engineer works, with what was wrong and how to mend it. */
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { LORANT, personas } from './lib/personas.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;
const CALL = '#console-calls > li';

/** The browser state of an owner who followed the demo's link, which is good once. */
let owner;

/** The console of the demo's project, connected. */
async function openConsole(scene, kind = 'desk') {
  const { facts } = stage.server;
  const page = await scene.page(kind, owner && { storageState: owner });
  if (!owner) {
    await page.goto(facts.portal);
    await page.click('main form button');
    await page.waitForURL('**/portal/account');
    owner = await page.context().storageState();
  }
  await page.goto(`${facts.origin}/portal/p/${facts.projectId}/sandbox/integrate`);
  await page.click('a:has-text("live console")');
  await page.waitForSelector('#console-state:text-is("Connected.")');
  return page;
}

const shown = (page, number) => page.waitForFunction(
  ([call, count]) => document.querySelectorAll(call).length >= count, [CALL, number],
);

play('calls appear by themselves, newest first, and say how to mend what was wrong', async (scene) => {
  const page = await openConsole(scene);
  await page.waitForSelector('#console-empty h2:text("Waiting for the first call")');
  const line = await page.textContent('#console-try');
  assert.match(line, new RegExp(`${stage.server.origin}/token .*client_id=${stage.server.facts.clientId}`));
  await stage.backEnd.verify({ possessionType: 'mobile', phoneNumber: LORANT, ...personas[LORANT] });
  await shown(page, 1);
  for (const gone of ['#console-empty', '#console-needs']) assert.equal(await page.isVisible(gone), false);
  const wrong = await stage.backEnd.ask('/v3/verify', { possessionType: 'mobile', phoneNumber: '12', ...personas[LORANT] });
  assert.equal(wrong.status, 400);
  const failed = page.locator(`${CALL}.failed`).first();
  await failed.waitFor();
  const text = await page.locator(CALL).first().innerText();
  assert.match(text, /400\s+POST \/v3\/verify/);
  assert.ok(text.includes(`8001 ${wrong.body.message}`) && text.includes('E.164'), text);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id }) => id), []);
  assert.ok(!(await page.innerText('#console-calls')).includes(LORANT.slice(1)));
});

play('it can be paused and cleared, and keeps no more than is of use', async (scene) => {
  const page = await openConsole(scene, 'phone');
  await page.click('#console-pause');
  for (let call = 0; call < 3; call += 1) await stage.backEnd.call('/v3/sandbox/clock');
  await page.waitForSelector('#console-pause[aria-pressed=true]:text-is("Go on (3 waiting)")');
  assert.equal(await page.locator(CALL).count(), 0);
  await page.click('#console-pause');
  await page.waitForSelector('#console-pause[aria-pressed=false]:text-is("Pause")');
  assert.equal(await page.locator(CALL).count(), 3);
  for (let call = 0; call < 201; call += 1) await stage.backEnd.call('/v3/sandbox/clock');
  await shown(page, 200);
  await stage.backEnd.status('00000000-0000-7000-8000-000000000000').catch(() => {});
  await page.waitForSelector(`${CALL}:first-child:has-text("/v3/verify-status")`);
  assert.equal(await page.locator(CALL).count(), 200);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0);
  await page.click('#console-clear');
  await page.waitForSelector('#console-empty:not([hidden])');
  assert.equal(await page.locator(CALL).count(), 0);
});

play('without script the page says what it needs', async (scene) => {
  const { facts } = stage.server;
  const page = await scene.page('desk', { javaScriptEnabled: false, storageState: owner });
  await page.goto(`${facts.origin}/portal/p/${facts.projectId}/sandbox/integrate/console`);
  await page.waitForSelector('text=needs JavaScript');
  assert.equal(await page.isVisible('#console'), false);
});

play('the server comes back: so does the console; the session ends: so does the console', async (scene) => {
  const page = await openConsole(scene);
  await stage.server.kill('SIGKILL');
  await page.waitForSelector('#console-state:text-is("Not connected; trying again.")');
  await stage.server.again();
  await page.waitForSelector('#console-state:text-is("Connected.")', { timeout: 90_000 });
  await stage.backEnd.call('/v3/sandbox/clock');
  await shown(page, 1);
  const other = await page.context().newPage();
  await other.goto(`${stage.server.origin}/portal/account`);
  await other.click('.menu.end > summary');
  await other.click('button:has-text("Sign out")');
  await page.waitForSelector('#console-state:text("Your session is over")');
}, { mayBeAway: true });
