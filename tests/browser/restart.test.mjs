/** The server goes away in the middle and comes back with its data on its port. */
import assert from 'node:assert/strict';
import { afterEach } from 'node:test';
import { LORANT } from './lib/personas.mjs';
import { answer, asked, ended, openStage, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;
const MAY_BE_AWAY = { mayBeAway: true };

// One test that breaks off in the middle must not take the others with it.
afterEach(() => stage.server.again());

/** The next socket of this page, once it is lost: killed or closed. */
async function lostSocket(page) {
  const socket = await page.waitForEvent('websocket');
  await new Promise((resolve) => socket.once('close', resolve).once('socketerror', resolve));
}

for (const signal of ['SIGKILL', 'SIGTERM']) {
  for (const [what, options] of [['with retry step', { retry: true }], ['without', { role: 'secondary' }]]) {
    play(`${signal} while a desktop waits, ${what}: it comes back and goes on`, async (scene) => {
      const inbox = await stage.backEnd.inbox(LORANT);
      const desk = await scene.page('desk');
      const lost = lostSocket(desk);
      await desk.goto(stage.site.page(LORANT, options));
      const { link } = await inbox.next();
      await stage.server.kill(signal);
      await lost;
      await stage.server.again();
      await ended(await scene.pressLink(link));
      assert.equal((await result(desk)).success, 'true');
      assert.deepEqual(await inbox.fresh(), []);
    }, MAY_BE_AWAY);
  }

  play(`${signal} while the link’s page is open: the press counts`, async (scene) => {
    const inbox = await stage.backEnd.inbox(LORANT);
    const desk = await scene.integrator('desk', LORANT, { retry: true });
    const phone = await scene.page('phone');
    await phone.goto((await inbox.next()).link);
    await stage.server.kill(signal);
    await stage.server.again();
    await phone.click('form button');
    await ended(phone);
    assert.equal((await result(desk)).success, 'true');
  }, MAY_BE_AWAY);

  play(`${signal} between message and code: the code is good`, async (scene) => {
    const inbox = await stage.backEnd.inbox(LORANT);
    const page = await scene.integrator('phone', LORANT, { way: 'mobile' });
    await asked(page, 'code');
    const { code } = await inbox.next();
    await stage.server.kill(signal);
    await stage.server.again();
    await answer(page, code);
    assert.equal((await result(page)).success, 'true');
  }, MAY_BE_AWAY);
}

play('away when the code is entered: nothing is lost, the page may try again', async (scene) => {
  const inbox = await stage.backEnd.inbox(LORANT);
  const page = await scene.integrator('phone', LORANT, { way: 'mobile' });
  await asked(page, 'code');
  const { code } = await inbox.next();
  await stage.server.kill('SIGKILL');
  await answer(page, code);
  const log = await ended(page, 'rejected');
  assert.deepEqual([log.at(-1).code, log.at(-1).retryable], ['network', true]);
  await stage.server.again();
  await page.reload();
  await asked(page, 'code');
  await answer(page, code);
  assert.equal((await result(page)).success, 'true');
  assert.deepEqual(await inbox.fresh(), []);
}, MAY_BE_AWAY);
