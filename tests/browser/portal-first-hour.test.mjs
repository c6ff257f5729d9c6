/** The engineer's first hour: from an empty installation to the first verified user, and events that arrive. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BackEnd, until } from './lib/back-end.mjs';
import { LORANT } from './lib/personas.mjs';
import { becomeOwner, createCredential, createProject, go, letHappen, saveWebhook, told } from './lib/portal.mjs';
import { isSignedWith, Receiver } from './lib/receiver.mjs';
import { answer, asked, openStage, outcome, raisePortal, result } from './lib/stage.mjs';

const stage = openStage(raisePortal);
const { play } = stage;
const run = promisify(execFile);

/** Runs the calls as they stand on the page, between which a person copies an id. */
async function runCurl(snippet, clientSecret) {
  // `jq -r .access_token` is all that the snippet wants of jq.
  const shell = `jq() { node -pe 'JSON.parse(require("fs").readFileSync(0, "utf8")).access_token'; }`;
  const script = (text) => run('bash', ['-euc', `${shell}\n${text}`], { env: { ...process.env, RINGTRUE_CLIENT_SECRET: clientSecret } });
  const [before, after] = snippet.split(/^# with the correlationId.*$/m);
  const [token] = before.split('\n\n');
  const started = JSON.parse((await script(before)).stdout);
  const status = await script(token + after.replace('…', started.correlationId));
  return { started, status: JSON.parse(status.stdout) };
}

play('the first hour', async (scene) => {
  const { server, site } = stage;
  const page = await scene.page('desk');
  await becomeOwner(page, server.firstLink);
  await page.getByRole('button', { name: 'Make recovery codes' }).click();
  await page.getByRole('heading', { name: 'Your new recovery codes' }).waitFor();

  await page.getByRole('link', { name: 'Ringtrue' }).click();
  await page.getByRole('heading', { name: 'No project yet' }).waitFor();
  await createProject(page, 'Weir Street Tools');
  const { clientId, clientSecret } = await createCredential(page);
  await go(page, 'Credentials');
  await page.getByRole('rowheader', { name: clientId }).waitFor();
  assert.ok(!(await page.content()).includes(clientSecret), 'a secret is shown once');

  await go(page, 'Integrate');
  const snippet = await page.getByRole('region', { name: 'curl code' }).innerText();
  for (const value of [clientId, server.origin]) assert.ok(snippet.includes(value), `${value} is not in: ${snippet}`);
  assert.ok(!snippet.includes(clientSecret));
  const { started, status } = await runCurl(snippet, clientSecret);
  assert.ok(started.authToken);
  assert.equal(status.success, 'pending');

  // The integrator's own page runs the SDK; the code is read where sandbox keeps it.
  Object.assign(server.facts, { clientId, clientSecret });
  stage.backEnd = new BackEnd(server);
  const shop = await scene.page('phone');
  await shop.goto(site.page(LORANT, { way: 'mobile' }));
  await asked(shop, 'code');
  await go(page, 'Outbox');
  await page.getByLabel('Phone number', { exact: true }).fill(LORANT);
  await page.getByRole('button', { name: 'Search' }).click();
  const code = page.locator('table.list tbody tr').first().locator('code');
  await answer(shop, await code.innerText());
  assert.deepEqual(outcome(await result(shop)), { success: 'true', possession: 'success', ownership: 'success' });

  await go(page, 'Identities');
  const [identity] = await page.locator('table.list tbody code').allInnerTexts();
  await page.getByRole('link', { name: LORANT }).click();
  await page.locator('.facts').getByText(LORANT).waitFor();

  const receiver = await Receiver.open();
  try {
    await saveWebhook(page, receiver.url);
    await told(page, /The test event was taken: .*204/);
    assert.deepEqual(receiver.posts.map(({ events }) => events[0].eventType), ['TEST']);
    await page.getByRole('button', { name: 'Show the secret' }).click();
    const secret = await page.locator('.facts code').innerText();
    assert.ok(isSignedWith(receiver.posts[0], secret), 'the shown secret made the signature');

    await letHappen(page, identity, 'PORT', { 'New carrier, for PORT': 'Orchard Mobile' });
    await told(page, 'happened');
    await until('the event', () => receiver.posts.length === 2);
    const { events } = receiver.posts[1];
    assert.deepEqual([events[0].eventType, events[0].identityId], ['PORT', identity]);
    await go(page, 'Deliveries');
    await page.locator('table.list tbody tr', { hasText: '1 event' }).getByText('Delivered').waitFor();
  } finally {
    await receiver.close();
  }
});
