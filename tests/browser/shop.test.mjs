/** The demo shop, as its visitors use it. */
import assert from 'node:assert/strict';
import { until } from './lib/back-end.mjs';
import { openHandset } from './lib/handset.mjs';
import { BARBARAANNE, INGE, JANEK, JESSE, KURT, LANEY, LORANT, NOBODY, PENNY, SHEILA } from './lib/personas.mjs';
import { at, atResult, changeNumber, enterCode, findings, focused, giveNumber, leave, lookAgain, resend, signUp } from './lib/shop.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

/** A visitor who has sent the form, and the messages to that number. */
async function visitor(scene, kind, number, options) {
  const inbox = await stage.backEnd.inbox(number);
  const page = await scene.page(kind);
  await signUp(page, stage.server.facts.shop, number, options);
  return { page, inbox };
}

/** What the shop's back end is told about this visitor. */
const asked = (page) => page.evaluate(async () => (await fetch('/shop/api/result')).json());

play('desk: from the form to the link on the handset and back', async (scene) => {
  const { page } = await visitor(scene, 'desk', LORANT);
  await at(page, 'link');
  assert.equal(await focused(page), 'h1');
  assert.match(await page.textContent('[data-screen=link] .seen'), /^\+1 200 ••• 4014$/);
  const [handset] = await Promise.all([page.context().waitForEvent('page'), page.click('[data-screen=link] [data-handset]')]);
  await handset.waitForSelector('#messages li[data-kind=link]');
  assert.equal(await handset.inputValue('#number'), LORANT);
  const [landing] = await Promise.all([page.context().waitForEvent('page'), handset.click('#messages li:last-child .bubble a')]);
  await landing.click('form button');
  await landing.waitForSelector('[data-part=done]:not([hidden])');
  assert.match(await landing.innerText('main'), /Go back to your other screen/);
  await atResult(page, 'good');
  assert.deepEqual(await findings(page), { identification: 'pass', authentication: 'pass', risk: 'pass' });
  assert.match(await page.textContent('[data-screen=result] h1'), /Welcome, Lorant/);
  await page.reload();
  await atResult(page, 'good');
  await page.click('#start-again');
  await at(page, 'form');
  assert.equal(await page.inputValue('#firstName'), 'Lorant');
});

play('phone: network asked first, then the code', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', JESSE);
  await at(page, 'code');
  assert.ok(await page.isVisible('#code-fallback'));
  assert.equal(await focused(page), 'code');
  await enterCode(page, (await inbox.next()).code);
  await atResult(page, 'good');
});

play('phone: the network vouches, no code is asked for', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', INGE);
  await atResult(page, 'good');
  assert.deepEqual(await inbox.fresh(), []);
});

play('phone: a network that was switched off on the handset', async (scene) => {
  const handset = await openHandset(scene, stage.server.facts.handset, INGE);
  await handset.switchNetwork(false);
  const { page, inbox } = await visitor(scene, 'phone', INGE);
  await at(page, 'code');
  await handset.switchNetwork(true);
  await enterCode(page, (await inbox.next()).code);
  await atResult(page, 'good');
});

play('phone: the link opens beside the page that waits, which goes on when it is looked at again', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT, { way: 'desktop' });
  await at(page, 'link');
  const tab = await page.context().newPage();
  await scene.pressLink((await inbox.next()).link, tab);
  await tab.waitForSelector('[data-part=done]:not([hidden])');
  await tab.close();
  await page.bringToFront();
  await lookAgain(page);
  await atResult(page, 'good');
});

play('code: wrong, reloaded, then right', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT);
  await at(page, 'code');
  await enterCode(page, 'Your code: 000 001');
  await page.waitForSelector('#code-error:text("2 tries left")');
  assert.equal(await focused(page), 'code');
  await page.reload();
  await at(page, 'code');
  await enterCode(page, '000002');
  await page.waitForSelector('#code-error:text("one try left")');
  const messages = await inbox.fresh();
  assert.equal(messages.length, 1);
  await enterCode(page, messages[0].code);
  await atResult(page, 'good');
});

play('code: used up', async (scene) => {
  const { page } = await visitor(scene, 'phone', LORANT);
  for (const words of ['2 tries', 'one try']) {
    await enterCode(page, '000000');
    await page.waitForSelector(`#code-error:text("${words}")`);
  }
  await enterCode(page, '000000');
  await atResult(page, 'bad');
  assert.deepEqual(await findings(page), { authentication: 'fail' });
});

play('code: pressed twice counts once', async (scene) => {
  const { page } = await visitor(scene, 'phone', LORANT);
  await page.fill('#code', '000000');
  await page.dblclick('#code-form [type=submit]');
  await page.waitForSelector('#code-error:text("2 tries left")');
});

play('code: sent again; after five no more, and the last one is good', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT);
  let { code } = await inbox.next();
  for (let message = 2; message <= 5; message += 1) {
    await resend(page, 'code');
    ({ code } = await inbox.next());
    await page.waitForSelector('#code-sent:not([hidden])');
  }
  await resend(page, 'code');
  await page.waitForSelector('#code-error:text("as many messages as we may")');
  assert.equal(await page.isVisible('#code-sent'), false);
  await enterCode(page, code);
  await atResult(page, 'good');
});

play('code: expired, sent again', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT);
  await at(page, 'code');
  await stage.backEnd.advance(121);
  await enterCode(page, (await inbox.next()).code);
  await page.waitForSelector('#code-error:text("expired")');
  await resend(page, 'code');
  const { code } = await inbox.next();
  await page.waitForSelector('#code-sent:not([hidden])');
  await enterCode(page, code);
  await atResult(page, 'good');
});

play('code: another number, refused beside the field, then taken', async (scene) => {
  const { page } = await visitor(scene, 'phone', LORANT, { name: LANEY });
  await at(page, 'code');
  await changeNumber(page, 'code', NOBODY);
  await page.waitForSelector('#new-number-error:text("can’t send messages to this number")');
  assert.equal(await page.inputValue('#new-number'), NOBODY);
  const other = await stage.backEnd.inbox(LANEY);
  await giveNumber(page, '(200) 100-4015');
  await at(page, 'code');
  await enterCode(page, (await other.next()).code);
  await atResult(page, 'good');
});

play('code: another number, and the old one’s network is no longer spoken of', async (scene) => {
  const { page } = await visitor(scene, 'phone', JESSE);
  await at(page, 'code');
  assert.ok(await page.isVisible('#code-fallback'));
  await changeNumber(page, 'code', LANEY);
  await at(page, 'code');
  assert.match(await page.textContent('[data-screen=code] .seen'), /4015/);
  assert.equal(await page.isVisible('#code-fallback'), false);
});

play('code: keeping the number sends nothing', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT);
  await at(page, 'code');
  await page.click('[data-screen=code] [data-change-number]');
  await at(page, 'number');
  await page.click('#keep-number');
  await at(page, 'code');
  assert.equal((await inbox.fresh()).length, 1);
});

play('link: reloaded, sent again, the first one is good', async (scene) => {
  const { page, inbox } = await visitor(scene, 'desk', LORANT);
  await at(page, 'link');
  const { link } = await inbox.next();
  await page.reload();
  await at(page, 'link');
  assert.deepEqual(await inbox.fresh(), []);
  await resend(page, 'link');
  await page.waitForSelector('#link-sent:not([hidden])');
  await inbox.next();
  await scene.pressLink(link);
  await atResult(page, 'good');
});

play('link: after five no more, and the last one is good', async (scene) => {
  const { page, inbox } = await visitor(scene, 'desk', LORANT);
  let { link } = await inbox.next();
  for (let message = 2; message <= 5; message += 1) {
    await resend(page, 'link');
    ({ link } = await inbox.next());
    await page.waitForSelector('#link-sent:not([hidden])');
  }
  await resend(page, 'link');
  await page.waitForSelector('[data-screen=link] [data-resend-hint]:text("as many links as we may")');
  assert.equal(await page.isVisible('#link-sent'), false);
  await scene.pressLink(link);
  await atResult(page, 'good');
});

play('link: another number', async (scene) => {
  const { page } = await visitor(scene, 'desk', LORANT, { name: LANEY });
  await at(page, 'link');
  const other = await stage.backEnd.inbox(LANEY);
  await changeNumber(page, 'link', LANEY);
  await at(page, 'link');
  assert.match(await page.textContent('[data-screen=link] .seen'), /4015/);
  await scene.pressLink((await other.next()).link);
  await atResult(page, 'good');
});

for (const [kind, where] of [['desk', 'link'], ['phone', 'code']]) {
  play(`${where}: cancelled, the back end sees it at once, and the form has kept what was typed`, async (scene) => {
    const { page } = await visitor(scene, kind, LORANT);
    await at(page, where);
    await leave(page, where);
    await at(page, 'form');
    assert.equal(await page.inputValue('#lastName'), 'Nerger');
    await until('a failed flow', async () => (await asked(page)).possessionResult === 'failed');
    await page.click('#join-form [type=submit]');
    await at(page, where);
    await page.reload();
    await at(page, where);
  });

  play(`${where}: the back button leaves it, too`, async (scene) => {
    const { page } = await visitor(scene, kind, LORANT);
    await at(page, where);
    await page.goBack();
    await at(page, 'form');
    await until('a failed flow', async () => (await asked(page)).possessionResult === 'failed');
  });
}

play('the session’s end at the link is told in words', async (scene) => {
  const { page } = await visitor(scene, 'desk', LORANT);
  await at(page, 'link');
  await stage.backEnd.advance(15 * 60);
  await atResult(page, 'trouble');
  assert.match(await page.innerText('[data-screen=result]'), /This sign-up is over/);
  assert.ok(await page.isVisible('#start-again'));
  assert.equal(await page.isVisible('#check-again'), false);
});

play('the session’s end at the code is told in words', async (scene) => {
  const { page } = await visitor(scene, 'phone', LORANT);
  await at(page, 'code');
  await stage.backEnd.advance(15 * 60);
  await enterCode(page, '123456');
  await atResult(page, 'trouble');
  assert.match(await page.innerText('[data-screen=result]'), /This sign-up is over/);
});

for (const [name, number, kind, found] of [
  ['Kurt: not his number', KURT, 'bad', { identification: 'fail', authentication: 'pass', risk: 'pass' }],
  ['Janek: never confirmed', JANEK, 'bad', { authentication: 'fail' }],
  ['Barbaraanne: VoIP', BARBARAANNE, 'caution', { identification: 'pass', authentication: 'pass', risk: 'fail' }],
  ['Penny: SIM swapped', PENNY, 'caution', { identification: 'pass', authentication: 'pass', risk: 'fail' }],
]) {
  play(name, async (scene) => {
    const { page, inbox } = await visitor(scene, 'desk', number);
    await scene.pressLink((await inbox.next()).link);
    await atResult(page, kind);
    assert.deepEqual(await findings(page), found);
  });
}

play('Sheilakathryn needs nothing', async (scene) => {
  const { page } = await visitor(scene, 'desk', SHEILA);
  await atResult(page, 'good');
});

play('a persona is picked from the list, by keyboard', async (scene) => {
  const page = await scene.page('desk');
  await page.goto(stage.server.facts.shop);
  await page.click('#personas summary');
  await page.click(`[data-phone-number="${PENNY}"]`);
  assert.deepEqual([await page.inputValue('#firstName'), await page.inputValue('#phoneNumber')], ['Penny', PENNY]);
  await page.keyboard.press('Enter');
  await at(page, 'link');
});

play('what is missing or wrong in the form is said beside the field', async (scene) => {
  const page = await scene.page('desk');
  await page.goto(stage.server.facts.shop);
  await page.waitForSelector('#way:not(:empty)');
  await page.click('#join-form [type=submit]');
  for (const field of ['firstName', 'lastName', 'phoneNumber']) assert.ok(await page.isVisible(`#${field}-error`));
  assert.equal(await focused(page), 'firstName');
  await page.fill('#firstName', 'Lorant');
  await page.fill('#lastName', 'Nerger');
  await page.fill('#phoneNumber', NOBODY);
  await page.click('#join-form [type=submit]');
  await page.waitForSelector('#phoneNumber-error:text("not one of the sandbox")');
});

play('a number that is none is refused in words for people', async (scene) => {
  const page = await scene.page('desk');
  for (const number of ['12', 'call me']) {
    await signUp(page, stage.server.facts.shop, number, { name: LORANT });
    const text = await page.textContent('#phoneNumber-error:not([hidden])');
    assert.doesNotMatch(text, /E\.164/, text);
  }
});

play('the server is away when the code is entered: nothing is lost', async (scene) => {
  const { page, inbox } = await visitor(scene, 'phone', LORANT);
  await at(page, 'code');
  await page.context().setOffline(true);
  await enterCode(page, (await inbox.next()).code);
  await atResult(page, 'trouble');
  await page.context().setOffline(false);
  await page.click('#check-again');
  await at(page, 'code');
  await enterCode(page, '1234');
  await atResult(page, 'good');
}, { mayBeAway: true });

play('the return page opened by hand says that there is nothing to do', async (scene) => {
  const page = await scene.page('phone');
  await page.goto(`${stage.server.origin}/shop/return`);
  await page.waitForSelector('[data-part=lost]:not([hidden])');
});
