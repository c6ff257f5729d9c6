/** Every page in every state, on a desk and on a phone, in both themes: usable by everybody, and no wider than the screen. */
import assert from 'node:assert/strict';
import { excess, violations } from './lib/axe.mjs';
import { walk } from './lib/gallery.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

for (const kind of ['desk', 'phone']) {
  play(`on a ${kind}`, async (scene) => {
    const faults = [];
    let looks = 0;
    await walk(stage, scene, kind, async (name, page) => {
      for (const colorScheme of ['light', 'dark']) {
        for (const fault of await violations(page, colorScheme)) faults.push(`${name}, ${fault}`);
        looks += 1;
      }
      const wide = await excess(page);
      if (wide > 0) faults.push(`${name}: ${wide} px wider than the screen`);
    });
    assert.deepEqual(faults, []);
    assert.ok(looks > 50, `only ${looks} looks`);
  }, { mayBeAway: true });
}
