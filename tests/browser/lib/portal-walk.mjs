/** A walk through every page of the portal: whatever a link leads to, once for each kind of address, and what forms answer. */
import { letHappen, OWNER, signIn } from './portal.mjs';
import { BackEnd } from './back-end.mjs';
import { KURT, LANEY, LORANT, MERLA, personas } from './personas.mjs';
import { Receiver } from './receiver.mjs';

/** The owner of a month that `cargo xtask month` made. */
const MONTH_OWNER = 'ines.marchetti@harbour.example';

/** The project with something of everything; the others have little. */
const FULL = 'Harbour Lending';

/** What the stage is raised with: the month's folder, if there is one. */
export const furniture = process.env.MONTH ? { data: process.env.MONTH } : {};

/** Something to look at: the month's, or a little of everything. Answers the owner's address. */
export async function furnish(stage, scene) {
  if (process.env.MONTH) return MONTH_OWNER;
  const { server } = stage;
  const first = await scene.page('desk');
  await first.goto(server.firstLink);
  await first.getByLabel('E-mail address').fill(OWNER.email);
  await first.getByLabel('Name').fill(OWNER.name);
  await first.getByRole('button', { name: 'Become owner' }).click();
  await first.getByRole('heading', { name: 'Your account' }).waitFor();

  const { projectId } = await server.command('project', 'create', FULL);
  const other = await server.command('project', 'create', 'Courier Onboarding and everything that belongs to it, up to the end');
  await server.command('project', 'link', projectId, other.projectId);
  await first.goto(`${server.origin}/portal/p/${projectId}/sandbox/personas/file`);
  const own = [{ phone: '+12001004999', first_name: 'Ann', last_name: 'Lee', outcome: 'loses the number after a month', timeline: [{ after_days: 30, change: 'number_changed' }] }];
  await first.getByLabel('File').setInputFiles({ name: 'personas.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(own)) });
  await first.waitForFunction(() => document.getElementById('personas').value !== '');
  await first.getByRole('button', { name: 'Replace my personas' }).click();
  await first.locator('.notice.good').waitFor();
  const facts = await server.command('credentials', 'create', '--project', projectId, '--environment', 'sandbox');
  const old = await server.command('credentials', 'create', '--project', projectId, '--environment', 'sandbox');
  await server.command('credentials', 'revoke', old.clientId);
  await server.command('credentials', 'create', '--project', projectId, '--environment', 'production');
  const backEnd = new BackEnd({ origin: server.origin, facts });
  for (const number of [LORANT, LANEY, KURT, MERLA]) {
    await backEnd.verify({ possessionType: 'none', phoneNumber: number, ...personas[number], clientCustomerId: `customer ${number.slice(-2)}` });
  }
  const receiver = await Receiver.open();
  try {
    await first.goto(`${server.origin}/portal/p/${projectId}/sandbox/webhook`);
    await first.getByLabel('Where events are posted to').fill(receiver.url);
    await first.getByRole('button', { name: 'Save and test' }).click();
    await first.locator('.notice.good').waitFor();
    receiver.answer = { status: 503, body: 'down for maintenance' };
    const { identityId } = await backEnd.call('/v3/identity', { phoneNumber: MERLA });
    await letHappen(first, identityId, 'SIM_SWAP');
    await first.locator('.notice.good').waitFor();
    await first.goto(`${server.origin}/portal/p/${projectId}/sandbox/webhook`);
    await first.getByRole('button', { name: 'Send a test event' }).click();
    await first.locator('.notice.bad').waitFor();
  } finally {
    await receiver.close();
  }
  await first.close();
  return OWNER.email;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What is the same in all addresses of a kind, as a name for files: `portal-sandbox-deliveries-id`. */
function kindOf({ pathname, searchParams }, full) {
  const place = pathname.replace(full, '/portal/').replace(/\/portal\/p\/[^/]+\//, '/portal/bare/');
  const path = place.replace(UUID, 'id').slice('/portal'.length);
  const query = [...searchParams.keys()].sort().join('-');
  return `portal${path.replaceAll('/', '-')}${query && `-by-${query}`}`;
}

/**
 * Calls `look(name, page)` on each page, on this kind of device.
 * @param {'desk' | 'phone'} kind
 */
export async function walkPortal(stage, scene, kind, email, look) {
  const { origin } = stage.server;
  await walkOutside(stage, scene, kind, email, look);
  const page = await signIn(stage, scene, kind, email);
  await look('portal-account-after-link', page);
  await page.goto(`${origin}/portal/projects`);
  const href = await page.locator('main').getByRole('link', { name: FULL, exact: true }).getAttribute('href');
  const full = href.replace(/[^/]+\/[^/]+$/, '');
  const seen = new Set(['portal']);
  const waiting = [new URL('/portal/projects', origin), new URL(`${full}production/integrate`, origin)];
  while (waiting.length > 0) {
    const address = waiting.shift();
    const name = kindOf(address, full);
    if (seen.has(name)) continue;
    seen.add(name);
    await page.goto(address.href);
    await look(name, page);
    const hrefs = await page.$$eval('a[href]:not([download])', (links) => links.map((link) => link.href));
    const links = hrefs.map((href) => new URL(href)).filter((link) => !link.pathname.endsWith('.csv'));
    waiting.push(...links.filter((link) => link.origin === origin && link.pathname.startsWith('/portal')));
  }
  await walkForms(page, origin, `${origin}${full}sandbox/`, look);
  return seen;
}

/** What those see who are not signed in. */
async function walkOutside(stage, scene, kind, email, look) {
  const { origin } = stage.server;
  const page = await scene.page(kind, { reducedMotion: 'reduce' });
  await page.goto(`${origin}/portal/sign-in`);
  await look('portal-sign-in', page);
  await page.goto(await stage.server.linkFor(email));
  await look('portal-enter', page);
  await page.goto(`${origin}/portal/enter/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`);
  await look('portal-enter-gone', page);
  await page.close();
}

/** What forms answer. */
async function walkForms(page, origin, place, look) {
  await page.goto(`${origin}/portal/nothing`);
  await look('portal-not-found', page);
  await page.goto(`${origin}/portal/projects`);
  for (const [name, label] of [['project', 'Open a project'], ['you', 'You:']]) {
    await page.locator('details.menu summary', { hasText: label }).click();
    await look(`portal-menu-${name}`, page);
    await page.keyboard.press('Escape');
  }
  await page.goto(`${place}credentials`);
  await page.getByRole('button', { name: 'Create credential' }).click();
  await page.getByRole('heading', { name: 'The new credential' }).waitFor();
  await page.locator('details.sure summary').first().click();
  await look('portal-credential-new', page);
  await page.goto(`${place}webhook`);
  for (const summary of await page.locator('details.sure summary').all()) await summary.click();
  await look('portal-webhook-sure', page);
  await page.getByRole('button', { name: 'Show the secret' }).click();
  await page.getByRole('heading', { name: 'Secrets' }).waitFor();
  await look('portal-webhook-secrets', page);
  await page.goto(`${place}webhook`);
  await page.getByLabel('Where events are posted to').fill('https://user@hooks.example/');
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByRole('alert').waitFor();
  await look('portal-webhook-refused', page);
  await page.goto(`${origin}/portal/account`);
  const again = page.locator('details.sure summary', { hasText: 'Make new ones' });
  if (await again.isVisible()) await again.click();
  await page.getByRole('button', { name: /^Make (recovery|new) codes$/ }).click();
  await page.getByRole('heading', { name: 'Your new recovery codes' }).waitFor();
  await look('portal-account-codes', page);
  await page.goto(`${origin}/portal/team`);
  await page.getByLabel('E-mail address').fill('new.colleague@harbour.example');
  await page.getByRole('button', { name: 'Make an invitation' }).click();
  await page.locator('.notice.good code').waitFor();
  await look('portal-team-invited', page);
  const invitation = await page.locator('.notice.good code').innerText();
  await page.goto(invitation);
  await look('portal-invitation', page);
}
