import assert from 'node:assert/strict';
import { InstantLinkResultType, OtpFinishResultType } from '../src/ringtrue.js';
import { numberKnown, pending, PHONE, rejectsWith, staged, type Stage } from './stage.js';

const CODE = { input: { otp: '1' }, resultType: OtpFinishResultType.OnSuccess };
const DONE = { next: 'done' };

/** The page as it is after each load: nothing survives but the tab's storage. */
function load(stage: Stage, page: { start?: unknown[]; finish?: unknown[]; retry?: unknown[] }) {
  return stage
    .builder()
    .withOtpFallback(stage.step('start', ...(page.start ?? [])), stage.step('finish', ...(page.finish ?? [])))
    .withInstantLinkFallback(stage.step('start', ...(page.start ?? [])), page.retry && stage.step('retry', ...page.retry))
    .buildOn(stage.platform());
}


staged('code sent: a reload goes straight to the code, without another start', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', DONE);
  const token = stage.token('mobile/otp', numberKnown);
  void load(stage, { start: [null], finish: [pending] }).authenticate(token);
  await stage.askedFor('finish');

  const authenticator = load(stage, { finish: [CODE] });
  assert.equal(authenticator.pendingAuthToken(), token);
  await authenticator.authenticate(token);
  assert.equal(stage.inputs('start').length, 1);
  assert.equal(stage.peer.to('mobile/otp/start').length, 1);
  assert.deepEqual(stage.finished, ['auth-1']);
  assert.equal(authenticator.pendingAuthToken(), null);
});

staged('code not sent yet: a reload asks for the number', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', DONE);
  void load(stage, { start: [pending] }).authenticate(stage.token('mobile/otp'));
  await stage.askedFor('start');
  const authenticator = load(stage, { start: [{ phoneNumber: '5' }], finish: [CODE] });
  await authenticator.authenticate(authenticator.pendingAuthToken() ?? '');
  assert.deepEqual(stage.peer.bodies('mobile/otp/start'), [{ mobileNumber: '5' }]);
});

staged('after a resume, a step that comes back starts afresh', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' });
  stage.peer.on('mobile/otp/finish', { next: 'mobile/otp', error: { code: 1, message: 'm' } }, DONE);
  const token = stage.token('mobile/otp', numberKnown);
  void load(stage, { start: [null], finish: [pending] }).authenticate(token);
  await stage.askedFor('finish');
  await load(stage, { start: [null], finish: [CODE, CODE] }).authenticate(token);
  assert.equal(stage.peer.to('mobile/otp/start').length, 2);
});

staged('the step is resumed that the flow had come to', async (stage) => {
  stage.peer.on('mobile/instant/start', { next: 'mobile/otp', error: { code: 1, message: 'm' } });
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', DONE);
  const token = stage.token('mobile/instant', numberKnown);
  void load(stage, { start: [null], finish: [pending] }).authenticate(token);
  await stage.askedFor('finish');
  await load(stage, { finish: [CODE] }).authenticate(token);
  assert.equal(stage.peer.to('mobile/instant/start').length, 1);
});

staged('link sent, retry step: a reload offers it again and waits, without another start', async (stage) => {
  stage.peer.on('mobile/instantlink/start', { next: '' });
  const token = stage.token('mobile/instantlink', numberKnown);
  const left = load(stage, { start: [null], retry: [pending] }).authenticate(token);
  await stage.askedFor('retry');
  await stage.peer.socket();

  const flow = load(stage, { retry: [{ resultType: InstantLinkResultType.OnResend }, pending] }).authenticate(token);
  await stage.askedFor('retry', 3);
  assert.deepEqual(stage.peer.bodies('mobile/instantlink/start'), [
    { sourceIp: null, isMobile: false },
    { sourceIp: null, isMobile: false, mobileNumber: '' },
  ]);
  (await stage.peer.socket(2)).send(JSON.stringify(DONE));
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
  (await stage.peer.socket(1)).send(JSON.stringify({ next: '' }));
  await left;
});

staged('link sent, no retry step: a reload waits, and gets what was stored meanwhile', async (stage) => {
  stage.peer.on('mobile/instantlink/start', { next: '', data: {} });
  const token = stage.token('mobile/instantlink', numberKnown);
  const left = load(stage, { start: [null] }).authenticate(token);
  await stage.keptAs('link-wait');
  const first = await stage.peer.socket();
  stage.peer.onSocket = (socket) => socket.send(JSON.stringify(DONE));
  await load(stage, {}).authenticate(token);
  assert.equal(stage.peer.to('mobile/instantlink/start').length, 1);
  assert.deepEqual(stage.finished, ['auth-1']);
  first.send('{"next":""}');
  await left;
});

staged('phone: the flow goes on in the tab of the link, so nothing is kept here', async (stage) => {
  stage.userAgent = PHONE;
  stage.peer.on('mobile/instantlink/start', { next: '' });
  const authenticator = load(stage, { start: [null] });
  await authenticator.authenticate(stage.token('mobile/instantlink'));
  assert.equal(authenticator.pendingAuthToken(), null);
});

staged('another token starts afresh', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', DONE);
  void load(stage, { start: [null], finish: [pending] }).authenticate(stage.token('mobile/otp', numberKnown));
  await stage.askedFor('finish');
  await load(stage, { start: [null], finish: [CODE] }).authenticate(stage.token('mobile/otp', { ...numberKnown, id: 'auth-2' }));
  assert.equal(stage.peer.to('mobile/otp/start').length, 2);
  assert.deepEqual(stage.finished, ['auth-2']);
});

staged('kept for 15 minutes from its start, not longer', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', 503);
  const token = stage.token('mobile/otp', numberKnown);
  await rejectsWith(load(stage, { start: [null], finish: [CODE] }).authenticate(token), 'http', { retryable: true });
  stage.clock.advance(14 * 60_000);
  await rejectsWith(load(stage, { finish: [CODE] }).authenticate(token), 'http');
  stage.clock.advance(59_999);
  assert.equal(load(stage, {}).pendingAuthToken(), token);
  stage.clock.advance(1);
  assert.equal(load(stage, {}).pendingAuthToken(), null);
});

for (const ending of [DONE, { next: '' }, { next: '', error: { code: 1, message: 'm' } }, {}, 401]) {
  staged(`nothing is kept after ${JSON.stringify(ending)}`, async (stage) => {
    stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', ending);
    const authenticator = load(stage, { start: [null], finish: [CODE] });
    await authenticator.authenticate(stage.token('mobile/otp')).catch(() => {});
    assert.equal(authenticator.pendingAuthToken(), null);
    assert.equal(stage.stored.size, 0);
  });
}

staged('no storage, storage that throws, storage with rubbish: flows run, nothing throws', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/finish', DONE);
  const thrower = () => {
    throw new Error('blocked');
  };
  const rubbish = ['', 'x', '5', '[]', '{}', '{"token":5}', '{"token":"t","step":"s","sent":"odd","untilMs":9e15}'];
  for (const storage of [
    null,
    { getItem: thrower, setItem: thrower, removeItem: thrower },
    ...rubbish.map((text) => ({ getItem: () => text, setItem: () => {}, removeItem: () => {} })),
  ]) {
    const authenticator = stage
      .builder()
      .withOtpFallback(stage.step('start', null), stage.step('finish', CODE))
      .withStorage(storage)
      .buildOn(stage.platform());
    assert.equal(authenticator.pendingAuthToken(), null);
    await authenticator.authenticate(stage.token('mobile/otp'));
  }
  assert.equal(stage.stored.size, 0, "the tab's own storage is left alone");
});
