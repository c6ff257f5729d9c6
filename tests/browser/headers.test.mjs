/** What every page and file carries, so that a browser guards it. */
import assert from 'node:assert/strict';
import { LORANT, personas } from './lib/personas.mjs';
import { openStage } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

async function openLink() {
  const inbox = await stage.backEnd.inbox(LORANT);
  const { authToken } = await stage.backEnd.verify({
    possessionType: 'desktop',
    phoneNumber: LORANT,
    ...personas[LORANT],
    finalTargetUrl: 'https://shop.example/return',
  });
  const response = await fetch(`${stage.server.origin}/v1/client/mobile/instantlink/start`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${authToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ sourceIp: null, isMobile: false }),
  });
  assert.equal(response.status, 200);
  return (await inbox.next()).link;
}

const pages = {
  'start page': () => '/',
  shop: () => '/shop/',
  'return page': () => '/shop/return?authId=1&asc=true',
  handset: () => '/handset/',
  link: openLink,
  'link that is none': () => '/l/AAAAAAAAAAAAAAAAAAAAAA',
};

for (const [name, path] of Object.entries(pages)) {
  play(`${name}: own files only, no frames, no referrer`, async () => {
    const { headers } = await fetch(new URL(await path(), stage.server.origin));
    const policy = headers.get('content-security-policy');
    for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(rule), `${rule} is not in ${policy}`);
    }
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.ok(headers.get('permissions-policy'));
    assert.match(headers.get('content-type'), /^text\/html; charset=utf-8$/);
  });
}

play('link pages are kept nowhere, and their cookie is for them alone', async () => {
  const link = await openLink();
  const { headers } = await fetch(link);
  assert.equal(headers.get('cache-control'), 'no-store');
  const cookie = headers.get('set-cookie');
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/l/']) assert.ok(cookie.includes(part), cookie);
  const pressed = await fetch(link, { method: 'POST', redirect: 'manual' });
  assert.equal(pressed.status, 303);
  assert.match(pressed.headers.get('location'), /^https:\/\/shop\.example\/return\?authId=[\w-]+&asc=true$/);
  assert.equal(pressed.headers.get('cache-control'), 'no-store');
  assert.equal(pressed.headers.get('referrer-policy'), 'no-referrer');
});

play('a page of another origin may load the SDK and call the device API, and nothing else', async (scene) => {
  const page = await scene.page('desk');
  await page.goto(`${stage.site.origin}/where`);
  const reach = (path, init) =>
    page.evaluate(
      ([url, options]) => fetch(url, options).then((response) => response.status, () => 'refused'),
      [stage.server.origin + path, init],
    );
  assert.equal(await reach('/sdk/ringtrue.js'), 200);
  const headers = { 'Content-Type': 'application/json', 'PA-Version': 'x' };
  assert.equal(await reach('/v1/client/mobile/otp/start', { method: 'POST', headers, body: '{}' }), 401);
  assert.equal(await reach('/shop/api/personas'), 'refused');
  assert.equal(await reach('/v1/handset/numbers', { headers: { Authorization: 'Bearer no-key-of-anybody' } }), 'refused');
  assert.equal(await reach('/v3/verify', { method: 'POST', headers, body: '{}' }), 'refused');
  scene.complaints = scene.complaints.filter((text) => !/CORS policy|net::ERR_FAILED/.test(text));
});

play('files are asked for again only when they changed', async () => {
  const first = await fetch(`${stage.server.origin}/sdk/ringtrue.js`);
  const etag = first.headers.get('etag');
  const again = await fetch(`${stage.server.origin}/sdk/ringtrue.js`, { headers: { 'If-None-Match': etag } });
  assert.equal(again.status, 304);
});
