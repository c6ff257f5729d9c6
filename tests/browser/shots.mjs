/**
 * Pictures of every page in every state, for people to look at: `out/<state>-<width>-<theme>.png`. `node shots.mjs demo` or
 * `portal` makes those of one part.
 */
import { mkdir, rm } from 'node:fs/promises';
import { walk } from './lib/gallery.mjs';
import { furnish, furniture, walkPortal } from './lib/portal-walk.mjs';
import { raise, raisePortal, Scene, strike } from './lib/stage.mjs';

const out = new URL('out/', import.meta.url);
const [, , part] = process.argv;
let count = 0;

async function take(name, page) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const { width } = page.viewportSize();
    await page.screenshot({ path: new URL(`${name}-${width}-${colorScheme}.png`, out).pathname, fullPage: true });
    count += 1;
  }
}

async function play(stage, walkOn) {
  try {
    for (const kind of ['phone', 'desk']) {
      const scene = new Scene(stage);
      await walkOn(scene, kind);
      await scene.close();
    }
  } finally {
    await strike(stage);
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out);
if (part !== 'portal') {
  const stage = await raise();
  await play(stage, (scene, kind) => walk(stage, scene, kind, take));
}
if (part !== 'demo') {
  const stage = await raisePortal({}, furniture);
  let owner;
  await play(stage, async (scene, kind) => {
    owner ??= await furnish(stage, scene);
    await walkPortal(stage, scene, kind, owner, take);
  });
}
console.log(`${count} pictures in ${out.pathname}`);
