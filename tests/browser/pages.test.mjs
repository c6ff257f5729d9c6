/** Every page in every state, on a desk and on a phone, in both themes: usable by everybody, and no wider than the screen. */
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { walk } from './lib/gallery.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

/** What axe finds, in one line each. A dark page differs from a light one in its colours only. */
async function violations(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  // Evaluated from outside, so the pages' content security policy need not allow it.
  if (await page.evaluate(() => !window.axe)) await page.evaluate(axe.source);
  const rules = colorScheme === 'dark' && ['color-contrast'];
  const found = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...(only && { runOnly: only }) });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => `${target}: ${failureSummary}`) }));
  }, rules);
  return found.map(({ id, nodes }) => `${colorScheme}, ${id}: ${nodes.join('; ')}`);
}

for (const kind of ['desk', 'phone']) {
  play(`on a ${kind}`, async (scene) => {
    const faults = [];
    let looks = 0;
    await walk(stage, scene, kind, async (name, page) => {
      for (const colorScheme of ['light', 'dark']) {
        for (const fault of await violations(page, colorScheme)) faults.push(`${name}, ${fault}`);
        looks += 1;
      }
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (excess > 0) faults.push(`${name}: ${excess} px wider than the screen`);
    });
    assert.deepEqual(faults, []);
    assert.ok(looks > 50, `only ${looks} looks`);
  }, { mayBeAway: true });
}
