/** Opening a link changes nothing: only a person's press does, however many programs looked before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { LORANT } from './lib/personas.mjs';
import { visits } from './lib/scanners.mjs';
import { asked, device, ended, openStage, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

async function fetchAs({ method, headers, suffix = '' }, link) {
  const sent = request(link + suffix, { method, headers }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const bytes of response) body += bytes;
  return { status: response.statusCode, headers: response.headers, body };
}

/** A desktop that waits, and its link. */
async function waiting(scene) {
  const inbox = await stage.backEnd.inbox(LORANT);
  const desk = await scene.integrator('desk', LORANT, { retry: true });
  await asked(desk, 'link');
  const { link } = await inbox.next();
  return { desk, link, correlationId: stage.site.correlationId };
}

/** The link is as good as new. */
async function assertUnused({ correlationId }, who) {
  assert.equal((await stage.backEnd.status(correlationId)).possessionResult, 'pending', who);
}

async function assertPressWorks(scene, { desk, link }) {
  await ended(await scene.pressLink(link));
  assert.equal((await result(desk)).success, 'true');
}

play(`${visits.length} kinds of visits by programs`, async (scene) => {
  const flow = await waiting(scene);
  for (const visit of visits) {
    const { status } = await fetchAs(visit, flow.link);
    await assertUnused(flow, `${visit.name} was answered ${status}`);
  }
  await assertPressWorks(scene, flow);
});

play('all of them at once, again and again', async (scene) => {
  const flow = await waiting(scene);
  for (let round = 0; round < 5; round += 1) await Promise.all(visits.map((visit) => fetchAs(visit, flow.link)));
  await assertUnused(flow);
  await assertPressWorks(scene, flow);
});

play('a preview sees the page without a secret and without a name of the person', async (scene) => {
  const flow = await waiting(scene);
  const { status, headers, body } = await fetchAs(visits[0], flow.link);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(body, /<meta name="robots" content="noindex">/);
  assert.doesNotMatch(body, /Lorant|Nerger|4014/);
  assert.doesNotMatch(body, /<script/);
});

for (const javaScriptEnabled of [true, false]) {
  play(`a browser ${javaScriptEnabled ? 'with' : 'without'} JavaScript that looks at everything and follows every link`, async (scene) => {
    const flow = await waiting(scene);
    const context = await stage.browser.newContext(device('desk', stage.browser, { javaScriptEnabled }));
    const page = await context.newPage();
    await page.goto(flow.link);
    await page.waitForLoadState('networkidle');
    await page.mouse.wheel(0, 10_000);
    await page.mouse.move(200, 200);
    for (let tab = 0; tab < 10; tab += 1) await page.keyboard.press('Tab');
    await page.screenshot();
    const html = await page.content();
    for (const [, address] of html.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
      await page.goto(new URL(address.replaceAll('&amp;', '&'), flow.link).href);
      await page.waitForLoadState('networkidle');
    }
    await page.goto(flow.link);
    await page.reload();
    await context.close();
    await assertUnused(flow);
    await assertPressWorks(scene, flow);
  });
}

play('a page elsewhere that fetches, embeds and renders the link ahead', async (scene) => {
  const flow = await waiting(scene);
  const rules = JSON.stringify({ prerender: [{ source: 'list', urls: [flow.link] }], prefetch: [{ source: 'list', urls: [flow.link] }] });
  const html = `<!doctype html><title>Chat</title><link rel="prefetch" href="${flow.link}"><link rel="preload" as="fetch" href="${flow.link}">
    <a href="${flow.link}">link</a><img src="${flow.link}"><iframe src="${flow.link}"></iframe><object data="${flow.link}"></object>
    <script type="speculationrules">${rules}</script>
    <script>fetch(${JSON.stringify(flow.link)}, { mode: 'no-cors', credentials: 'include' })</script>`;
  const chat = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(html)).listen(0, 'localhost');
  await once(chat, 'listening');
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  let looks = 0;
  context.on('request', (request) => (looks += Number(request.url() === flow.link)));
  await page.goto(`http://localhost:${chat.address().port}/`);
  await page.hover('a');
  await page.waitForLoadState('networkidle');
  await context.close();
  chat.closeAllConnections();
  chat.close();
  assert.ok(looks >= 4, `${looks} looks`);
  await assertUnused(flow);
  await assertPressWorks(scene, flow);
});
