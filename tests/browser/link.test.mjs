/** Instant links: a desktop waits on an integrator's page of another origin, the link is opened on a phone. */
import assert from 'node:assert/strict';
import { JANEK, LANEY, LORANT, NOBODY } from './lib/personas.mjs';
import { answer, asked, ended, openStage, outcome, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

/** A desktop that waits for its link. */
async function waiting(scene, number, options) {
  const inbox = await stage.backEnd.inbox(number);
  const desk = await scene.integrator('desk', number, { retry: true, ...options });
  await asked(desk, 'link');
  return { desk, inbox };
}

const heading = (page) => page.textContent('h1');
const failed = { success: 'false', possession: 'failed', ownership: 'not_applicable' };

play('confirmed on the phone: the desktop goes on', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const { link } = await inbox.next();
  const phone = await scene.page('phone');
  await phone.goto(link);
  const text = await phone.innerText('main');
  assert.match(text, /Weir Street Tool Library/);
  assert.match(text, /just now/);
  assert.match(text, /Chrome on Linux/);
  await phone.click('form button');
  assert.deepEqual((await ended(phone)).map(({ what }) => what), ['finish', 'result']);
  assert.deepEqual(outcome(await result(desk)), { success: 'true', possession: 'success', ownership: 'success' });
  // The question is taken back with the flow's end.
  assert.equal(await desk.getAttribute('body', 'data-asking'), null);
});

play('a page without retry step, in the secondary role, with the global script', async (scene) => {
  const inbox = await stage.backEnd.inbox(LORANT);
  const desk = await scene.integrator('desk', LORANT, { role: 'secondary', sdk: 'global' });
  await scene.pressLink((await inbox.next()).link);
  assert.equal((await result(desk)).success, 'true');
});

play('on a phone the tab that the link opens goes on', async (scene) => {
  const inbox = await stage.backEnd.inbox(LORANT);
  const page = await scene.integrator('phone', LORANT, { way: 'desktop' });
  assert.deepEqual(await ended(page), []);
  const tab = await scene.pressLink((await inbox.next()).link, await page.context().newPage());
  assert.equal((await result(tab)).success, 'true');
});

play('sent again: the old link is good, and once it is used the new one is not', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const first = await inbox.next();
  await answer(desk, 'resend');
  const second = await inbox.next();
  assert.notEqual(first.link, second.link);
  await asked(desk, 'link');
  await scene.pressLink(first.link);
  assert.equal((await result(desk)).success, 'true');
  const late = await scene.page('phone');
  await late.goto(second.link);
  assert.match(await heading(late), /no longer valid/);
  assert.match(await late.innerText('main'), /used already/);
});

play('sent again: the new link is good too', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  await inbox.next();
  await answer(desk, 'resend');
  await scene.pressLink((await inbox.next()).link);
  assert.equal((await result(desk)).success, 'true');
});

play('after five messages the page is told that no other one comes, and the last link is good', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  let last = await inbox.next();
  for (let message = 2; message <= 5; message += 1) {
    await answer(desk, 'resend');
    last = await inbox.next();
    await asked(desk, 'link');
  }
  await answer(desk, 'resend');
  await asked(desk, 'link', 9205);
  await scene.pressLink(last.link);
  assert.equal((await result(desk)).success, 'true');
  assert.deepEqual(await inbox.fresh(), []);
});

play('another number: the old link is over, the new one good', async (scene) => {
  const other = await stage.backEnd.inbox(LANEY);
  const { desk, inbox } = await waiting(scene, LORANT, { name: LANEY });
  const old = await inbox.next();
  await answer(desk, 'change');
  await asked(desk, 'number');
  await answer(desk, NOBODY);
  await asked(desk, 'number', 9203);
  await answer(desk, LANEY);
  await asked(desk, 'link');
  const phone = await scene.page('phone');
  await phone.goto(old.link);
  assert.match(await heading(phone), /no longer valid/);
  assert.match(await phone.innerText('main'), /number was changed/);
  await scene.pressLink((await other.next()).link);
  const { success, phoneNumber } = await result(desk);
  assert.deepEqual([success, phoneNumber], ['true', LANEY]);
});

play('opened again: this browser is sent back, another one learns nothing', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const { link } = await inbox.next();
  const phone = await scene.pressLink(link);
  await result(desk);
  await ended(phone);
  await phone.goto(link);
  assert.equal(await heading(phone), 'Done');
  assert.match(await phone.innerText('main'), /Go back to your other screen/);
  const stranger = await scene.page('phone');
  await stranger.goto(link);
  assert.match(await heading(stranger), /no longer valid/);
  assert.match(await stranger.innerText('main'), /used already/);
  assert.doesNotMatch(await stranger.innerText('main'), /Weir Street/);
});

play('the button pressed twice in a row', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const phone = await scene.page('phone');
  await phone.goto((await inbox.next()).link);
  await phone.dblclick('form button');
  await ended(phone);
  assert.equal((await result(desk)).success, 'true');
});

play('the back button after the press', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const phone = await scene.pressLink((await inbox.next()).link);
  await result(desk);
  await ended(phone);
  await phone.goBack();
  assert.equal(await heading(phone), 'Done');
});

play('opened in two browsers: the first press counts, the second one’s says so', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const { link } = await inbox.next();
  const [first, second] = [await scene.page('phone'), await scene.page('desk')];
  await first.goto(link);
  await second.goto(link);
  await first.click('form button');
  assert.equal((await result(desk)).success, 'true');
  await second.click('form button');
  await second.waitForSelector('text=used already');
});

play('expired where no other can be asked for: the waiting page is told', async (scene) => {
  const inbox = await stage.backEnd.inbox(LORANT);
  const desk = await scene.integrator('desk', LORANT, { role: 'secondary' });
  const { link } = await inbox.next();
  await stage.backEnd.advance(181);
  assert.deepEqual(outcome(await result(desk)), failed);
  const phone = await scene.page('phone');
  await phone.goto(link);
  assert.match(await heading(phone), /no longer valid/);
  assert.match(await phone.innerText('main'), /three minutes/);
});

play('expired where another can be asked for: the page waits on, and the new link is good', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const { link } = await inbox.next();
  const phone = await scene.page('phone');
  await phone.goto(link);
  await stage.backEnd.advance(181);
  await phone.click('form button');
  await phone.waitForSelector('text=three minutes');
  await answer(desk, 'resend');
  await scene.pressLink((await inbox.next()).link, phone);
  assert.equal((await result(desk)).success, 'true');
});

play('the session’s end: the waiting page and the back end are told', async (scene) => {
  const { desk } = await waiting(scene, LORANT);
  await stage.backEnd.advance(15 * 60);
  const { status, code } = await result(desk);
  assert.deepEqual([status, code], [400, 8008]);
});

play('cancelled: the back end sees it at once, and the link is over', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  await desk.evaluate(() => window.cancel());
  assert.deepEqual(outcome(await result(desk)), failed);
  const phone = await scene.page('phone');
  await phone.goto((await inbox.next()).link);
  assert.match(await heading(phone), /no longer valid/);
  assert.match(await phone.innerText('main'), /was cancelled/);
});

play('reloaded while it waits: no second message, and it goes on', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  await desk.reload();
  await asked(desk, 'link');
  const messages = await inbox.fresh();
  assert.equal(messages.length, 1);
  await scene.pressLink(messages[0].link);
  assert.equal((await result(desk)).success, 'true');
});

play('reloaded after the link was used: it is told at once', async (scene) => {
  const { desk, inbox } = await waiting(scene, LORANT);
  const address = desk.url();
  await desk.goto('about:blank');
  await ended(await scene.pressLink((await inbox.next()).link));
  await desk.goto(address);
  assert.equal((await result(desk)).success, 'true');
});

play('the socket cannot be had: the page asks instead', async (scene) => {
  const desk = await scene.page('desk');
  await desk.addInitScript(() => {
    window.WebSocket = class {
      constructor() {
        throw new Error('no sockets here');
      }
    };
  });
  const inbox = await stage.backEnd.inbox(LORANT);
  await desk.goto(stage.site.page(LORANT, { retry: true }));
  await asked(desk, 'link');
  await scene.pressLink((await inbox.next()).link);
  assert.equal((await result(desk)).success, 'true');
});

play('Janek’s phone is never confirmed', async (scene) => {
  const { desk, inbox } = await waiting(scene, JANEK);
  const phone = await scene.pressLink((await inbox.next()).link);
  await phone.waitForSelector('text=could not be confirmed');
  assert.deepEqual(outcome(await result(desk)), failed);
});
