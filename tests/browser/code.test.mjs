/** One-time codes on a phone, on an integrator's page of another origin. */
import assert from 'node:assert/strict';
import { LANEY, LORANT, NOBODY } from './lib/personas.mjs';
import { answer, asked, ended, openStage, outcome, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

/** A phone whose page asks for the code. */
async function atCode(scene, number, options) {
  const inbox = await stage.backEnd.inbox(number);
  const page = await scene.integrator('phone', number, { way: 'mobile', ...options });
  await asked(page, 'code');
  return { page, inbox };
}

play('the right code', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT);
  await answer(page, (await inbox.next()).code);
  assert.deepEqual(outcome(await result(page)), { success: 'true', possession: 'success', ownership: 'success' });
  assert.deepEqual(await inbox.fresh(), []);
});

play('on a desk, with the global script and the published test code', async (scene) => {
  const page = await scene.integrator('desk', LORANT, { way: 'mobile', sdk: 'global' });
  await asked(page, 'code');
  await answer(page, '1234');
  assert.equal((await result(page)).success, 'true');
});

play('a wrong one, then the right one', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT, { retry: true });
  await answer(page, '000000');
  await asked(page, 'code', 9201);
  await answer(page, (await inbox.next()).code);
  assert.equal((await result(page)).success, 'true');
});

play('a wrong one where no other try is offered ends it', async (scene) => {
  const { page } = await atCode(scene, LORANT);
  await answer(page, '000000');
  assert.deepEqual(outcome(await result(page)), { success: 'false', possession: 'failed', ownership: 'not_applicable' });
});

play('three wrong ones end it, resent code or not', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT, { retry: true });
  await answer(page, '000000');
  await asked(page, 'code', 9201);
  await answer(page, 'resend');
  await asked(page, 'code');
  await answer(page, '000000');
  await asked(page, 'code', 9201);
  await answer(page, '000000');
  assert.equal((await result(page)).possessionResult, 'failed');
  assert.equal((await inbox.fresh()).length, 2);
});

play('sent again: both codes are good', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT);
  const first = await inbox.next();
  await answer(page, 'resend');
  await inbox.next();
  await asked(page, 'code');
  await answer(page, first.code);
  assert.equal((await result(page)).success, 'true');
});

play('after five messages the page is told that no other one comes, and the last code is good', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT, { retry: true });
  let last = await inbox.next();
  for (let message = 2; message <= 5; message += 1) {
    await answer(page, 'resend');
    last = await inbox.next();
    await asked(page, 'code');
  }
  await answer(page, 'resend');
  await asked(page, 'code', 9205);
  await answer(page, last.code);
  assert.equal((await result(page)).success, 'true');
  assert.deepEqual(await inbox.fresh(), []);
});

play('another number: its owner is judged', async (scene) => {
  const other = await stage.backEnd.inbox(LANEY);
  const { page, inbox } = await atCode(scene, LORANT, { name: LANEY });
  const old = await inbox.next();
  await answer(page, 'change');
  await asked(page, 'number');
  await answer(page, '(200) 100-4015');
  await asked(page, 'code');
  const { code } = await other.next();
  assert.notEqual(code, old.code);
  await answer(page, code);
  const { phoneNumber, ...rest } = await result(page);
  assert.equal(phoneNumber, LANEY);
  assert.equal(rest.success, 'true');
});

play('another number: a code sent to the old one is wrong', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT, { retry: true });
  const old = await inbox.next();
  await answer(page, 'change');
  await asked(page, 'number');
  await answer(page, LANEY);
  await asked(page, 'code');
  await answer(page, old.code);
  await asked(page, 'code', 9201);
});

play('a number that nobody has, or that is none, is asked for again', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT);
  await answer(page, 'change');
  await asked(page, 'number');
  for (const number of [NOBODY, 'call me', '+1']) {
    await answer(page, number);
    await asked(page, 'number', 9203);
  }
  await answer(page, LORANT);
  await asked(page, 'code');
  await answer(page, (await inbox.next()).code);
  assert.equal((await result(page)).success, 'true');
});

play('the fourth change of the number is refused', async (scene) => {
  const { page } = await atCode(scene, LORANT);
  for (const number of [LANEY, LORANT, LANEY]) {
    await answer(page, 'change');
    await asked(page, 'number');
    await answer(page, number);
    await asked(page, 'code');
  }
  await answer(page, 'change');
  await asked(page, 'number');
  await answer(page, LORANT);
  await asked(page, 'number', 9204);
});

play('expired: said so, and a new one is good', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT);
  await stage.backEnd.advance(121);
  await answer(page, (await inbox.next()).code);
  await asked(page, 'code', 9202);
  await answer(page, 'resend');
  const { code } = await inbox.next();
  await asked(page, 'code');
  await answer(page, code);
  assert.equal((await result(page)).success, 'true');
});

play('cancelled: the back end sees it at once', async (scene) => {
  const { page } = await atCode(scene, LORANT);
  await page.evaluate(() => window.cancel());
  assert.deepEqual(outcome(await result(page)), { success: 'false', possession: 'failed', ownership: 'not_applicable' });
});

play('reloaded in the middle: no second message, and it goes on', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT, { retry: true });
  await answer(page, '000000');
  await asked(page, 'code', 9201);
  await page.reload();
  await asked(page, 'code');
  const messages = await inbox.fresh();
  assert.equal(messages.length, 1);
  await answer(page, messages[0].code);
  assert.equal((await result(page)).success, 'true');
  await page.reload();
  assert.equal(await page.getAttribute('body[data-kept]', 'data-kept'), 'false');
});

play('the session’s end: the page and the back end are told', async (scene) => {
  const { page } = await atCode(scene, LORANT);
  await stage.backEnd.advance(15 * 60);
  await answer(page, '123456');
  const log = await ended(page, 'rejected');
  assert.deepEqual([log.at(-1).what, log.at(-1).code], ['rejected', 'expired']);
  const { status, body } = await stage.backEnd.ask('/v3/verify-status', { correlationId: stage.site.correlationId });
  assert.deepEqual([status, body.code], [400, 8008]);
});

play('a flow that is cancelled slowly does not take the next one’s place for a reload', async (scene) => {
  const { page, inbox } = await atCode(scene, LORANT);
  await inbox.next();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/mobile/otp/error', async (route) => {
    await held;
    await route.continue();
  });
  const told = page.waitForResponse('**/mobile/otp/error');
  await page.evaluate(() => {
    window.cancel();
    window.begin();
  });
  const second = await inbox.next();
  await asked(page, 'code');
  release();
  await told;
  await page.waitForFunction(() => window.log.some(({ what }) => what === 'finish'));
  await page.reload();
  await asked(page, 'code');
  await answer(page, second.code);
  assert.equal((await result(page)).success, 'true');
});
