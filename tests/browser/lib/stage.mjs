/** What a test file plays on: one server, one browser, one integrator's site; each test gets fresh browser contexts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { BackEnd } from './back-end.mjs';
import { Installation } from './installation.mjs';
import { Integrator } from './integrator.mjs';
import { Server } from './server.mjs';
import { serveWorkingTree } from './working-tree.mjs';

const STEP_MS = 20_000;
/** Most tests take two seconds, a walk through all pages twenty; a machine that builds meanwhile many times that. */
const TEST_MS = 240_000;

const SYSTEM = { desk: 'X11; Linux x86_64', phone: 'Linux; Android 14; Pixel 7' };
const userAgent = (kind, version) =>
  `Mozilla/5.0 (${SYSTEM[kind]}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} ${kind === 'phone' ? 'Mobile ' : ''}Safari/537.36`;

/** What the browser itself logs when a server says no, when a flow ends while its socket opens, or when a server is away. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4\d\d|WebSocket is closed before the connection is established/;
const ABSENCE = /net::ERR_(FAILED|CONNECTION|EMPTY_RESPONSE|NETWORK|INCOMPLETE|INTERNET)|^WebSocket connection to .* failed/;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Settings of a browser context: a person's desk, or the phone in the hand. */
export function device(kind, browser, more = {}) {
  const size = kind === 'phone' ? { width: 360, height: 740 } : { width: 1440, height: 900 };
  return { viewport: size, isMobile: kind === 'phone', hasTouch: kind === 'phone', userAgent: userAgent(kind, browser.version()), ...more };
}

/** Starts a server, a browser and an integrator's site. */
export async function raise(stage = {}, server = {}) {
  // One after the other: a browser that is being started would hold the server's fresh copy open for writing ("text file busy").
  stage.server = await Server.start(undefined, server);
  stage.browser = await launch();
  stage.backEnd = new BackEnd(stage.server);
  stage.site = await Integrator.open(stage.server, stage.backEnd);
  return stage;
}

/** The same with an installation that nobody has set up yet, or with a copy of one that is there; its portal is what is played on. */
export async function raisePortal(stage = {}, options) {
  stage.server = await Installation.start(options);
  stage.browser = await launch();
  stage.backEnd = new BackEnd(stage.server);
  stage.site = await Integrator.open(stage.server, stage.backEnd);
  return stage;
}

export async function strike(stage) {
  await stage.browser?.close();
  await stage.site?.close();
  await stage.server?.stop();
}

/** Opens the stage for the tests of one file, raised as `rise` does. The members are there once the first test runs. */
export function openStage(rise = raise) {
  const stage = {};
  before(() => rise(stage));
  after(() => strike(stage));

  /**
   * A test with its own browser contexts, which must have nothing to complain of at the end. `mayBeAway`: calls that come
   * to nothing are part of the play. `todo`: what is not mended yet.
   */
  stage.play = (name, run, { mayBeAway = false, todo } = {}) =>
    test(name, { timeout: TEST_MS, todo }, async () => {
      const scene = new Scene(stage, mayBeAway);
      try {
        await run(scene);
      } catch (error) {
        error.message += await scene.describe();
        throw error;
      } finally {
        await scene.close();
      }
      assert.deepEqual(scene.complaints, []);
      scene.refuseLoggedSecrets();
    });
  return stage;
}

/** One test's browsers. */
export class Scene {
  #stage;
  #contexts = [];
  #mayBeAway;
  /** What pages and browser logged as errors, content security policy included. */
  complaints = [];
  #secrets = new Set();

  constructor(stage, mayBeAway = true) {
    this.#stage = stage;
    this.#mayBeAway = mayBeAway;
  }

  /** A browser of its own on a desk or a phone. */
  async device(kind, more) {
    const { browser } = this.#stage;
    const context = await browser.newContext(device(kind, browser, more));
    context.setDefaultTimeout(STEP_MS);
    if (process.env.WORKING_TREE) await serveWorkingTree(context, this.#stage.server.origin);
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const text = message.text();
      if (REFUSAL.test(text) || (this.#mayBeAway && ABSENCE.test(text))) return;
      this.complaints.push(`${message.location().url}: ${text}`.replace(/token=[^'&]+/g, 'token=…'));
    });
    context.on('weberror', (error) => this.complaints.push(String(error.error().stack)));
    context.on('request', (request) => this.#noteSecret(request));
    this.#contexts.push(context);
    return context;
  }

  async page(kind, more) {
    return (await this.device(kind, more)).newPage();
  }

  /** An integrator's page that has begun to verify a persona. */
  async integrator(kind, number, options) {
    const page = await this.page(kind);
    await page.goto(this.#stage.site.page(number, options));
    return page;
  }

  /** Opens a link as the phone would and presses the button. */
  async pressLink(link, page) {
    page ??= await this.page('phone');
    await page.goto(link);
    await page.click('form button');
    await page.waitForSelector('form button', { state: 'detached' });
    return page;
  }

  #noteSecret(request) {
    const { Authorization, authorization = Authorization } = request.headers();
    if (authorization?.startsWith('Bearer ')) this.#secrets.add(authorization.slice(7));
    const link = /\/(?:l|portal\/enter|portal\/invitation)\/([\w-]{16,})/.exec(request.url());
    if (link) this.#secrets.add(link[1]);
  }

  /** Bearer tokens and link tokens that went over the wire stand nowhere in the server's log, and no persona's number does. */
  refuseLoggedSecrets() {
    const { log } = this.#stage.server;
    // Of a signed token the signature is the part that nobody could make up.
    for (const secret of this.#secrets) assert.ok(!log.includes(secret.split('.').at(-1)), `logged: ${secret}`);
    assert.equal(log.match(/1200100\d{4}|447968900002/)?.[0], undefined, 'a number is logged');
  }

  /** Where the pages are, for the message of a failed test. */
  async describe() {
    const lines = [];
    for (const page of this.#contexts.flatMap((context) => context.pages())) {
      const state = await page
        .evaluate(() => JSON.stringify({ ...document.body.dataset, log: window.log, text: document.body.innerText.slice(0, 200) }))
        .catch((error) => error.message);
      lines.push(`\n  at ${page.url()} ${state}`);
    }
    return lines.concat(this.complaints.map((complaint) => `\n  complaint: ${complaint}`)).join('');
  }

  async close() {
    for (const context of this.#contexts) {
      const cookies = await context.cookies();
      for (const { name, value } of cookies) if (name.endsWith('ringtrue_session')) this.#secrets.add(value);
    }
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}

/** Waits for a question of the integrator's page, with this problem or with none. */
export async function asked(page, kind, problem = '') {
  await page.waitForSelector(`body[data-asking="${kind}"][data-problem="${problem}"]`);
}

export const answer = (page, value) => page.evaluate((given) => window.answer(given), value);

/** Waits for the end of the integrator's flow and hands back what its page noted. */
export async function ended(page, state = 'resolved') {
  await page.waitForSelector(`body[data-state="${state}"]`);
  return page.evaluate(() => window.log);
}

/** What the integrator's finish step was told by its own back end. */
export async function result(page) {
  await ended(page);
  return page.evaluate(() => window.result);
}

/** A result without what differs from run to run. */
export const outcome = ({ success, possessionResult, verifyResult }) => ({
  success,
  possession: possessionResult,
  ownership: verifyResult,
});
