/** Pictures of every page in every state, for people to look at: `out/<state>-<width>-<theme>.png`. */
import { mkdir, rm } from 'node:fs/promises';
import { walk } from './lib/gallery.mjs';
import { raise, Scene, strike } from './lib/stage.mjs';

const out = new URL('out/', import.meta.url);
await rm(out, { recursive: true, force: true });
await mkdir(out);

const stage = await raise();
let count = 0;
try {
  for (const kind of ['phone', 'desk']) {
    const scene = new Scene(stage);
    await walk(stage, scene, kind, async (name, page) => {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { width } = page.viewportSize();
        await page.screenshot({ path: new URL(`${name}-${width}-${colorScheme}.png`, out).pathname, fullPage: true });
        count += 1;
      }
    });
    await scene.close();
  }
} finally {
  await strike(stage);
}
console.log(`${count} pictures in ${out.pathname}`);
