/** Passkeys in the portal, with the browser's own virtual authenticator. */
import assert from 'node:assert/strict';
import { violations } from './lib/axe.mjs';
import { openStage, raise } from './lib/stage.mjs';

const stage = openStage((bare) => raise(bare, { name: 'localhost' }));
const { play } = stage;

const address = (path) => stage.server.origin + path;

/** A device that holds passkeys, and whose lock opens. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    holds: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    lock: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

/** The owner's account, after a link of the operator. */
async function account(scene, kind = 'desk') {
  // Colours do not fade, so that they are what they are once they are asked for.
  const page = await scene.page(kind, { reducedMotion: 'reduce' });
  await page.goto(await stage.server.link());
  await page.click('main button');
  await page.waitForURL(address('/portal/account'));
  return page;
}

async function add(page, name) {
  await page.fill('#passkey-name', name);
  await page.click('text=Add a passkey');
}

async function signOut(page) {
  await page.click('.menu.end summary');
  await page.click('text=Sign out >> visible=true');
  await page.waitForURL(address('/portal/sign-in'));
}

const saysOf = (page) => page.locator('[role=alert]:visible, [role=status]:visible').innerText();

async function refuseViolations(page) {
  for (const scheme of ['light', 'dark']) assert.deepEqual(await violations(page, scheme), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
}

for (const kind of ['desk', 'phone']) {
  play(`a passkey is added, signs in and is removed, on a ${kind}`, async (scene) => {
    const name = `My “${kind}”`;
    const page = await account(scene, kind);
    const device = await authenticator(page);
    await add(page, name);
    await page.waitForSelector('text=The passkey was added');
    const [credential] = await device.holds();
    assert.equal(credential.isResidentCredential, true);
    assert.equal(credential.rpId, 'localhost');
    const row = page.locator('tr', { hasText: name });
    await row.getByText('Never').waitFor();
    await refuseViolations(page);

    await signOut(page);
    await page.goto(address('/portal/account'));
    await refuseViolations(page);
    await page.click('text=Sign in with a passkey');
    // Where they wanted to go before.
    await page.waitForURL(address('/portal/account'));
    assert.equal(await saysOf(page), 'You are signed in.');
    assert.equal(await row.getByText('Never').count(), 0);

    await row.locator('summary').click();
    await row.locator('button.danger').click();
    await page.waitForSelector('text=The passkey was removed.');
    await page.waitForSelector('text=You have none. A passkey');
    await signOut(page);
    await page.click('text=Sign in with a passkey');
    await page.waitForSelector('text=This passkey signs nobody in here.');
    await refuseViolations(page);
  });
}

play('one device has one passkey of a member', async (scene) => {
  const page = await account(scene);
  await authenticator(page);
  await add(page, 'First');
  await page.waitForSelector('text=The passkey was added');
  await add(page, 'Second');
  await page.waitForSelector('text=This device has a passkey of yours already.');
  assert.equal(await page.locator('tbody tr', { hasText: 'Second' }).count(), 0);
});

play('a lock that stays shut signs nobody in', async (scene) => {
  const page = await account(scene);
  const device = await authenticator(page);
  await add(page, 'Locked');
  await page.waitForSelector('text=The passkey was added');
  await signOut(page);
  await device.lock(false);
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('text=No passkey was used');
  await device.lock(true);
  await page.click('text=Sign in with a passkey');
  await page.waitForURL(address('/portal/projects'));
});

play('without a browser that has passkeys, the pages say so', async (scene) => {
  const page = await scene.page('desk', { javaScriptEnabled: false });
  await page.goto(address('/portal/sign-in'));
  await page.waitForSelector('text=Open this page in a browser that has passkeys and runs scripts.');
  assert.equal(await page.locator('text=Sign in with a passkey').count(), 1);
  assert.equal(await page.locator('text=Sign in with a passkey >> visible=true').count(), 0);
});
