/** The demo shop as a visitor uses it. */
import { personas } from './personas.mjs';

const screen = (name) => `[data-screen=${name}]`;

/** Opens the shop, fills in a persona and sends the form. `way`: desktop or mobile, whatever this device begins with. */
export async function signUp(page, shop, number, { way, name = number } = {}) {
  await page.goto(shop);
  await choose(page, way);
  const { firstName, lastName } = personas[name];
  await page.fill('#firstName', firstName);
  await page.fill('#lastName', lastName);
  await page.fill('#phoneNumber', number);
  await page.click('#join-form [type=submit]');
}

async function choose(page, way) {
  await page.waitForSelector('#way:not(:empty)');
  const isLink = /link/.test(await page.textContent('#way'));
  if (way && isLink !== (way === 'desktop')) await page.click('#other-way');
}

/** Waits until the visitor sees this screen. */
export async function at(page, name) {
  await page.waitForSelector(`body[data-current=${name}]`);
}

/**
 * The visitor looks at the page again. Headless tabs are always in front, so it is told by hand what a browser tells then.
 */
export const lookAgain = (page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

export async function atResult(page, kind) {
  await page.waitForSelector(`${screen('result')}[data-result=${kind}]:not([hidden])`);
}

export async function enterCode(page, code) {
  await page.fill('#code', code);
  await page.click('#code-form [type=submit]');
}

export async function resend(page, name) {
  await page.click(`${screen(name)} [data-resend][aria-disabled=false]`);
}

export async function changeNumber(page, name, number) {
  await page.click(`${screen(name)} [data-change-number]`);
  await at(page, 'number');
  await giveNumber(page, number);
}

export async function giveNumber(page, number) {
  await page.fill('#new-number', number);
  await page.click('#number-form [type=submit]');
}

export const leave = (page, name) => page.click(`${screen(name)} [data-leave]`);

/** Each category that was judged: pass or fail. */
export const findings = (page) =>
  page.$$eval('[data-category]', (items) => Object.fromEntries(items.map(({ dataset }) => [dataset.category, dataset.finding])));

export const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.localName);
