import assert from 'node:assert/strict';
import { OtpFinishResultType } from '../src/ringtrue.js';
import { rejectsWith, staged, type Stage } from './stage.js';
import type { Answer } from './peer.js';

const [START, FINISH, ERROR] = ['mobile/otp/start', 'mobile/otp/finish', 'mobile/otp/error'] as const;

const run = (stage: Stage, next = 'mobile/otp', role: 'primary' | 'secondary' = 'primary') =>
  stage
    .builder()
    .withRole(role)
    .withOtpFallback(
      async () => null,
      async () => ({ input: { otp: '1' }, resultType: OtpFinishResultType.OnSuccess }),
    )
    .buildOn(stage.platform())
    .authenticate(stage.token(next));

staged('first step done: finish step at once, no call', async (stage) => {
  await run(stage, 'done');
  assert.deepEqual(stage.finished, ['auth-1']);
  assert.equal(stage.peer.calls.length, 0);
});

staged('first step empty: resolves without finish step, no call', async (stage) => {
  await run(stage, '');
  assert.deepEqual(stage.finished, []);
});

for (const name of ['nonsense', 'device/passive', 'device/universal', 'scan/message', 'user/mobileactive', 'constructor']) {
  staged(`first step ${name}: rejects, no call`, async (stage) => {
    await rejectsWith(run(stage, name), 'unknown_step', { retryable: false });
    assert.equal(stage.peer.calls.length, 0);
  });
}

/** A finish answer, and how the flow ends. */
const endings: [string, Answer, (flow: Promise<void>, stage: Stage) => Promise<unknown>][] = [
  ['next done', { next: 'done' }, finishes],
  ['next empty', { next: '' }, resolvesQuietly],
  ['next missing', {}, (flow) => rejectsWith(flow, 'bad_answer')],
  ['next not a string', { next: 5 }, (flow) => rejectsWith(flow, 'bad_answer')],
  ['unknown next', { next: 'device/passive' }, (flow) => rejectsWith(flow, 'unknown_step')],
  ['error and next done', { next: 'done', error: { code: 10000, message: 'm' } }, finishes],
  ['error and next empty', { next: '', error: { code: 10000, message: 'm' } }, (flow) => rejectsWith(flow, 'refused', { serverCode: 10000, message: 'm' })],
  ['error and no next', { error: { code: 10001, message: 'm' } }, (flow) => rejectsWith(flow, 'refused', { serverCode: 10001, message: 'm' })],
  ['error without words', { error: {} }, (flow) => rejectsWith(flow, 'refused', { message: 'refused by the server' })],
  ['error and unknown next', { next: 'nonsense', error: { code: 1, message: 'm' } }, (flow) => rejectsWith(flow, 'unknown_step')],
];
for (const [what, answer, ends] of endings) {
  staged(`answer with ${what}: no report`, async (stage) => {
    stage.peer.on(START, { next: '' }).on(FINISH, answer);
    await ends(run(stage), stage);
    assert.equal(stage.peer.to(ERROR).length, 0);
  });
}

/** A report's answer, and how the flow ends. */
const reports: [string, Answer, (flow: Promise<void>, stage: Stage) => Promise<unknown>][] = [
  ['next done', { next: 'done' }, finishes],
  ['next empty, even with an error', { next: '', error: { code: 1, message: 'm' } }, resolvesQuietly],
  ['no next', { error: { code: 1 } }, (flow) => rejectsWith(flow, 'bad_answer')],
  ['unknown next', { next: 'nonsense' }, (flow) => rejectsWith(flow, 'unknown_step')],
  ['status 500', 500, (flow) => rejectsWith(flow, 'http', { retryable: true })],
  ['no JSON', { raw: '<html>' }, (flow) => rejectsWith(flow, 'bad_answer', { retryable: false })],
];
for (const [what, answer, ends] of reports) {
  staged(`a fault whose report is answered with ${what}`, async (stage) => {
    stage.peer.on(START, { raw: 'not json' }).on(ERROR, answer);
    await ends(run(stage), stage);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ message: 'answer is not JSON' }]);
  });
}

staged('secondary role: mobile/otp is reported, and the answer decides', async (stage) => {
  stage.peer.on(ERROR, { next: 'done' });
  await run(stage, 'mobile/otp', 'secondary');
  assert.deepEqual(stage.peer.bodies(ERROR), [{ message: 'the secondary role has no mobile/otp' }]);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('50 failing steps: 50 reports, then it rejects', async (stage) => {
  stage.peer.on(START, { raw: '' }).on(ERROR, { next: 'mobile/otp' });
  await rejectsWith(run(stage), 'too_many_steps');
  assert.equal(stage.peer.to(ERROR).length, 50);
  assert.equal(stage.peer.to(START).length, 50);
});

staged('50 succeeding steps: no storm', async (stage) => {
  stage.peer.on(START, { next: '' }).on(FINISH, { next: 'mobile/otp' });
  await rejectsWith(run(stage), 'too_many_steps');
  assert.equal(stage.peer.to(START).length, 50);
  assert.equal(stage.peer.to(ERROR).length, 0);
});

staged('a finish step that rejects makes authenticate() reject; nothing is sent', async (stage) => {
  const cause = new Error('page broke');
  const authenticator = stage.builder().withAuthFinishStep(() => Promise.reject(cause)).buildOn(stage.platform());
  await rejectsWith(authenticator.authenticate(stage.token('done')), 'page_step', { cause, retryable: false });
  assert.equal(stage.peer.calls.length, 0);
});

staged('an empty token rejects, it does not throw', async (stage) => {
  await rejectsWith(stage.builder().buildOn(stage.platform()).authenticate(''), 'invalid_token');
});

async function finishes(flow: Promise<void>, stage: Stage): Promise<void> {
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
}

async function resolvesQuietly(flow: Promise<void>, stage: Stage): Promise<void> {
  await flow;
  assert.deepEqual(stage.finished, []);
}
