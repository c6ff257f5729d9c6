/**
 * Each example receiver gets deliveries that the server signed: before a rotation, during it and after it. Whoever knows
 * a secret that signs accepts them by either signature, and nobody accepts anything else.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { EXAMPLES, LANGUAGES, Missing } from './languages.mjs';
import { Receiver } from './receiver.mjs';
import { Server } from './server.mjs';

const require = createRequire(join(EXAMPLES, 'typescript/package.json'));
const { Webhook } = require('standardwebhooks');
const { SignJWT } = await import(pathToFileURL(require.resolve('jose')));

const WAYS = ['standard', 'jwt'];
let server;
let oldSecret;
let newSecret;
/** What the server posted before, during and after the rotation. */
const posted = {};

before(async () => {
  server = await Server.open();
  [oldSecret] = await server.secrets();
  posted.before = await server.delivery();
  await server.rotate();
  [, newSecret] = await server.secrets();
  posted.during = await server.delivery();
  await server.finish();
  posted.after = await server.delivery();
});

after(() => server.close());

/** A delivery signed by others' libraries, as if `seconds` ago. */
async function forged(secret, seconds, body = posted.before.body) {
  const at = Math.floor(Date.now() / 1000) - seconds;
  const id = `msg_${seconds}`;
  const bsh = createHash('sha256').update(body).digest('base64url');
  const token = await new SignJWT({ bsh, iss: 'Prove Identity', iat: at, exp: at + 300 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
  const signature = new Webhook(secret).sign(id, new Date(at * 1000), body);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signature,
    'x-prove-authorization': `Bearer ${token}`,
  };
  return { headers, body };
}

/** A token that claims to need no signature. */
function unsigned({ headers, body }) {
  const [, claims] = headers['x-prove-authorization'].split('.');
  const head = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  return { headers: { 'webhook-id': headers['webhook-id'], 'x-prove-authorization': `Bearer ${head}.${claims}.` }, body };
}

function tampered({ headers, body }) {
  return { headers, body: Buffer.from(body.toString().replace('"TEST"', '"PORT"')) };
}

test('the server signs with one secret, with two, and with one again', () => {
  const count = ({ headers }) => headers['webhook-signature'].split(' ').length;
  assert.deepEqual(['before', 'during', 'after'].map((when) => count(posted[when])), [1, 2, 1]);
  assert.deepEqual(
    ['before', 'during', 'after'].map((when) => 'x-prove-authorization-next' in posted[when].headers),
    [false, true, false],
  );
  assert.notEqual(posted.before.body.toString(), tampered(posted.before).body.toString());
});

for (const [language, prepare] of Object.entries(LANGUAGES)) {
  test(language, async (t) => {
    let command;
    try {
      command = await prepare();
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      t.skip(error.message);
      return;
    }
    await Promise.all(WAYS.map((way) => all(command, way)));
  });
}

async function all(command, way) {
  const start = (...secrets) => Receiver.start(command, secrets, way);
  const started = await Promise.allSettled([start(oldSecret), start(newSecret), start(oldSecret, newSecret)]);
  try {
    const [knowsOld, knowsNew, knowsBoth] = started.map(({ value, reason }) => {
      if (reason) throw reason;
      return value;
    });
    const expect = async (receiver, delivery, status, what) =>
      assert.equal(await receiver.post(delivery), status, `${way}: ${what}`);

    // A rotation without a single rejection: the old secret until it is over, the new one from its beginning.
    await expect(knowsOld, posted.before, 200, 'before, old secret');
    await expect(knowsOld, posted.during, 200, 'during, old secret');
    await expect(knowsNew, posted.during, 200, 'during, new secret');
    await expect(knowsNew, posted.after, 200, 'after, new secret');
    for (const when of ['before', 'during', 'after']) await expect(knowsBoth, posted[when], 200, `${when}, both secrets`);

    // Nothing else.
    await expect(knowsNew, posted.before, 401, 'before, secret that did not sign yet');
    await expect(knowsOld, posted.after, 401, 'after, secret that signs no more');
    for (const when of ['before', 'during', 'after']) await expect(knowsBoth, tampered(posted[when]), 401, `${when}, tampered`);
    await expect(knowsBoth, { headers: { 'webhook-id': 'x' }, body: posted.before.body }, 401, 'no signature');
    await expect(knowsBoth, unsigned(posted.before), 401, 'a token without a signature');
    await expect(knowsBoth, await forged(oldSecret, 400), 401, 'signed 400 s ago');
    await expect(knowsBoth, await forged(oldSecret, 10), 200, 'signed 10 s ago');

    // What could not be read is not done: it is taken when it comes again under the same id.
    await expect(knowsBoth, await forged(oldSecret, 20, Buffer.from('[')), 400, 'half an array');
    await expect(knowsBoth, await forged(oldSecret, 20), 200, 'the same id, whole');

    // A repeat is accepted and changes nothing.
    await expect(knowsOld, posted.before, 200, 'a repeat');
    await Promise.all([knowsOld, knowsNew, knowsBoth].map((receiver) => receiver.stop()));
    const events = (...deliveries) => deliveries.map(({ body }) => JSON.parse(body)[0].eventId);
    const took = ({ took }) => took.map((line) => /[0-9a-f-]{36}/.exec(line)[0]);
    assert.deepEqual(took(knowsOld), events(posted.before, posted.during));
    assert.deepEqual(took(knowsNew), events(posted.during, posted.after));
    assert.deepEqual(took(knowsBoth), events(posted.before, posted.during, posted.after, posted.before, posted.before));
  } finally {
    await Promise.all(started.map(({ value }) => value?.stop()));
  }
}
