import assert from 'node:assert/strict';
import { OtpFinishResultType } from '../src/ringtrue.js';
import { CLIENT_HEADER } from '../src/version.js';
import type { Answer } from './peer.js';
import { rejectsWith, staged, type Stage } from './stage.js';

const [START, FINISH, ERROR] = ['mobile/otp/start', 'mobile/otp/finish', 'mobile/otp/error'] as const;

const run = (stage: Stage, token = stage.token('mobile/otp')) =>
  stage
    .builder()
    .withOtpFallback(
      async () => null,
      async () => ({ input: { otp: '1' }, resultType: OtpFinishResultType.OnSuccess }),
    )
    .buildOn(stage.platform())
    .authenticate(token);

staged('headers and method', async (stage) => {
  stage.peer.on(START, { next: '' }).on(FINISH, { next: 'done' });
  const token = stage.token('mobile/otp');
  await run(stage, token);
  for (const { method, headers } of stage.peer.calls) {
    assert.equal(method, 'POST');
    assert.equal(headers.accept, 'application/json');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['pa-version'], CLIENT_HEADER);
    assert.equal(headers.authorization, `Bearer ${token}`);
    assert.equal(headers.cookie, undefined);
  }
});

for (const [status, code, retryable] of [
  [400, 'http', false],
  [401, 'expired', false],
  [403, 'http', false],
  [404, 'http', false],
  [429, 'http', true],
  [500, 'http', true],
  [503, 'http', true],
] as const) {
  staged(`status ${status}: rejects at once with ${code}, no report, no second try`, async (stage) => {
    stage.peer.on(START, status);
    const token = stage.token('mobile/otp');
    const error = await rejectsWith(run(stage, token), code, { retryable });
    assert.equal(stage.peer.calls.length, 1);
    assert.equal(error.message.endsWith('does not let this page call'), status === 403);
    assert.ok(!error.message.includes(token.slice(10, 40)));
    assert.equal(stage.stored.size, retryable ? 1 : 0, 'only a flow that can be taken up again is kept');
  });
}

const unreadable: [string, Answer, string][] = [
  ['204', 204, 'answer is not JSON'],
  ['an empty body', { raw: '' }, 'answer is not JSON'],
  ['no JSON', { raw: '<html>' }, 'answer is not JSON'],
  ['a JSON array', { raw: '[]' }, 'answer is not a JSON object'],
  ['JSON null', { raw: 'null' }, 'answer is not a JSON object'],
];
for (const [what, answer, message] of unreadable) {
  staged(`${what}: reported`, async (stage) => {
    stage.peer.on(START, answer).on(ERROR, { next: 'done' });
    await run(stage);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ message }]);
  });
}

staged('connection cut: reported, never sent twice', async (stage) => {
  stage.peer.on(START, { next: '' }).on(FINISH, 'cut').on(ERROR, { next: 'done' });
  await run(stage);
  assert.equal(stage.peer.to(FINISH).length, 1);
  assert.equal(stage.peer.to(ERROR).length, 1);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('no answer within 20 s: given up and reported', async (stage) => {
  stage.peer.on(START, 'silence').on(ERROR, { next: 'done' });
  const flow = run(stage);
  await stage.peer.called(START);
  stage.clock.advance(20_000);
  await flow;
  assert.deepEqual(stage.peer.bodies(ERROR), [{ message: 'no answer within 20 s' }]);
  await stage.board.until(() => stage.peer.to(START)[0]?.dropped === true);
});

staged('a report is sent once more when the network fails', async (stage) => {
  stage.peer.on(START, { raw: '' }).on(ERROR, 'cut', { next: 'done' });
  const flow = run(stage);
  await stage.clock.pass(500);
  await flow;
  assert.equal(stage.peer.to(ERROR).length, 2);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('a server out of reach: rejects with network, and the flow is kept', async (stage) => {
  stage.peer.on(START, 'cut').on(ERROR, 'cut');
  const flow = run(stage);
  await stage.clock.pass(500);
  const error = await rejectsWith(flow, 'network', { retryable: true });
  assert.ok(error.cause instanceof Error);
  assert.equal(stage.peer.to(ERROR).length, 2);
  assert.equal(stage.stored.size, 1);
});

staged('a long page text is cut in the report', async (stage) => {
  stage.peer.on(ERROR, { next: 'done' });
  const long = () => Promise.reject(new Error('x'.repeat(5000)));
  await stage.builder().withOtpFallback(long, long).buildOn(stage.platform()).authenticate(stage.token('mobile/otp'));
  assert.deepEqual(stage.peer.bodies(ERROR), [{ message: 'x'.repeat(300) }]);
});
