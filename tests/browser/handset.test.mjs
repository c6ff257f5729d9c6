/** The virtual handset: what the sandbox's phones got, and the sandbox's clock. */
import assert from 'node:assert/strict';
import { openHandset } from './lib/handset.mjs';
import { LANEY, LORANT } from './lib/personas.mjs';
import { at, enterCode, signUp } from './lib/shop.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;
const MESSAGE = '#messages li';

play('a message comes by itself, and its code can be copied', async (scene) => {
  const { page } = await openHandset(scene, stage.server.facts.handset, LORANT);
  await page.waitForSelector('#empty:not([hidden])');
  const visitor = await scene.page('phone');
  await signUp(visitor, stage.server.facts.shop, LORANT);
  await page.waitForSelector(`${MESSAGE}[data-kind=otp]`);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.bringToFront();
  await page.click(`${MESSAGE} .copy`);
  await page.waitForSelector(`${MESSAGE} .copy:text("Copied")`);
  const code = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(code, /^\d{6}$/);
  await enterCode(visitor, code);
  await visitor.waitForSelector('[data-result=good]');
  // Another phone shows its own messages only.
  await page.selectOption('#number', LANEY);
  await page.waitForSelector('#empty:not([hidden])');
  assert.equal(await page.locator(MESSAGE).count(), 0);
});

play('the clock is moved, and another handset sees it', async (scene) => {
  const { page } = await openHandset(scene, stage.server.facts.handset, LORANT);
  const ahead = async (on) => Number.parseInt(await on.textContent('#clock-ahead'), 10) || 0;
  let minutes = await ahead(page);
  for (const seconds of [60, 180, 900]) {
    minutes += seconds / 60;
    await page.click(`[data-advance="${seconds}"]`);
    await page.waitForSelector(`#clock-ahead:text-is("${minutes} min ahead")`);
  }
  const other = await openHandset(scene, stage.server.facts.handset, LORANT);
  assert.equal(await ahead(other.page), minutes);
});

play('the number and the key are kept in the tab', async (scene) => {
  const { page } = await openHandset(scene, stage.server.facts.handset, LANEY);
  await page.reload();
  await page.waitForSelector('#handset:not([hidden])');
  assert.equal(await page.inputValue('#number'), LANEY);
  await page.goto(`${stage.server.origin}/handset/`);
  await page.waitForSelector('#handset:not([hidden])');
});

play('without a key, or with a wrong one, it stays locked', async (scene) => {
  const page = await scene.page('desk');
  await page.goto(`${stage.server.origin}/handset/`);
  await page.waitForSelector('#locked:not([hidden])');
  await page.goto('about:blank');
  await page.goto(`${stage.server.origin}/handset/#key=no-key-of-anybody`);
  await page.waitForSelector('#locked-why:text("doesn’t accept the key")');
});

play('the start page leads to a handset that is open', async (scene) => {
  const page = await scene.page('desk');
  await page.goto(stage.server.origin);
  await page.click('a:has-text("Virtual handset")');
  await page.waitForSelector('#handset:not([hidden])', { timeout: 2000 });
});

play('the server comes back: so does the handset', async (scene) => {
  const { page } = await openHandset(scene, stage.server.facts.handset, LORANT);
  await stage.server.kill('SIGKILL');
  await page.waitForSelector('#trouble:not([hidden])');
  await stage.server.again();
  await page.waitForSelector('#trouble', { state: 'hidden' });
  const visitor = await scene.page('phone');
  const shown = await page.locator(MESSAGE).count();
  await signUp(visitor, stage.server.facts.shop, LORANT);
  await at(visitor, 'code');
  await page.waitForFunction((before) => document.querySelectorAll('#messages li').length > before, shown);
}, { mayBeAway: true });
