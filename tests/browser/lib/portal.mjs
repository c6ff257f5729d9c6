/** The portal as its people use it: by what they read on it, not by what stands in its markup. */
import { until } from './back-end.mjs';

/** Whoever set the server up. */
export const OWNER = { email: 'ines@harbour.example', name: 'Ines Marchetti' };

/** Follows the link that the server printed at its first start; what comes then is how to sign in again. */
export async function becomeOwner(page, firstLink) {
  await page.goto(firstLink);
  await page.getByLabel('E-mail address').fill(OWNER.email);
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByRole('button', { name: 'Become owner' }).click();
  await heading(page, 'Your account');
}

/** A page of somebody who is signed in, on a device of their own. */
export async function signIn(stage, scene, kind, email = OWNER.email, more = {}) {
  const page = await scene.page(kind, { reducedMotion: 'reduce', ...more });
  await page.goto(await stage.server.linkFor(email));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Your account');
  return page;
}

/** Waits for the page of this name. */
export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Waits for what the page says of the thing that was done last; answers all of it. */
export async function told(page, text, role = 'status') {
  const notice = page.locator(`.notice[role=${role}]`, { hasText: text }).first();
  await notice.waitFor();
  return notice.innerText();
}

/** Goes to a part of the project. */
export async function go(page, section) {
  await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: section, exact: true }).click();
  await heading(page, section);
}

export async function createProject(page, name) {
  await page.getByRole('link', { name: 'Ringtrue' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('navigation', { name: 'Project' }).waitFor();
}

/** Creates a credential in the environment that is open; answers what is shown once. */
export async function createCredential(page) {
  await go(page, 'Credentials');
  await page.getByRole('button', { name: 'Create credential' }).click();
  const fresh = page.getByRole('status', { name: 'The new credential' });
  const [clientId, clientSecret] = await fresh.locator('code').allInnerTexts();
  return { clientId, clientSecret };
}

/** Says where events go, and waits for what became of the test. */
export async function saveWebhook(page, url) {
  await go(page, 'Webhook');
  await page.getByLabel('Where events are posted to').fill(url);
  await page.getByRole('button', { name: 'Save and test' }).click();
}

/** Opens what asks whether one is sure, and says yes. */
export async function beSure(page, summary, button) {
  const sure = page.locator('details.sure', { has: page.locator('summary', { hasText: summary }) }).first();
  await sure.locator('summary').click();
  await sure.getByRole('button', { name: button }).click();
}

/** Reloads the page until it shows this. */
export const shown = (page, locator) =>
  until(String(locator), async () => {
    await page.reload();
    return locator.isVisible();
  });

/** Lets something become of an identity's number in sandbox. */
export async function letHappen(page, identity, eventType, more = {}) {
  await go(page, 'Outbox');
  await page.getByLabel('Identity id').fill(identity);
  await page.getByLabel('What happens').selectOption(eventType);
  for (const [label, value] of Object.entries(more)) await page.getByLabel(label).fill(value);
  await page.getByRole('button', { name: 'Let it happen' }).click();
}
