/** Every page of the portal, on a desk and on a phone, in both themes: usable by everybody, with the keyboard alone too. */
import assert from 'node:assert/strict';
import { excess, violations } from './lib/axe.mjs';
import { unreached } from './lib/keyboard.mjs';
import { signIn } from './lib/portal.mjs';
import { furnish, furniture, walkPortal } from './lib/portal-walk.mjs';
import { openStage, raisePortal } from './lib/stage.mjs';

const stage = openStage((bare) => raisePortal(bare, furniture));
const { play } = stage;
let owner;

for (const kind of ['desk', 'phone']) {
  play(`on a ${kind}`, async (scene) => {
    owner ??= await furnish(stage, scene);
    const faults = [];
    const seen = await walkPortal(stage, scene, kind, owner, async (name, page) => {
      for (const colorScheme of ['light', 'dark']) {
        for (const fault of await violations(page, colorScheme)) faults.push(`${name}, ${fault}`);
      }
      const wide = await excess(page);
      if (wide > 0) faults.push(`${name}: ${wide} px wider than the screen`);
      if (kind === 'desk') for (const fault of await unreached(page)) faults.push(`${name}: ${fault}`);
    });
    assert.deepEqual(faults, []);
    assert.ok(seen.size > 20, `only ${[...seen]}`);
  });
}

play('with the keyboard alone', async (scene) => {
  owner ??= await furnish(stage, scene);
  const page = await signIn(stage, scene, 'desk', owner);
  await page.goto(`${stage.server.origin}/portal/projects`);
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('main') !== null), true, 'behind the menus');

  await page.locator('.menu.end summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('.menu.end ul') !== null), true, 'into the menu');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.menu.end').getAttribute('open'), null);
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'summary', 'back where it was opened');
});
