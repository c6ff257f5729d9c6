/** Single sign-on to the portal, with an OpenID provider that is not ours. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { violations } from './lib/axe.mjs';
import { OpenIdProvider } from './lib/provider.mjs';
import { openStage, raise } from './lib/stage.mjs';

const RETURN = '/portal/sign-in/single-sign-on/return';
let provider;

const environment = async (origin) => {
  provider ??= await OpenIdProvider.open(origin + RETURN);
  return provider.environment;
};
const stage = openStage((bare) => raise(bare, { name: 'localhost', environment }));
const { play } = stage;
after(() => provider?.close());

const address = (path) => stage.server.origin + path;

/** Goes from a page of the portal to the provider and says who they are there. */
async function signOn(page, login, path = '/portal/account') {
  await page.goto(address(path));
  await page.click('text=Sign in with Example ID');
  await page.fill('[name=login]', login);
  await page.click('text=Sign in');
}

const open = (scene, kind = 'desk') => scene.page(kind, { reducedMotion: 'reduce' });

async function refuseViolations(page) {
  for (const scheme of ['light', 'dark']) assert.deepEqual(await violations(page, scheme), []);
}

/** The owner, by a link of the operator. */
async function owner(scene) {
  const page = await open(scene);
  await page.goto(await stage.server.link());
  await page.click('main button');
  await page.waitForURL(address('/portal/account'));
  return page;
}

play('a member comes back to where they wanted to go', async (scene) => {
  const page = await open(scene, 'phone');
  await page.goto(address('/portal/audit'));
  await refuseViolations(page);
  await signOn(page, 'Owner@demo.example', '/portal/audit');
  await page.waitForURL(address('/portal/audit'));
  await page.waitForSelector('text=You are signed in.');
  await page.waitForSelector('text=Signed in with single sign-on.');
  const cookies = await page.context().cookies(stage.server.origin);
  assert.ok(!cookies.some(({ name }) => name.endsWith('ringtrue_sign_on')));
  assert.ok(cookies.some(({ name, httpOnly, sameSite }) => name === 'ringtrue_session' && httpOnly && sameSite === 'Lax'));
});

play('whoever is invited joins, and nobody else', async (scene) => {
  const page = await open(scene);
  await signOn(page, 'zoe@demo.example');
  await page.waitForSelector('text=belongs to nobody of the team');
  await refuseViolations(page);
  await page.goto(address('/portal/account'));
  await page.waitForSelector('h1:text("Sign in")');

  const ada = await owner(scene);
  await ada.goto(address('/portal/team'));
  await ada.fill('#email', 'zoe@demo.example');
  await ada.check('[value=analyst]');
  await ada.click('text=Make an invitation');
  await ada.waitForSelector('text=Send this address to zoe@demo.example');

  // The provider knows them by now.
  await page.click('text=Sign in with Example ID');
  await page.waitForURL(address('/portal/account'));
  await page.waitForSelector('text=Analyst.');
  await page.waitForSelector('text=Name of zoe@demo.example');
  await ada.goto(address('/portal/audit'));
  await ada.waitForSelector('text=Joined the team by invitation, as analyst.');
  await ada.waitForSelector('text=Came with single sign-on, does not belong to the team, and was refused.');
});

play('no is taken for an answer', async (scene) => {
  const page = await open(scene);
  await page.goto(address('/portal/sign-in'));
  await page.click('text=Sign in with Example ID');
  await page.click('text=Cancel');
  await page.waitForSelector('text=The provider did not sign you in');
  await refuseViolations(page);
  await page.click('text=Sign in another way');
  await page.waitForURL(address('/portal/sign-in'));
});

play('an address that is not verified signs nobody in', async (scene) => {
  const page = await open(scene);
  await signOn(page, 'unverified@demo.example');
  await page.waitForSelector('text=Example ID does not say that your e-mail address is verified.');
});

play('somebody else’s way back signs nobody in, and their own works once', async (scene) => {
  const page = await open(scene);
  await page.goto(address('/portal/sign-in'));
  await page.click('text=Sign in with Example ID');
  await page.waitForSelector('[name=login]');
  // With the browser's cookies, but stopped before it is back.
  const form = { login: 'owner@demo.example', do: 'sign-in' };
  const said = await page.request.post(page.url(), { form, maxRedirects: 0 });
  const sent = await page.request.get(said.headers().location, { maxRedirects: 0 });
  const back = sent.headers().location;
  assert.ok(back.startsWith(address(RETURN)), back);

  const victim = await open(scene);
  await victim.goto(back);
  await victim.waitForSelector('text=This sign-in was not begun in this browser');
  await page.goto(back);
  await page.waitForSelector('text=You are signed in.');
  await page.goto(back);
  await page.waitForSelector('text=This sign-in was not begun in this browser');
  const { searchParams } = new URL(back);
  for (const name of ['code', 'state']) assert.ok(!stage.server.log.includes(searchParams.get(name)), `${name} is logged`);
});

play('the page on the way has a link for who is not taken along', async (scene) => {
  const page = await open(scene, 'phone');
  await page.route(`${provider.issuer}/**`, (route) => route.fulfill({ status: 204 }));
  await page.goto(address('/portal/sign-in'));
  await page.click('text=Sign in with Example ID');
  await page.waitForSelector('text=Go on to Example ID');
  await refuseViolations(page);
});

play('a provider that is away is said to be', async (scene) => {
  await provider.close();
  const page = await open(scene);
  await page.goto(address('/portal/sign-in'));
  await page.click('text=Sign in with Example ID');
  await page.waitForSelector('text=Example ID cannot be asked at the moment.');
  await refuseViolations(page);
  assert.match(scene.complaints.splice(0).join(), /^http\S+: Failed to load resource: [^,]* status of 502 \(Bad Gateway\)$/);
  assert.match(stage.server.log, /single sign-on let nobody in.*the provider cannot be asked/);
});
