import assert from 'node:assert/strict';
import { VERSION } from '../src/version.js';
import type { Answer } from './peer.js';
import { numberKnown, rejectsWith, staged, type Stage } from './stage.js';

const [START, FINISH, ERROR] = ['mobile/instant/start', 'mobile/instant/finish', 'mobile/instant/error'] as const;
const DONE = { next: 'done' };

/** The peer plays the carrier as well. */
const carrier = (stage: Stage, query = '') => `${stage.peer.origin}/v1/client/carrier${query}`;

function run(stage: Stage, redirectUrl: unknown, implementation?: 'fetch' | 'pixel') {
  stage.peer.on(START, { next: 'ignored', data: { redirectUrl } });
  if (!stage.peer.has(FINISH)) stage.peer.on(FINISH, DONE);
  if (!stage.peer.has(ERROR)) stage.peer.on(ERROR, DONE);
  const builder = stage.builder().withDeviceIpAddress('203.0.113.7');
  if (implementation) builder.withMobileAuthImplementation(implementation);
  return builder.buildOn(stage.platform()).authenticate(stage.token('mobile/instant'));
}

const atCarrier = (stage: Stage) => stage.peer.calls.filter(({ path }) => path.startsWith('carrier'));

staged('fetch: start, carrier with r=f and sdkVersion, finish with the vfp', async (stage) => {
  stage.peer.on('carrier', { vfp: 'V' });
  await run(stage, carrier(stage, '?x=1'));
  assert.deepEqual(stage.peer.bodies(START), [{ cellularIp: '203.0.113.7', implementation: 'fetch' }]);
  assert.equal(atCarrier(stage)[0]?.path, `carrier?x=1&r=f&sdkVersion=${VERSION}`);
  assert.equal(atCarrier(stage)[0]?.method, 'GET');
  assert.equal(atCarrier(stage)[0]?.headers.authorization, undefined, 'the carrier never sees the token');
  assert.deepEqual(stage.peer.bodies(FINISH), [{ vfp: 'V' }]);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('no address given: cellularIp null', async (stage) => {
  stage.peer.on(START, { next: 'done', error: { code: 1, message: 'm' } });
  await stage.builder().buildOn(stage.platform()).authenticate(stage.token('mobile/instant'));
  assert.deepEqual(stage.peer.bodies(START), [{ cellularIp: null, implementation: 'fetch' }]);
});

for (const [answer, vfp] of [
  [{ vfp: 'V', token: 'T' }, 'V'],
  [{ token: 'T' }, 'T'],
  [{ token: 'T', correlation_id: 'C' }, 'C...T'],
  [{ reconcilation_token: 'R' }, 'R'],
  [{ reconcilation_token: 'R', correlation_id: 'C' }, 'C...R'],
  [{ vfp: 'V', correlation_id: 'C' }, 'V'],
] as const) {
  staged(`carrier answers ${JSON.stringify(answer)}: vfp ${vfp}`, async (stage) => {
    stage.peer.on('carrier', answer);
    await run(stage, carrier(stage));
    assert.deepEqual(stage.peer.bodies(FINISH), [{ vfp }]);
  });
}

const failures: [string, Answer, string][] = [
  ['no JSON', { raw: '<html>' }, 'answer holds no vfp (authentication: invalid response)'],
  ['none of the fields', { x: 1 }, 'answer holds no vfp (authentication: invalid response)'],
  ['404', 404, 'status 404 (authentication: bad credentials)'],
  ['410', 410, 'status 410 (authentication: expired)'],
  ['500', 500, 'status 500 (authentication: communication)'],
  ['204', 204, 'answer holds no vfp (authentication: invalid response)'],
];
for (const [what, answer, message] of failures) {
  staged(`carrier answers ${what}: reported with 10002, then the answer's next`, async (stage) => {
    stage.peer.on('carrier', answer).on(ERROR, { next: 'mobile/otp' }).on('mobile/otp/error', DONE);
    await run(stage, carrier(stage));
    assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message }]);
    assert.equal(stage.peer.to('mobile/otp/error').length, 1, 'went on with the fallback');
    assert.equal(stage.peer.to(FINISH).length, 0);
  });
}

staged('carrier says why in a field error: that is the text', async (stage) => {
  stage.peer.on('carrier', { status: 502, json: { error: 'roaming' } });
  await run(stage, carrier(stage));
  assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'roaming (authentication: communication)' }]);
});

staged('carrier cuts the connection: reported', async (stage) => {
  stage.peer.on('carrier', 'cut');
  await run(stage, carrier(stage));
  assert.match(JSON.stringify(stage.peer.bodies(ERROR)), /10002.*authentication: communication/);
});

for (const implementation of ['fetch', 'pixel'] as const) {
  staged(`${implementation}: a carrier that hangs is given up after 15 s`, async (stage) => {
    stage.peer.on('carrier', 'silence');
    const flow = run(stage, carrier(stage), implementation);
    await stage.board.until(() => atCarrier(stage).length === 1);
    await stage.clock.pass(15_000);
    await flow;
    assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'no answer within 15 s (authentication: timeout)' }]);
    assert.equal(stage.peer.to(FINISH).length, 0);
  });
}

for (const redirectUrl of [undefined, null, 5]) {
  staged(`start answered with redirectUrl ${String(redirectUrl)}: reported`, async (stage) => {
    await run(stage, redirectUrl);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'start answer names no redirectUrl' }]);
  });
}

for (const [redirectUrl, why] of [
  ['not an address', 'redirectUrl is not an address'],
  ['http://carrier.example/x', 'redirectUrl is not https'],
  ['http://carrier.example/x?testVfp=V', 'redirectUrl is not https'],
  ['javascript:alert(1)', 'redirectUrl is not https'],
  ['https://carrier.example/x?pfflow=3', 'flow control is not supported'],
  ['https://carrier.example/authentication/validate/flowcontrol/1', 'flow control is not supported'],
  ['https://carrier.example/x?pfflow=2', 'pfflow=2 without url and vfp'],
  ['https://carrier.example/x?pfflow=2&data=%00', 'pfflow=2 without url and vfp'],
] as const) {
  staged(`redirectUrl ${redirectUrl}: refused and reported`, async (stage) => {
    await run(stage, redirectUrl);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: `${why} (authentication: malformed input)` }]);
  });
}

staged('testVfp is ignored: the carrier is asked', async (stage) => {
  stage.peer.on('carrier', { vfp: 'real' });
  await run(stage, carrier(stage, '?testVfp=fake'));
  assert.deepEqual(stage.peer.bodies(FINISH), [{ vfp: 'real' }]);
});

staged('pfflow=2: posts data to url, vfp carries the answer with the first + / = replaced', async (stage) => {
  // base64 of these bytes: "+/+/" and one "=" at the end
  const body = Buffer.from([0xfb, 0xff, 0xbf, 0xfb, 0xff]);
  assert.equal(body.toString('base64'), '+/+/+/8=');
  stage.peer.on('carrier-post', { bytes: body });
  const plan = { url: `${stage.peer.origin}/v1/client/carrier-post`, vfp: 'V', data: { a: ['ü', 1] } };
  const data = encodeURIComponent(Buffer.from(JSON.stringify(plan)).toString('base64'));
  await run(stage, carrier(stage, `?pfflow=2&data=${data}`));
  const call = stage.peer.to('carrier-post')[0];
  assert.deepEqual(call?.body, plan.data);
  assert.equal(call?.headers['content-type'], 'application/json');
  assert.equal(atCarrier(stage).length, 1, 'the redirectUrl itself is not visited');
  assert.deepEqual(stage.peer.bodies(FINISH), [{ vfp: 'V___._+/+/8-' }]);
});

staged('pfflow=2 must not lead off https', async (stage) => {
  const data = encodeURIComponent(Buffer.from(JSON.stringify({ url: 'http://carrier.example/', vfp: 'V', data: 1 })).toString('base64'));
  await run(stage, carrier(stage, `?pfflow=2&data=${data}`));
  assert.equal(stage.peer.to(ERROR).length, 1);
});

staged('pixel: image with sdkVersion, vfp empty', async (stage) => {
  stage.peer.on('carrier', { raw: 'GIF' });
  await run(stage, carrier(stage, '?x=1'), 'pixel');
  assert.deepEqual(stage.peer.bodies(START), [{ cellularIp: '203.0.113.7', implementation: 'pixel' }]);
  assert.deepEqual(stage.imageUrls, [carrier(stage, `?x=1&sdkVersion=${VERSION}`)]);
  assert.deepEqual(stage.peer.bodies(FINISH), [{ vfp: '' }]);
});

staged('pixel: an image that does not decode is reported', async (stage) => {
  stage.peer.on('carrier', 204);
  await run(stage, carrier(stage), 'pixel');
  assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'image does not decode (authentication: communication)' }]);
});

for (const flow of [2, 3]) {
  staged(`pixel refuses pfflow=${flow}`, async (stage) => {
    await run(stage, carrier(stage, `?pfflow=${flow}`), 'pixel');
    assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'pixel cannot follow pfflow (authentication: malformed input)' }]);
    assert.equal(stage.imageUrls.length, 0);
  });
}

for (const [path, answer] of [
  [START, { next: 'mobile/otp', error: { code: 10001, message: 'm' } }],
  [FINISH, { next: 'mobile/otp', error: { code: 10000, message: 'm' } }],
  [FINISH, { next: 'mobile/otp' }],
  [FINISH, { next: 'mobile/otp', data: { harmless: true } }],
] as const) {
  staged(`${path} answered ${JSON.stringify(answer)}: falls back without a report`, async (stage) => {
    stage.peer.on('carrier', { vfp: 'V' }).on(START, { data: { redirectUrl: carrier(stage) } }).on(path, answer);
    stage.peer.on('mobile/otp/start', { next: 'done', error: { code: 1, message: 'm' } });
    await stage.builder().withOtpFallback(stage.step('start', null), stage.step('finish')).buildOn(stage.platform())
      .authenticate(stage.token('mobile/instant', numberKnown));
    assert.equal(stage.peer.to(ERROR).length, 0);
    assert.equal(stage.peer.to('mobile/otp/start').length, 1);
  });
}

staged('finish refused for good: rejects', async (stage) => {
  stage.peer.on('carrier', { vfp: 'V' }).on(FINISH, { next: '', error: { code: 10000, message: 'm' } });
  await rejectsWith(run(stage, carrier(stage)), 'refused', { serverCode: 10000 });
});
