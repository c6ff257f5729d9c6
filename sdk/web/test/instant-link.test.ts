import assert from 'node:assert/strict';
import { InstantLinkResultType as Wish, PhoneValidationError } from '../src/ringtrue.js';
import type { Answer } from './peer.js';
import { numberKnown, pending, PHONE, rejectsWith, staged, type Stage } from './stage.js';

const [START, ERROR] = ['mobile/instantlink/start', 'mobile/instantlink/error'] as const;
const RESEND = { resultType: Wish.OnResend };
const CHANGE = { resultType: Wish.OnMobileNumberChange };
const RETRY = { next: '' };
const WAIT = { next: '', data: {} };
const DONE = JSON.stringify({ next: 'done' });

/** Runs a link flow; `retry` undefined: the page has no retry step. */
function run(stage: Stage, page: { start?: unknown[]; retry?: unknown[] } = {}, claims: object = numberKnown) {
  const start = stage.step('start', ...(page.start ?? [null]));
  const builder = stage.builder().withRole('secondary').withDeviceIpAddress('203.0.113.7');
  builder.withInstantLinkFallback(start, page.retry && stage.step('retry', ...page.retry));
  return builder.buildOn(stage.platform()).authenticate(stage.token('mobile/instantlink', claims));
}

const desktop = { sourceIp: '203.0.113.7', isMobile: false };
const phone = { sourceIp: '203.0.113.7', isMobile: true };

staged('desktop: the socket is opened at once, before the page has answered; token in the query', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage, { start: [async () => void (await stage.peer.socket())] });
  const socket = await stage.peer.socket();
  await stage.peer.called(START);
  assert.equal(socket.token, stage.token('mobile/instantlink', numberKnown));
  assert.deepEqual(stage.peer.bodies(START), [desktop]);
  socket.send(DONE);
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('no address given: sourceIp null', async (stage) => {
  stage.userAgent = PHONE;
  stage.peer.on(START, RETRY);
  const start = stage.step('start', null);
  await stage.builder().withInstantLinkFallback(start).buildOn(stage.platform()).authenticate(stage.token('mobile/instantlink'));
  assert.deepEqual(stage.peer.bodies(START), [{ sourceIp: null, isMobile: true }]);
});

for (const hasRetry of [false, true]) {
  const page = hasRetry ? 'page with retry step' : 'page without retry step';
  const retry = hasRetry ? { retry: [pending] } : {};

  for (const answer of [WAIT, { data: {} }, { next: '', data: { hint: 1 } }]) {
    staged(`desktop, ${page}, start answered ${JSON.stringify(answer)}: waits alone and finishes on done`, async (stage) => {
      stage.peer.on(START, answer);
      const flow = run(stage, retry);
      await stage.peer.called(START);
      await stage.keptAs('link-wait');
      (await stage.peer.socket()).send(DONE);
      await flow;
      assert.deepEqual(stage.finished, ['auth-1']);
      assert.equal(stage.inputs('retry').length, 0);
    });
  }

  staged(`desktop, ${page}, start answered done: finish step at once`, async (stage) => {
    stage.peer.on(START, { next: 'done' });
    await run(stage, retry);
    assert.deepEqual(stage.finished, ['auth-1']);
  });

  staged(`desktop, ${page}, start answered with another step: reported as unexpected`, async (stage) => {
    stage.peer.on(START, { next: 'mobile/otp' }).on(ERROR, { next: 'done' });
    await run(stage, retry);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ message: 'start answer names an unexpected step "mobile/otp"' }]);
  });

  staged(`desktop, ${page}, start answered with data code: start step again`, async (stage) => {
    stage.peer.on(START, { next: '', data: { code: 9203, message: 'landline' } }, { next: 'done' });
    await run(stage, { start: [{ phoneNumber: '1' }, { phoneNumber: '2' }], ...retry }, {});
    const [first, second] = stage.inputs('start');
    assert.deepEqual(first, [true, undefined]);
    assert.deepEqual(second?.map(String), ['true', 'PhoneValidationError: landline']);
    assert.deepEqual(stage.peer.bodies(START), [{ ...desktop, mobileNumber: '1' }, { ...desktop, mobileNumber: '2' }]);
  });

  staged(`desktop, ${page}, start answered with error: as any error`, async (stage) => {
    stage.peer.on(START, { next: '', error: { code: 10003, message: 'm' } });
    await rejectsWith(run(stage, retry), 'refused', { serverCode: 10003 });
    assert.equal(stage.peer.to(ERROR).length, 0);
  });

  staged(`desktop, ${page}, start held open until the link is opened`, async (stage) => {
    stage.peer.on(START, 'silence');
    const flow = run(stage, retry);
    await stage.peer.called(START);
    (await stage.peer.socket()).send(DONE);
    await flow;
    assert.deepEqual(stage.finished, ['auth-1']);
  });
}

for (const [what, claims, needed] of [
  ['only data.message', { code: undefined, message: 'm' }, 1],
  ['only data.code', { code: 5, message: undefined }, 1],
] as const) {
  staged(`start answered with ${what}: start step again`, async (stage) => {
    stage.peer.on(START, { next: '', data: claims }, { next: 'done' });
    await run(stage, { start: [null, null] });
    assert.equal(stage.inputs('start').length, 1 + needed);
  });
}

staged('desktop without retry step, start answered {"next":""}: resolves at once, no finish step', async (stage) => {
  stage.peer.on(START, RETRY);
  await run(stage);
  assert.deepEqual(stage.finished, []);
});

staged('desktop without retry step, start answered {}: rejects, no report', async (stage) => {
  stage.peer.on(START, {});
  await rejectsWith(run(stage), 'bad_answer');
});

for (const answer of [RETRY, {}]) {
  staged(`desktop with retry step, start answered ${JSON.stringify(answer)}: retry step called, finishes on done`, async (stage) => {
    stage.peer.on(START, answer);
    const flow = run(stage, { retry: [pending] });
    await stage.askedFor('retry');
    (await stage.peer.socket()).send(DONE);
    await flow;
    assert.deepEqual(stage.finished, ['auth-1']);
    const signal = stage.asked.find(({ step }) => step === 'retry')?.input.at(-1) as AbortSignal;
    assert.equal(signal.aborted, true, 'the retry screen is told to go');
  });
}

for (const answer of [{ next: '' }, {}, { next: '', data: {} }, { next: '', data: { other: 1 } }]) {
  staged(`resend answered ${JSON.stringify(answer)}: retry step again, one socket`, async (stage) => {
    stage.peer.on(START, RETRY, answer);
    const flow = run(stage, { retry: [RESEND, pending] });
    await stage.askedFor('retry', 2);
    assert.deepEqual(stage.inputs('retry'), [[undefined], [undefined]]);
    assert.deepEqual(stage.peer.bodies(START), [desktop, { ...desktop, mobileNumber: '' }]);
    (await stage.peer.socket()).send(DONE);
    await flow;
    assert.equal(stage.peer.sockets.length, 1);
  });
}

staged('resend that sent nothing: the retry step is told why, once', async (stage) => {
  stage.peer.on(START, RETRY, { next: '', data: { code: 9205, message: 'no more' } }, RETRY);
  void run(stage, { retry: [RESEND, RESEND, pending] });
  await stage.askedFor('retry', 3);
  const problems = stage.inputs('retry').map(([problem]) => problem as PhoneValidationError | undefined);
  assert.ok(problems[1] instanceof PhoneValidationError);
  assert.deepEqual(problems.map((problem) => problem?.code), [undefined, 9205, undefined]);
  (await stage.peer.socket()).send(DONE);
});

staged('resend answered done: finishes', async (stage) => {
  stage.peer.on(START, RETRY, { next: 'done' });
  await run(stage, { retry: [RESEND] });
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('resend answered with another step: reported', async (stage) => {
  stage.peer.on(START, RETRY, { next: 'mobile/otp' }).on(ERROR, { next: 'done' });
  await run(stage, { retry: [RESEND] });
  assert.equal(stage.peer.to(ERROR).length, 1);
});

staged('resend refused: rejects with the server code', async (stage) => {
  stage.peer.on(START, RETRY, { next: '', error: { code: 10003, message: 'm' } });
  await rejectsWith(run(stage, { retry: [RESEND] }), 'refused', { serverCode: 10003 });
});

staged('number change: start step with phoneNumberNeeded, start with the number, retry step again', async (stage) => {
  stage.peer.on(START, RETRY);
  const flow = run(stage, { start: [null, { phoneNumber: '+12001004015' }], retry: [CHANGE, pending] });
  await stage.askedFor('retry', 2);
  assert.deepEqual(stage.inputs('start'), [[false, undefined], [true, undefined]]);
  assert.deepEqual(stage.peer.bodies(START), [desktop, { ...desktop, mobileNumber: '+12001004015' }]);
  (await stage.peer.socket()).send(DONE);
  await flow;
});

staged('an empty number never goes out as a resend', async (stage) => {
  stage.peer.on(START, { next: 'done' });
  await run(stage, { start: [{ phoneNumber: '' }, { phoneNumber: '5' }] }, {});
  assert.deepEqual(stage.peer.bodies(START), [{ ...desktop, mobileNumber: '5' }]);
});

const faults: [string, { start?: unknown[]; retry?: unknown[] }, string][] = [
  ['start step rejects', { start: [() => Promise.reject(new Error('broke'))] }, 'broke'],
  ['retry step rejects', { retry: [() => Promise.reject(new Error('broke'))] }, 'broke'],
  ['retry step gives a bad type', { retry: [{ resultType: 9 }] }, 'retry step answered with an unknown resultType'],
  ['retry step gives nothing', { retry: [undefined] }, 'retry step answered with an unknown resultType'],
];
for (const [what, page, message] of faults) {
  staged(`${what}: socket closed, reported, the answer's next decides`, async (stage) => {
    stage.peer.on(START, RETRY).on(ERROR, { next: 'done' });
    await run(stage, page);
    assert.deepEqual(stage.peer.bodies(ERROR), [{ message }]);
    assert.deepEqual(stage.finished, ['auth-1']);
  });
}

staged('page without Instant Link steps: reported, no socket', async (stage) => {
  stage.peer.on(ERROR, { next: '' });
  await stage.builder().buildOn(stage.platform()).authenticate(stage.token('mobile/instantlink'));
  assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'page has no Instant Link steps' }]);
  assert.equal(stage.peer.upgrades, 0);
});

const onPhone: [string, Answer, unknown[] | undefined, (flow: Promise<void>, stage: Stage) => Promise<unknown>][] = [
  ['{"next":""} without retry step: resolves without finish step', RETRY, undefined, async (flow) => flow],
  ['{"next":""} with retry step: it is called', RETRY, [RESEND, () => Promise.reject(new Error('enough'))], async (flow) => flow],
  ['{} without retry step: rejects', {}, undefined, (flow) => rejectsWith(flow, 'bad_answer')],
];
for (const [what, answer, retry, ends] of onPhone) {
  staged(`phone, start answered ${what}; no socket`, async (stage) => {
    stage.userAgent = PHONE;
    stage.peer.on(START, answer).on(ERROR, { next: '' });
    await ends(run(stage, retry ? { retry } : {}), stage);
    assert.deepEqual(stage.peer.bodies(START)[0], phone);
    assert.equal(stage.peer.to(START).length, retry ? 2 : 1);
    assert.equal(stage.peer.upgrades, 0);
    assert.deepEqual(stage.finished, []);
  });
}

staged('phone, start answered with data {}: waits for the outcome instead of for ever', async (stage) => {
  stage.userAgent = PHONE;
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  (await stage.peer.socket()).send(DONE);
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
});
