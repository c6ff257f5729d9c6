/** Silent network authentication: the phone's network vouches for it, and a code takes over where it does not. */
import assert from 'node:assert/strict';
import { openHandset } from './lib/handset.mjs';
import { INGE, JANEK, JESSE, LORANT } from './lib/personas.mjs';
import { answer, asked, openStage, outcome, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

const CARRIER = '**/v1/sandbox/network*';

for (const carrier of ['fetch', 'pixel']) {
  play(`by ${carrier}: confirmed without a message`, async (scene) => {
    const inbox = await stage.backEnd.inbox(INGE);
    const page = await scene.integrator('phone', INGE, { way: 'mobile', carrier });
    assert.deepEqual(outcome(await result(page)), { success: 'true', possession: 'success', ownership: 'success' });
    assert.deepEqual(await inbox.fresh(), []);
    assert.deepEqual(await page.evaluate(() => window.log.map(({ what }) => what)), ['finish', 'result']);
  });

  play(`by ${carrier}: the network says no, a code takes over`, async (scene) => {
    const inbox = await stage.backEnd.inbox(JESSE);
    const page = await scene.integrator('phone', JESSE, { way: 'mobile', carrier });
    await asked(page, 'code');
    await answer(page, (await inbox.next()).code);
    assert.equal((await result(page)).success, 'true');
  });

  play(`by ${carrier}: the network cannot be reached, a code takes over`, async (scene) => {
    const page = await scene.page('phone');
    await page.route(CARRIER, (route) => route.abort());
    const inbox = await stage.backEnd.inbox(INGE);
    await page.goto(stage.site.page(INGE, { way: 'mobile', carrier }));
    await asked(page, 'code');
    await answer(page, (await inbox.next()).code);
    assert.equal((await result(page)).success, 'true');
  }, { mayBeAway: true });
}

play('a network that answers rubbish: a code takes over', async (scene) => {
  const page = await scene.page('phone');
  await page.route(CARRIER, (route) =>
    route.fulfill({ json: { vfp: 'invented' }, headers: { 'Access-Control-Allow-Origin': '*' } }));
  await page.goto(stage.site.page(INGE, { way: 'mobile' }));
  await asked(page, 'code');
});

play('switched off on the handset: a code takes over', async (scene) => {
  const handset = await openHandset(scene, stage.server.facts.handset, INGE);
  await handset.switchNetwork(false);
  const page = await scene.integrator('phone', INGE, { way: 'mobile' });
  await asked(page, 'code');
  await handset.switchNetwork(true);
  const again = await scene.integrator('phone', INGE, { way: 'mobile' });
  assert.equal((await result(again)).success, 'true');
});

play('switched on for somebody who had none', async (scene) => {
  const handset = await openHandset(scene, stage.server.facts.handset, LORANT);
  await handset.switchNetwork(true);
  const page = await scene.integrator('phone', LORANT, { way: 'mobile' });
  assert.equal((await result(page)).success, 'true');
});

play('switched on for Janek: he fails all the same', async (scene) => {
  const handset = await openHandset(scene, stage.server.facts.handset, JANEK);
  await handset.switchNetwork(true);
  const inbox = await stage.backEnd.inbox(JANEK);
  const page = await scene.integrator('phone', JANEK, { way: 'mobile' });
  await asked(page, 'code');
  await answer(page, (await inbox.next()).code);
  assert.equal((await result(page)).possessionResult, 'failed');
});

play('reloaded while the network is asked: it is asked again', async (scene) => {
  const page = await scene.page('phone');
  let asks = 0;
  await page.route(CARRIER, (route) => {
    asks += 1;
    // The first one never comes back.
    if (asks > 1) return route.continue();
  });
  const visit = page.waitForRequest(CARRIER);
  await page.goto(stage.site.page(INGE, { way: 'mobile' }));
  await visit;
  const started = stage.site.started.length;
  await page.reload();
  assert.equal((await result(page)).success, 'true');
  assert.equal(asks, 2);
  assert.equal(stage.site.started.length, started);
});

play('cancelled while the network is asked: the back end sees it at once', async (scene) => {
  const page = await scene.page('phone');
  await page.route(CARRIER, () => {});
  const visit = page.waitForRequest(CARRIER);
  await page.goto(stage.site.page(INGE, { way: 'mobile' }));
  await visit;
  await page.evaluate(() => window.cancel());
  assert.deepEqual(outcome(await result(page)), { success: 'false', possession: 'failed', ownership: 'not_applicable' });
});
