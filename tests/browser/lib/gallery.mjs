/** A walk through every page and every state of it that a person can come to see. */
import { BARBARAANNE, INGE, JANEK, JESSE, KURT, LANEY, LORANT, NOBODY, PENNY } from './personas.mjs';
import { at, atResult, changeNumber, enterCode, giveNumber, lookAgain, resend, signUp } from './shop.mjs';

/**
 * Calls `look(name, page)` in each state, on this kind of device.
 * @param {'desk' | 'phone'} kind
 */
export async function walk(stage, scene, kind, look) {
  const { shop, handset, origin } = stage.server.facts;
  const open = () => scene.page(kind, { reducedMotion: 'reduce' });
  /** A visitor of the shop, and the messages that come from now on. */
  async function visitor(number, way, name) {
    const inbox = await stage.backEnd.inbox(number);
    const page = await open();
    await signUp(page, shop, number, { way, name });
    return { page, inbox };
  }

  const start = await open();
  await start.goto(origin);
  await look('start', start);

  const form = await open();
  await form.goto(shop);
  await form.waitForSelector('#personas:not([hidden])');
  await look('shop-form', form);
  await form.click('#personas summary');
  await look('shop-form-personas', form);
  await form.click('#join-form [type=submit]');
  await look('shop-form-errors', form);

  const silent = await open();
  await silent.route('**/v1/sandbox/network*', () => {});
  await signUp(silent, shop, INGE, { way: 'mobile' });
  await at(silent, 'wait');
  await look('shop-wait', silent);

  await walkLink(scene, await visitor(LORANT, 'desktop'), open, look);
  await walkCode(await visitor(JESSE, 'mobile', LANEY), stage, look);
  await walkResults(scene, visitor, open, look);

  const lost = await open();
  await lost.goto(`${origin}/shop/return`);
  await lost.waitForSelector('[data-part=lost]:not([hidden])');
  await look('shop-return-lost', lost);

  await walkLinkPages(origin, visitor, open, look);
  await walkHandset(handset, open, look);
}

async function walkLink(scene, { page, inbox }, open, look) {
  await at(page, 'link');
  await look('shop-link', page);
  let { link } = await inbox.next();
  await resend(page, 'link');
  ({ link } = await inbox.next());
  await page.waitForSelector('#link-sent:not([hidden])');
  await look('shop-link-sent-again', page);
  await page.click('[data-screen=link] [data-change-number]');
  await at(page, 'number');
  await look('shop-number', page);
  await giveNumber(page, NOBODY);
  await page.waitForSelector('#new-number-error:not([hidden])');
  await look('shop-number-refused', page);
  // The server is asked for a message to the number that is kept.
  await page.click('#keep-number');
  await at(page, 'link');
  ({ link } = await inbox.next());
  for (let message = 4; message <= 5; message += 1) {
    await resend(page, 'link');
    ({ link } = await inbox.next());
    await page.waitForSelector('#link-sent:not([hidden])');
  }
  await resend(page, 'link');
  await page.waitForSelector('[data-screen=link] [data-resend-hint]:text("as many")');
  await look('shop-link-no-more', page);
  const tab = await scene.pressLink(link, await open());
  await tab.waitForSelector('[data-part=done]:not([hidden])');
  await look('shop-return-done', tab);
}

async function walkCode({ page, inbox }, stage, look) {
  await at(page, 'code');
  await look('shop-code-fallback', page);
  await resend(page, 'code');
  await page.waitForSelector('#code-sent:not([hidden])');
  await look('shop-code-sent-again', page);
  await enterCode(page, '000000');
  await page.waitForSelector('#code-error:not([hidden])');
  await look('shop-code-wrong', page);
  await stage.backEnd.advance(121);
  await enterCode(page, '000000');
  await page.waitForSelector('#code-error:text("expired")');
  await look('shop-code-expired', page);
  const other = await stage.backEnd.inbox(LANEY);
  await changeNumber(page, 'code', LANEY);
  await at(page, 'code');
  await look('shop-code', page);
  await enterCode(page, (await other.next()).code);
  await atResult(page, 'good');
  await look('shop-result-good', page);
  await page.click('[data-screen=result] summary');
  await look('shop-result-raw', page);
}

async function walkResults(scene, visitor, open, look) {
  for (const [number, kind, name] of [
    [BARBARAANNE, 'caution', 'risk'],
    [KURT, 'bad', 'name'],
    [JANEK, 'bad', 'phone'],
  ]) {
    const { page, inbox } = await visitor(number, 'desktop');
    const tab = await scene.pressLink((await inbox.next()).link, await open());
    await lookAgain(page);
    await atResult(page, kind);
    await look(`shop-result-${name}`, page);
    if (number === JANEK) await look('link-refused', tab);
  }

  // An identity source that takes its time; the sandbox's answers at once.
  const slow = await visitor(LORANT, 'mobile');
  await slow.page.route('**/shop/api/result', (route) =>
    route.fulfill({ json: { success: 'pending', possessionResult: 'success', verifyResult: 'pending', phoneNumber: LORANT } }));
  await enterCode(slow.page, '1234');
  await atResult(slow.page, 'pending');
  await look('shop-result-pending', slow.page);

  const lonely = await visitor(LORANT, 'mobile');
  await at(lonely.page, 'code');
  await lonely.page.context().setOffline(true);
  await enterCode(lonely.page, '1234');
  await atResult(lonely.page, 'trouble');
  await look('shop-result-trouble', lonely.page);

  const late = await visitor(LORANT, 'mobile');
  await at(late.page, 'code');
  await late.page.route('**/shop/api/result', (route) => route.fulfill({ status: 400, json: { error: { message: 'over' } } }));
  await enterCode(late.page, '1234');
  await atResult(late.page, 'trouble');
  await look('shop-result-over', late.page);
}

async function walkLinkPages(origin, visitor, open, look) {
  const { inbox } = await visitor(LORANT, 'desktop');
  const { link } = await inbox.next();
  const phone = await open();
  await phone.goto(link);
  await look('link', phone);
  await phone.click('form button');
  await phone.waitForSelector('[data-part=done]:not([hidden])');
  await phone.goto(link);
  await look('link-done', phone);
  await phone.goto(`${origin}/l/AAAAAAAAAAAAAAAAAAAAAA`);
  await look('link-gone', phone);
}

async function walkHandset(address, open, look) {
  const page = await open();
  await page.goto(address);
  await page.selectOption('#number', PENNY);
  await page.waitForSelector('#empty:not([hidden])');
  await look('handset-empty', page);
  await page.selectOption('#number', LORANT);
  await page.waitForSelector('#messages li');
  await look('handset', page);
  await page.selectOption('#number', INGE);
  await page.waitForSelector('#network[aria-checked=true]');
  await page.route('**/v1/handset/messages*', (route) => route.abort());
  await page.waitForSelector('#trouble:not([hidden])');
  await look('handset-trouble', page);

  const locked = await open();
  await locked.goto(address.replace(/#.*/, ''));
  await locked.waitForSelector('#locked:not([hidden])');
  await look('handset-locked', locked);
}
