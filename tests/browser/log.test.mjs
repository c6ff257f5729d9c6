/** What no log level may bring into the log, and what becomes of a server whose log is read no more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { BackEnd } from './lib/back-end.mjs';
import { LORANT, personas } from './lib/personas.mjs';
import { Server } from './lib/server.mjs';

/** A flow by code or link, as its calls, on a server that logs everything; hands back the log and what must not stand there. */
async function traced(way) {
  const server = await Server.start('trace');
  try {
    const backEnd = new BackEnd(server);
    const inbox = await backEnd.inbox(LORANT);
    const request = { possessionType: way, phoneNumber: LORANT, ...personas[LORANT], finalTargetUrl: `${server.origin}/shop/return` };
    const { authToken } = await backEnd.verify(request);
    const call = (path, body) =>
      fetch(`${server.origin}/v1/client/mobile/${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${authToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const signature = authToken.split('.')[2];
    if (way === 'mobile') {
      await call('otp/start', {});
      const { code } = await inbox.next();
      assert.deepEqual(await (await call('otp/finish', { otp: code })).json(), { next: 'done' });
      // With its quotes or spaces: six digits stand in many a timestamp.
      return { log: server.log, secrets: [signature, `"${code}"`, ` ${code} `] };
    }
    await call('instantlink/start', { sourceIp: null, isMobile: false });
    const { link } = await inbox.next();
    assert.equal((await fetch(link, { method: 'POST', redirect: 'manual' })).status, 303);
    return { log: server.log, secrets: [signature, new URL(link).pathname.split('/').at(-1)] };
  } finally {
    await server.stop();
  }
}

for (const way of ['mobile', 'desktop']) {
  test(`${way}: no token, code or link, even at level trace`, async () => {
    const { log, secrets } = await traced(way);
    // There is a log at all, and it tells of these calls.
    assert.match(log, new RegExp(`/v1/client/mobile/${way === 'mobile' ? 'otp/finish' : 'instantlink/start'}`));
    for (const secret of secrets) assert.ok(!log.includes(secret), `logged: ${secret}`);
  });
}

test('no phone number, even at level trace', async () => {
  const { log } = await traced('mobile');
  assert.equal(log.includes(LORANT.slice(2)), false);
});

test('a log that nobody reads any more: the server answers, and stops when it is told to', async () => {
  const server = await Server.start();
  try {
    server.closeLog();
    assert.equal((await fetch(server.origin)).status, 200);
    const stopped = server.kill('SIGTERM').then(() => true);
    assert.ok(await Promise.race([stopped, pause(5000, false, { ref: false })]), 'still running after 5 s');
  } finally {
    await server.kill('SIGKILL');
    await server.stop();
  }
});
