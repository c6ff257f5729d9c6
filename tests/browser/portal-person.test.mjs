/** The analyst and the upset person: somebody is found, what happened is explained, and they are let go. */
import assert from 'node:assert/strict';
import { BackEnd } from './lib/back-end.mjs';
import { beSure, becomeOwner, go, OWNER, signIn } from './lib/portal.mjs';
import { openStage, raisePortal } from './lib/stage.mjs';

const stage = openStage(raisePortal);
const { play } = stage;

const ANALYST = { email: 'ruth@harbour.example', name: 'Ruth Calloway' };
/** Somebody who has married: the phone contract still has the name from before. */
const WANDA = { phoneNumber: '+447911123456', firstName: 'Wanda', lastName: 'Okafor' };
const MARRIED = { ...WANDA, lastName: 'Lindqvist' };

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

/** A production project, and what it did about somebody: it refused the new name, and then took the old one. */
async function refusedAndVerified() {
  const { server } = stage;
  const { projectId } = await server.command('project', 'create', 'Harbour Lending');
  const keys = await server.command('credentials', 'create', '--project', projectId, '--environment', 'production');
  const backEnd = new BackEnd({ origin: server.origin, facts: keys });
  const { phoneNumber, firstName, lastName } = WANDA;
  const known = ['--phone-number', phoneNumber, '--first-name', firstName, '--last-name', lastName, '--carrier', 'EE'];
  await server.command('subscribers', 'set', ...known);
  for (const who of [MARRIED, WANDA]) await backEnd.verify({ possessionType: 'none', ...who, clientCustomerId: 'customer-4711' });
  return { backEnd, place: `${server.origin}/portal/p/${projectId}/production` };
}

async function search(page, label, text) {
  await page.getByLabel(label).fill(text);
  await page.getByRole('button', { name: 'Search' }).click();
}

play('somebody asks why they were refused, and then wants to be forgotten', async (scene) => {
  const { backEnd, place } = await refusedAndVerified();
  const page = await inviteAnalyst(scene);

  // Found by the number that they tell, with whatever they put between its digits.
  await page.goto(`${place}/verifications`);
  await search(page, 'Number or id', '07911 123456');
  await page.getByRole('alert').waitFor();
  await search(page, 'Number or id', '+44 7911 123456');
  const rows = page.locator('table.list tbody tr');
  await rows.first().waitFor();
  assert.equal(await rows.count(), 2);
  assert.ok(!(await page.content()).includes(WANDA.phoneNumber), 'numbers of people are masked');

  // Explained in words, and looked at in the clear, which is noted.
  await rows.last().getByRole('link').first().click();
  await page.getByText('on record under another name than the one that was given').waitFor();
  assert.ok(!(await page.content()).includes(MARRIED.lastName));
  await beSure(page, 'Show number, name and e-mail', 'Show them in the clear');
  await page.getByText(MARRIED.lastName).waitFor();
  await page.getByRole('link', { name: 'Mask it again' }).click();
  await page.locator('.timeline').waitFor();

  // Erased, everything at once: both verifications and the identity.
  await page.goto(`${place}/person`);
  await search(page, 'Phone number', WANDA.phoneNumber);
  await beSure(page, 'Erase', 'Erase everything about this number');
  await page.locator('.notice.good').waitFor();
  await page.goto(`${place}/verifications`);
  await search(page, 'Number or id', WANDA.phoneNumber);
  await page.getByRole('heading', { name: 'No verification found' }).waitFor();
  const { identities } = await backEnd.call(`/v3/identity?phoneNumber=${encodeURIComponent(WANDA.phoneNumber)}`);
  assert.deepEqual(identities ?? [], []);

  const owner = await signIn(stage, scene, 'desk');
  await owner.goto(`${stage.server.origin}/portal/audit`);
  for (const what of ['in the clear', 'Erased']) {
    await owner.getByRole('row', { name: ANALYST.name }).filter({ hasText: what }).first().waitFor();
  }
});
