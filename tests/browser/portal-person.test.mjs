/** The analyst and the upset person: somebody is found, what happened is explained, and they are let go. */
import assert from 'node:assert/strict';
import { BackEnd } from './lib/back-end.mjs';
import { beSure, becomeOwner, go, OWNER, signIn } from './lib/portal.mjs';
import { openStage, raisePortal } from './lib/stage.mjs';

const stage = openStage(raisePortal);
const { play } = stage;

const ANALYST = { email: 'ruth@harbour.example', name: 'Ruth Calloway' };
/** Somebody who moved and married: the registry knows another name. */
const WANDA = { phoneNumber: '+447911123456', firstName: 'Wanda', lastName: 'Okafor' };

/** An owner invites an analyst, who comes by the address that they are sent. */
async function inviteAnalyst(scene) {
  const owner = await scene.page('desk');
  await becomeOwner(owner, stage.server.firstLink);
  await owner.getByText(OWNER.name).click();
  await owner.getByRole('link', { name: 'Team' }).click();
  await owner.getByLabel('E-mail address').fill(ANALYST.email);
  await owner.getByRole('radio', { name: /^Analyst/ }).check();
  await owner.getByRole('button', { name: 'Make an invitation' }).click();
  const address = await owner.locator('.notice.good code').innerText();
  const analyst = await scene.page('desk');
  await analyst.goto(address);
  await analyst.getByLabel('Your name').fill(ANALYST.name);
  await analyst.getByRole('button', { name: 'Join' }).click();
  await analyst.getByText(ANALYST.name).first().waitFor();
  return analyst;
}

/** A production project, and somebody who was verified in it. */
async function verified() {
  const { server } = stage;
  const { projectId } = await server.command('project', 'create', 'Harbour Lending');
  const keys = await server.command('credentials', 'create', '--project', projectId, '--environment', 'production');
  const backEnd = new BackEnd({ origin: server.origin, facts: keys });
  const { phoneNumber, firstName, lastName } = WANDA;
  await server.command('subscribers', 'set', '--phone-number', phoneNumber, '--first-name', firstName, '--last-name', lastName, '--carrier', 'EE');
  await backEnd.verify({ possessionType: 'none', ...WANDA, clientCustomerId: 'customer-4711' });
  return { backEnd, projectId };
}

play('somebody wants to be forgotten', async (scene) => {
  const { backEnd, projectId } = await verified();
  const page = await inviteAnalyst(scene);
  await page.goto(`${stage.server.origin}/portal/p/${projectId}/production/identities`);
  await page.getByLabel('Phone number or identity id').fill('07911 123456');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Phone number or identity id').fill('+44 7911 123456');
  await page.getByRole('button', { name: 'Search' }).click();
  const found = page.locator('table.list tbody tr');
  assert.equal(await found.count(), 1);
  assert.ok(!(await page.content()).includes(WANDA.phoneNumber), 'numbers of people are masked');
  await found.locator('a').first().click();
  await beSure(page, 'Disenrol', 'Erase this identity');
  await page.getByLabel('Phone number or identity id').fill(WANDA.phoneNumber);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
  const { identities } = await backEnd.call(`/v3/identity?phoneNumber=${encodeURIComponent(WANDA.phoneNumber)}`);
  assert.deepEqual(identities ?? [], []);
});
