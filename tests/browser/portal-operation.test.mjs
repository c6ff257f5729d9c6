/** The operator's day: a credential is changed while calls go on, an endpoint fails, what it missed is sent again. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { BackEnd, until } from './lib/back-end.mjs';
import { LORANT, personas } from './lib/personas.mjs';
import { beSure, becomeOwner, createCredential, createProject, go, letHappen, saveWebhook, shown, signIn, told } from './lib/portal.mjs';
import { Receiver } from './lib/receiver.mjs';
import { openStage, raisePortal } from './lib/stage.mjs';

const stage = openStage(raisePortal);
const { play } = stage;

/** A back end that starts a dozen verifications a second, which the limit allows, until it is told to stop. */
class BusyBackEnd {
  #credential;
  #calls;
  #stopped = false;
  /** Answers by status. */
  statuses = {};

  constructor(credential) {
    this.#credential = credential;
    this.#calls = this.#callOn();
  }

  get count() {
    return Object.values(this.statuses).reduce((sum, count) => sum + count, 0);
  }

  /** From now on it signs in with another one, as after a deployment. */
  use(credential) {
    this.#credential = credential;
  }

  async #callOn() {
    const request = { possessionType: 'mobile', phoneNumber: LORANT, ...personas[LORANT] };
    let [signedInWith, backEnd] = [];
    while (!this.#stopped) {
      if (signedInWith !== this.#credential) {
        signedInWith = this.#credential;
        backEnd = new BackEnd({ origin: stage.server.origin, facts: signedInWith });
      }
      const { status } = await backEnd.ask('/v3/verify', request);
      this.statuses[status] = (this.statuses[status] ?? 0) + 1;
      await pause(60);
    }
  }

  async stop() {
    this.#stopped = true;
    await this.#calls;
  }
}

/** Whatever a test needs that is not what it is about. */
async function setUp(scene, name) {
  const { server } = stage;
  const page = await scene.page('desk');
  if (server.firstLink) {
    await becomeOwner(page, server.firstLink);
    server.firstLink = undefined;
  } else {
    await page.close();
    return setUpAs(await signIn(stage, scene, 'desk'), name);
  }
  return setUpAs(page, name);
}

async function setUpAs(page, name) {
  await createProject(page, name);
  return { page, credential: await createCredential(page) };
}

play('a credential is changed without a failed call', async (scene) => {
  const { page, credential: old } = await setUp(scene, 'Weir Street Tools');
  const busy = new BusyBackEnd(old);
  try {
    await until('calls', () => busy.count > 3);
    const fresh = await createCredential(page);
    busy.use(fresh);
    const before = busy.count;
    await until('calls with the new one', () => busy.count > before + 3);
    await go(page, 'Credentials');
    const row = page.getByRole('row', { name: old.clientId });
    await row.locator('summary', { hasText: 'Revoke' }).click();
    await row.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByRole('row', { name: old.clientId }).getByText('Revoked').waitFor();
    const after = busy.count;
    await until('calls after the old one', () => busy.count > after + 3);
  } finally {
    await busy.stop();
  }
  assert.deepEqual(Object.keys(busy.statuses), ['200']);
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: old.clientId, client_secret: old.clientSecret });
  const refused = await fetch(`${stage.server.origin}/token`, { method: 'POST', body });
  assert.equal(refused.status, 401, 'the old one is of no use any more');
});

play('an endpoint fails: why is found, and what it missed is sent again', async (scene) => {
  const { page, credential } = await setUp(scene, 'Weir Street Bikes');
  const backEnd = new BackEnd({ origin: stage.server.origin, facts: credential });
  const { identityId } = await backEnd.call('/v3/identity', { phoneNumber: LORANT, clientCustomerId: 'customer-7' });
  const receiver = await Receiver.open();
  try {
    receiver.answer = { status: 204, body: '' };
    await saveWebhook(page, receiver.url);
    await told(page, /The test event was taken/);

    receiver.answer = { status: 500, body: 'no such column: carrier' };
    await letHappen(page, identityId, 'PORT', { 'New carrier, for PORT': 'Orchard Mobile' });
    await until('an attempt', () => receiver.posts.length === 2);
    await go(page, 'Webhook');
    await shown(page, page.locator('.mark.failed', { hasText: 'Failing' }));
    await go(page, 'Deliveries');
    await page.getByRole('link', { name: 'Waiting' }).or(page.getByRole('link', { name: 'Open' })).first().click();
    await page.locator('table.list tbody a').first().click();
    await page.getByText('What the endpoint answered').first().click();
    await page.getByText('no such column: carrier').waitFor();

    // Days later it was given up, and the webhook paused.
    await go(page, 'Outbox');
    await page.getByLabel('Move it forward by').fill('4');
    await page.getByLabel('Unit').selectOption('days');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await go(page, 'Deliveries');
    await shown(page, page.locator('table.list tbody tr', { hasText: '1 event' }).locator('.mark.failed'));

    receiver.answer = { status: 204, body: '' };
    const before = receiver.posts.length;
    await beSure(page, 'Replay all that were given up', 'Replay them');
    await told(page, 'The webhook is paused', 'alert');
    await go(page, 'Webhook');
    await page.getByRole('button', { name: 'Resume' }).click();
    await until('the replay', () => receiver.posts.length > before);
    assert.equal(receiver.posts.at(-1).id, receiver.posts[1].id, 'the same webhook-id');
    await go(page, 'Deliveries');
    await shown(page, page.locator('table.list tbody tr', { hasText: '1 event' }).locator('.mark.delivered'));
  } finally {
    await receiver.close();
  }
});
