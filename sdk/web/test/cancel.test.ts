import assert from 'node:assert/strict';
import { OtpFinishResultType } from '../src/ringtrue.js';
import { numberKnown, pending, staged, type Stage } from './stage.js';

const OTP_REPORT = { code: 10004, message: 'cancelled' };
const LINK_REPORT = { code: 10004, message: 'cancelled: socket closed with code 1005' };
const otp = (stage: Stage, finish: unknown) =>
  stage
    .builder()
    .withOtpFallback(stage.step('start', null), stage.step('finish', finish))
    .buildOn(stage.platform())
    .authenticate(stage.token('mobile/otp', numberKnown));
const link = (stage: Stage, retry?: unknown) =>
  stage
    .builder()
    .withInstantLinkFallback(stage.step('start', null), retry ? stage.step('retry', retry) : undefined)
    .buildOn(stage.platform())
    .authenticate(stage.token('mobile/instantlink', numberKnown));

/** Exactly one call after the others: the report. */
function onlyReport(stage: Stage, path: string, body: object, callsBefore: number): void {
  assert.equal(stage.peer.calls.length, callsBefore + 1);
  assert.equal(stage.peer.calls.at(-1)?.path, path);
  assert.deepEqual(stage.peer.calls.at(-1)?.body, body);
  assert.deepEqual(stage.finished, ['auth-1']);
  assert.equal(stage.stored.size, 0);
}

staged('while the page asks for the code: one report, finish step, resolves; the page is told', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', { next: 'mobile/otp' });
  let answer: (result: unknown) => void = () => {};
  const flow = otp(stage, () => new Promise((resolve) => (answer = resolve)));
  await stage.askedFor('finish');
  flow.cancel();
  await flow;
  assert.equal((stage.asked.at(-1)?.input.at(-1) as AbortSignal).aborted, true);
  answer({ input: { otp: '1' }, resultType: OtpFinishResultType.OnSuccess });
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 1);
});

staged('while a call runs: it is aborted', async (stage) => {
  stage.peer.on('mobile/otp/start', 'silence').on('mobile/otp/error', { next: '' });
  const flow = otp(stage, pending);
  await stage.peer.called('mobile/otp/start');
  flow.cancel();
  await flow;
  await stage.board.until(() => stage.peer.calls[0]?.dropped === true);
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 1);
});

staged('at once, before anything was answered', async (stage) => {
  stage.peer.on('mobile/otp/error', { next: '' });
  const flow = stage.builder().withOtpFallback(stage.step('start', pending), stage.step('finish')).buildOn(stage.platform())
    .authenticate(stage.token('mobile/otp'));
  flow.cancel();
  await flow;
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 0);
});

staged('while waiting for the link: socket closed', async (stage) => {
  stage.peer.on('mobile/instantlink/start', { next: '', data: {} }).on('mobile/instantlink/error', { next: '' });
  const flow = link(stage);
  await stage.keptAs('link-wait');
  const socket = await stage.peer.socket();
  flow.cancel();
  await flow;
  await stage.board.until(() => socket.closedWith !== null);
  onlyReport(stage, 'mobile/instantlink/error', LINK_REPORT, 1);
});

staged('while the retry step is open', async (stage) => {
  stage.peer.on('mobile/instantlink/start', { next: '' }).on('mobile/instantlink/error', { next: '' });
  const flow = link(stage, pending);
  await stage.askedFor('retry');
  flow.cancel();
  await flow;
  onlyReport(stage, 'mobile/instantlink/error', LINK_REPORT, 1);
});

staged('while polling', async (stage) => {
  stage.peer.on('mobile/instantlink/start', { next: '', data: {} }).on('mobile/instantlink/error', { next: '' });
  stage.peer.on('status', { next: 'mobile/instantlink' }).onSocket = 503;
  const flow = link(stage);
  await stage.clock.pass(500);
  await stage.clock.pass(1000);
  await stage.clock.armed(2000);
  flow.cancel();
  await flow;
  onlyReport(stage, 'mobile/instantlink/error', LINK_REPORT, 2);
});

staged('while the carrier is asked', async (stage) => {
  const redirectUrl = `${stage.peer.origin}/v1/client/carrier`;
  stage.peer.on('mobile/instant/start', { next: '', data: { redirectUrl } }).on('carrier', 'silence');
  stage.peer.on('mobile/instant/error', { next: '' });
  const flow = stage.builder().buildOn(stage.platform()).authenticate(stage.token('mobile/instant'));
  await stage.board.until(() => stage.peer.calls.length === 2);
  flow.cancel();
  await flow;
  onlyReport(stage, 'mobile/instant/error', OTP_REPORT, 2);
});

staged('while a fault is being reported: that report is aborted, the last word is said', async (stage) => {
  stage.peer.on('mobile/otp/start', { raw: '' }).on('mobile/otp/error', 'silence', { next: '' });
  const flow = otp(stage, pending);
  await stage.peer.called('mobile/otp/error');
  flow.cancel();
  await flow;
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 2);
});

for (const answer of [500, 401, 'cut', { raw: 'x' }] as const) {
  staged(`the report answered ${JSON.stringify(answer)}: resolves all the same`, async (stage) => {
    stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', answer);
    const flow = otp(stage, pending);
    await stage.askedFor('finish');
    flow.cancel();
    await flow;
    onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 1);
  });
}

staged('the report unanswered: not waited for longer than 5 s', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', 'silence');
  const flow = otp(stage, pending);
  await stage.askedFor('finish');
  flow.cancel();
  await stage.peer.called('mobile/otp/error');
  await stage.clock.pass(5000);
  await flow;
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 1);
});

staged('twice, and after the end: nothing more happens', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', { next: '' });
  const flow = otp(stage, pending);
  await stage.askedFor('finish');
  flow.cancel();
  flow.cancel();
  await flow;
  flow.cancel();
  onlyReport(stage, 'mobile/otp/error', OTP_REPORT, 1);
  const over = stage.builder().buildOn(stage.platform()).authenticate(stage.token(''));
  await over;
  over.cancel();
  assert.equal(stage.peer.calls.length, 2);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('forgets its flow for a reload before the last word is said', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', 'silence');
  const flow = otp(stage, pending);
  await stage.askedFor('finish');
  flow.cancel();
  await stage.peer.called('mobile/otp/error');
  assert.equal(stage.stored.size, 0);
  await stage.clock.pass(5000);
  await flow;
});

staged('leaves alone what another flow keeps for a reload', async (stage) => {
  stage.peer.on('mobile/otp/start', { next: '' }).on('mobile/otp/error', 'silence').on('mobile/otp/finish', { next: 'done' });
  const first = otp(stage, pending);
  await stage.askedFor('finish');
  first.cancel();
  await stage.peer.called('mobile/otp/error');
  let answer: (result: unknown) => void = () => {};
  const page = stage
    .builder()
    .withOtpFallback(stage.step('start', null), stage.step('finish', () => new Promise((resolve) => (answer = resolve))))
    .buildOn(stage.platform());
  const token = stage.token('mobile/otp', { ...numberKnown, id: 'auth-2' });
  const second = page.authenticate(token);
  await stage.askedFor('finish', 2);
  await stage.clock.pass(5000);
  await first;
  assert.equal(page.pendingAuthToken(), token);
  answer({ input: { otp: '1' }, resultType: OtpFinishResultType.OnSuccess });
  await second;
  assert.equal(page.pendingAuthToken(), null);
});
