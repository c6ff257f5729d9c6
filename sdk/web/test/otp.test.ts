import assert from 'node:assert/strict';
import { OtpError, OtpFinishResultType as Wish, PhoneValidationError } from '../src/ringtrue.js';
import { numberKnown, rejectsWith, staged, type Stage } from './stage.js';

const code = (otp: string) => ({ input: { otp }, resultType: Wish.OnSuccess });
const RESEND = { resultType: Wish.OnResendOtp };
const CHANGE = { resultType: Wish.OnMobileNumberChange };
const SENT = { next: '' };
const DONE = { next: 'done' };
const [START, FINISH, ERROR] = ['mobile/otp/start', 'mobile/otp/finish', 'mobile/otp/error'] as const;

/** Runs an OTP flow whose page gives these answers. */
function run(stage: Stage, page: { start?: unknown[]; finish?: unknown[] }, claims: object = numberKnown) {
  const start = stage.step('start', ...(page.start ?? [null]));
  const finish = stage.step('finish', ...(page.finish ?? [code('1234')]));
  return stage.builder().withOtpFallback(start, finish).buildOn(stage.platform()).authenticate(stage.token('mobile/otp', claims));
}

/** The errors that each call of a page step was given. */
const problems = (stage: Stage, step: string) =>
  stage.inputs(step).map((input) => {
    const error = input.find((value) => value instanceof PhoneValidationError || value instanceof OtpError);
    return error && { name: error.name, code: error.code, text: error.message };
  });

staged('known number: start with {}, finish with the code as typed', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  await run(stage, { finish: [code(' 12 34')] });
  assert.deepEqual(stage.inputs('start'), [[false, undefined]]);
  assert.deepEqual(stage.inputs('finish'), [[undefined]]);
  assert.deepEqual(stage.peer.bodies(START), [{}]);
  assert.deepEqual(stage.peer.bodies(FINISH), [{ otp: ' 12 34' }]);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('unknown number: asked for, sent as typed', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  await run(stage, { start: [{ phoneNumber: '200 100 4014' }] }, {});
  assert.deepEqual(stage.inputs('start'), [[true, undefined]]);
  assert.deepEqual(stage.peer.bodies(START), [{ mobileNumber: '200 100 4014' }]);
});

for (const answer of [{}, { next: 'mobile/instantlink' }, { next: 'done' }, { data: null, error: null }]) {
  staged(`start answered ${JSON.stringify(answer)}: next is ignored, the page is asked for the code`, async (stage) => {
    stage.peer.on(START, answer).on(FINISH, DONE);
    await run(stage, {});
    assert.equal(stage.inputs('finish').length, 1);
  });
}

for (const [data, problem] of [
  [{}, { code: 0, text: 'phone number was not accepted' }],
  [{ code: 9203, message: 'landline' }, { code: 9203, text: 'landline' }],
] as const) {
  staged(`start answered with data ${JSON.stringify(data)}: start step again with a PhoneValidationError`, async (stage) => {
    stage.peer.on(START, { next: 'done', data }, SENT).on(FINISH, DONE);
    await run(stage, { start: [{ phoneNumber: '1' }, { phoneNumber: '2' }] }, {});
    assert.deepEqual(problems(stage, 'start'), [undefined, { name: 'PhoneValidationError', ...problem }]);
    assert.deepEqual(stage.peer.bodies(START), [{ mobileNumber: '1' }, { mobileNumber: '2' }]);
  });
}

staged('an empty number is asked for again without a call', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  await run(stage, { start: [{ phoneNumber: ' ' }, { phoneNumber: '2' }] }, {});
  assert.deepEqual(stage.peer.bodies(START), [{ mobileNumber: '2' }]);
  assert.equal(problems(stage, 'start')[1]?.code, 9203);
});

for (const data of [{}, { code: 9201, message: 'wrong' }]) {
  staged(`finish answered with data ${JSON.stringify(data)} and next done: page asked again with an OtpError`, async (stage) => {
    stage.peer.on(START, SENT).on(FINISH, { next: 'done', data }, DONE);
    await run(stage, { finish: [code('0000'), code('1234')] });
    const problem = 'code' in data ? { code: 9201, text: 'wrong' } : { code: 0, text: 'code was not accepted' };
    assert.deepEqual(problems(stage, 'finish'), [undefined, { name: 'OtpError', ...problem }]);
    assert.deepEqual(stage.peer.bodies(FINISH), [{ otp: '0000' }, { otp: '1234' }]);
    assert.deepEqual(stage.finished, ['auth-1']);
  });
}

for (const answer of [SENT, { next: 'x', data: {} }, { next: 'x', data: { other: 1 } }, {}]) {
  staged(`resend answered ${JSON.stringify(answer)}: page asked again without an error`, async (stage) => {
    stage.peer.on(START, SENT, answer).on(FINISH, { next: '', data: { code: 9201 } }, DONE);
    await run(stage, { finish: [code('0'), RESEND, code('1234')] });
    assert.deepEqual(stage.peer.bodies(START), [{}, {}]);
    assert.deepEqual(problems(stage, 'finish').map((problem) => problem?.code), [undefined, 9201, undefined]);
  });
}

staged('resend that sent nothing: page asked again with the reason, once', async (stage) => {
  const none = { next: '', data: { code: 9205, message: 'no more' } };
  stage.peer.on(START, SENT, none, SENT).on(FINISH, DONE);
  await run(stage, { finish: [RESEND, RESEND, code('1234')] });
  assert.deepEqual(problems(stage, 'finish'), [undefined, { name: 'OtpError', code: 9205, text: 'no more' }, undefined]);
});

staged('resend refused by an error: the flow ends with its code', async (stage) => {
  stage.peer.on(START, SENT, { next: '', error: { code: 10003, message: 'too many messages' } });
  const error = await rejectsWith(run(stage, { finish: [RESEND] }), 'refused', { serverCode: 10003, retryable: false });
  assert.equal(error.message, 'too many messages');
  assert.deepEqual(stage.finished, []);
});

staged('number change: start step with phoneNumberNeeded, then the new number', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  await run(stage, { start: [null, { phoneNumber: '+12001004014' }], finish: [CHANGE, code('1234')] });
  assert.deepEqual(stage.inputs('start'), [[false, undefined], [true, undefined]]);
  assert.deepEqual(stage.peer.bodies(START), [{}, { mobileNumber: '+12001004014' }]);
});

staged('start error with next mobile/otp: the step restarts with the start step', async (stage) => {
  stage.peer.on(START, { next: 'mobile/otp', error: { code: 10001, message: 'm' } }, SENT).on(FINISH, DONE);
  await run(stage, { start: [null, null] });
  assert.equal(stage.peer.to(START).length, 2);
  assert.equal(stage.peer.to(ERROR).length, 0);
});

staged('finish error with next mobile/otp: start step again', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, { next: 'mobile/otp', error: { code: 10000, message: 'm' } }, DONE);
  await run(stage, { start: [null, null], finish: [code('0'), code('1')] });
  assert.equal(stage.peer.to(START).length, 2);
  assert.deepEqual(stage.finished, ['auth-1']);
});

const faults: [string, { start?: unknown[]; finish?: unknown[] }, object][] = [
  ['start step rejects', { start: [() => Promise.reject(new Error('page broke'))] }, { message: 'page broke' }],
  ['start step throws at once', { start: [() => assert.fail('at once')] }, { message: 'at once' }],
  ['start step gives no number', { start: [{ phone: 1 }] }, { message: 'start step answered without a phoneNumber' }],
  ['finish step rejects', { finish: [() => Promise.reject(new Error('no code'))] }, { message: 'no code' }],
  ['finish step gives nothing', { finish: [undefined] }, { message: 'OTP finish step answered with an unknown resultType' }],
  ['finish step gives a bad type', { finish: [{ resultType: 7 }] }, { message: 'OTP finish step answered with an unknown resultType' }],
  ['finish step gives no code', { finish: [{ resultType: 0 }] }, { message: 'OTP finish step answered without a code' }],
];
for (const [what, page, report] of faults) {
  staged(`${what}: reported, and the answer's next decides`, async (stage) => {
    stage.peer.on(START, SENT).on(ERROR, { next: 'done', error: { code: 1, message: 'ignored' } });
    await run(stage, page);
    assert.deepEqual(stage.peer.bodies(ERROR), [report]);
    assert.deepEqual(stage.finished, ['auth-1']);
  });
}

staged('page without OTP steps: reported', async (stage) => {
  stage.peer.on(ERROR, { next: '' });
  await stage.builder().buildOn(stage.platform()).authenticate(stage.token('mobile/otp'));
  assert.deepEqual(stage.peer.bodies(ERROR), [{ code: 10002, message: 'page has no OTP steps' }]);
  assert.deepEqual(stage.finished, []);
});

staged('a page that answers by itself is stopped after 50 questions', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, { next: 'mobile/otp', data: {} });
  await rejectsWith(run(stage, { finish: Array<unknown>(60).fill(code('1')) }), 'too_many_steps');
  assert.equal(stage.peer.to(FINISH).length, 49);
});

staged('steps may be objects with execute, and keep their this', async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  const finish = { otp: '77', async execute() { return { input: { otp: this.otp }, resultType: Wish.OnSuccess as const }; } };
  await stage.builder().withOtpFallback({ execute: stage.step('start', null) }, finish)
    .buildOn(stage.platform()).authenticate(stage.token('mobile/otp'));
  assert.deepEqual(stage.peer.bodies(FINISH), [{ otp: '77' }]);
});

staged("a question's signal aborts once it is answered", async (stage) => {
  stage.peer.on(START, SENT).on(FINISH, DONE);
  await run(stage, {});
  for (const { input } of stage.asked) assert.equal((input.at(-1) as AbortSignal).aborted, true);
});
