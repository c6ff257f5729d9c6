import assert from 'node:assert/strict';
import { numberKnown, rejectsWith, staged, type Stage } from './stage.js';

const [START, ERROR] = ['mobile/instantlink/start', 'mobile/instantlink/error'] as const;
const WAIT = { next: '', data: {} };
const WAITING = { next: 'mobile/instantlink' };
const DONE = { next: 'done' };

const run = (stage: Stage) =>
  stage
    .builder()
    .withInstantLinkFallback(stage.step('start', null, null))
    .buildOn(stage.platform())
    .authenticate(stage.token('mobile/instantlink', numberKnown));

const messages: [string, string | Buffer, (flow: Promise<void>, stage: Stage) => Promise<unknown>, object[]][] = [
  ['done', JSON.stringify(DONE), finishes, []],
  ['done with extra fields', JSON.stringify({ ...DONE, data: { x: 1 } }), finishes, []],
  ['done with error', JSON.stringify({ ...DONE, error: { code: 1, message: 'm' } }), finishes, []],
  ['empty next', '{"next":""}', (flow) => flow, []],
  ['error', '{"next":"","error":{"code":10000,"message":"expired"}}', (flow) => rejectsWith(flow, 'refused', { serverCode: 10000, message: 'expired' }), []],
  ['no next', '{}', (flow) => rejectsWith(flow, 'bad_answer'), []],
  ['unknown next', '{"next":"x"}', (flow) => rejectsWith(flow, 'unknown_step'), []],
  ['text ping', 'ping', finishes, [{ message: 'answer is not JSON' }]],
  ['a binary frame', Buffer.from([0, 1, 2]), finishes, [{ message: 'answer is not JSON' }]],
];
for (const [what, text, ends, reports] of messages) {
  staged(`message with ${what} ends the wait`, async (stage) => {
    stage.peer.on(START, WAIT).on(ERROR, DONE);
    const flow = run(stage);
    await stage.keptAs('link-wait');
    const socket = await stage.peer.socket();
    socket.send(text);
    await ends(flow, stage);
    await stage.board.until(() => socket.closedWith !== null);
    assert.equal(socket.closedWith, 1005, 'closed without a code');
    assert.deepEqual(stage.peer.bodies(ERROR), reports);
  });
}

staged('message at connect, before start was answered: finish step runs', async (stage) => {
  stage.peer.on(START, 'silence').onSocket = (socket) => socket.send(JSON.stringify(DONE));
  await run(stage);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('message with next mobile/instantlink restarts: new socket, start step again', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  await stage.keptAs('link-wait');
  (await stage.peer.socket()).send(JSON.stringify({ ...WAITING, error: { code: 1, message: 'm' } }));
  (await stage.peer.socket(2)).send(JSON.stringify(DONE));
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('heartbeat: ping after 30 s and every 30 s; pong does not end the wait', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  await stage.keptAs('link-wait');
  const socket = await stage.peer.socket();
  for (let round = 1; round <= 3; round += 1) {
    await stage.clock.pass(30_000);
    await stage.board.until(() => socket.texts.length === round);
    const before = stage.clock.armings;
    socket.send('pong');
    await stage.board.until(() => stage.clock.armings > before);
  }
  assert.deepEqual(socket.texts, ['ping', 'ping', 'ping']);
  socket.send(JSON.stringify(DONE));
  await flow;
});

staged('no pong by the next tick: a new socket, no second start, no report', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  await stage.keptAs('link-wait');
  const first = await stage.peer.socket();
  await stage.clock.pass(30_000);
  await stage.board.until(() => first.texts.length === 1);
  await stage.clock.pass(30_000);
  await stage.clock.pass(500);
  (await stage.peer.socket(2)).send(JSON.stringify(DONE));
  await flow;
  await stage.board.until(() => first.closedWith !== null);
  assert.equal(stage.peer.to(START).length, 1);
  assert.deepEqual(stage.finished, ['auth-1']);
});

for (const code of [1000, 1001, 1006, 1008, 1011, 4000]) {
  staged(`close ${code} before a message: reconnects after a pause, no second start, no report`, async (stage) => {
    stage.peer.on(START, WAIT);
    const flow = run(stage);
    await stage.keptAs('link-wait');
    const socket = await stage.peer.socket();
    if (code === 1006) socket.cut();
    else socket.close(code);
    await stage.clock.pass(500);
    (await stage.peer.socket(2)).send(JSON.stringify(DONE));
    await flow;
    assert.equal(stage.peer.calls.length, 1);
  });
}

staged('close 1012: comes back at once, but not again and again', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  (await stage.peer.socket()).close(1012);
  (await stage.peer.socket(2)).close(1012);
  await stage.clock.armed(500);
  assert.equal(stage.peer.sockets.length, 2);
  assert.ok(stage.peer.sockets.every((socket) => socket.resumes), 'each says that it comes back');
  stage.clock.advance(500);
  (await stage.peer.socket(3)).send(JSON.stringify(DONE));
  await flow;
});

staged('three sockets lost: polls with bearer and {} every 2 s until the final message', async (stage) => {
  stage.peer.on(START, WAIT).on('status', WAITING, WAITING, DONE).onSocket = 503;
  const flow = run(stage);
  await stage.clock.pass(500);
  await stage.clock.pass(1000);
  await stage.peer.called('status');
  await stage.clock.pass(2000);
  await stage.peer.called('status', 2);
  await stage.clock.pass(2000);
  await flow;
  assert.equal(stage.peer.upgrades, 3);
  assert.deepEqual(stage.peer.bodies('status'), [{}, {}, {}]);
  for (const { headers } of stage.peer.to('status')) assert.match(headers.authorization ?? '', /^Bearer /);
  assert.equal(stage.peer.to(START).length, 1);
  assert.deepEqual(stage.finished, ['auth-1']);
});

staged('a pong clears what was lost before', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  await stage.keptAs('link-wait');
  (await stage.peer.socket(1)).cut();
  await stage.clock.pass(500);
  (await stage.peer.socket(2)).cut();
  await stage.clock.pass(1000);
  const third = await stage.peer.socket(3);
  await stage.clock.pass(30_000);
  await stage.board.until(() => third.texts.length === 1);
  const before = stage.clock.armings;
  third.send('pong');
  await stage.board.until(() => stage.clock.armings > before);
  third.cut();
  await stage.clock.pass(500);
  (await stage.peer.socket(4)).send(JSON.stringify(DONE));
  await flow;
  assert.equal(stage.peer.to('status').length, 0);
});

staged('poll: errors of the network and 5xx pass, at a slower pace', async (stage) => {
  pollOnly(stage);
  stage.peer.on('status', 'cut', 503, 204, DONE);
  const flow = run(stage);
  await toPolling(stage);
  for (const delayMs of [4000, 8000, 10_000]) await stage.clock.pass(delayMs);
  await flow;
  assert.equal(stage.peer.to('status').length, 4);
});

for (const [status, code] of [[401, 'expired'], [404, 'http'], [403, 'http']] as const) {
  staged(`poll answered ${status}: rejects with ${code}`, async (stage) => {
    pollOnly(stage);
    stage.peer.on('status', status);
    const flow = run(stage);
    await toPolling(stage);
    await rejectsWith(flow, code, { retryable: false });
  });
}

staged('poll answered with an error ends the wait like a message', async (stage) => {
  pollOnly(stage);
  stage.peer.on('status', { next: '', error: { code: 10000, message: 'm' } });
  const flow = run(stage);
  await toPolling(stage);
  await rejectsWith(flow, 'refused', { serverCode: 10000 });
});

staged('poll: waiting never outlives the token', async (stage) => {
  pollOnly(stage);
  stage.peer.on('status', WAITING);
  const flow = run(stage);
  await toPolling(stage);
  await stage.clock.armed(2000);
  stage.clock.advance(15 * 60_000);
  await rejectsWith(flow, 'expired');
});

staged('coming back to the page ends the pause before a reconnect', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  (await stage.peer.socket()).cut();
  await stage.clock.armed(500);
  stage.wake();
  (await stage.peer.socket(2)).send(JSON.stringify(DONE));
  await flow;
});

staged('coming back to the page polls at once', async (stage) => {
  pollOnly(stage);
  stage.peer.on('status', WAITING, DONE);
  const flow = run(stage);
  await toPolling(stage);
  await stage.clock.armed(2000);
  stage.wake();
  await flow;
});

staged('coming back to the page asks a socket for a sign of life within 5 s', async (stage) => {
  stage.peer.on(START, WAIT);
  const flow = run(stage);
  await stage.keptAs('link-wait');
  const first = await stage.peer.socket();
  await stage.clock.armed(30_000);
  stage.wake();
  stage.wake();
  await stage.board.until(() => first.texts.length > 0);
  await stage.clock.pass(5000);
  await stage.clock.pass(500);
  (await stage.peer.socket(2)).send(JSON.stringify(DONE));
  await flow;
  assert.deepEqual(first.texts, ['ping']);
});

staged('a socket that never opens is given up after 10 s', async (stage) => {
  stage.peer.on(START, WAIT);
  let opened = 0;
  const platform = stage.platform();
  const real = platform.openSocket;
  platform.openSocket = (url, events) => {
    opened += 1;
    return opened === 1 ? { send() {}, close() {} } : real(url, events);
  };
  const flow = stage.builder().withInstantLinkFallback(stage.step('start', null)).buildOn(platform)
    .authenticate(stage.token('mobile/instantlink', numberKnown));
  await stage.clock.pass(10_000);
  await stage.clock.pass(500);
  (await stage.peer.socket()).send(JSON.stringify(DONE));
  await flow;
});

staged('a page whose policy forbids sockets polls', async (stage) => {
  stage.peer.on(START, WAIT).on('status', DONE);
  const platform = stage.platform();
  platform.openSocket = () => {
    throw new Error('refused by policy');
  };
  const flow = stage.builder().withInstantLinkFallback(stage.step('start', null)).buildOn(platform)
    .authenticate(stage.token('mobile/instantlink', numberKnown));
  await toPolling(stage);
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
});

async function finishes(flow: Promise<void>, stage: Stage): Promise<void> {
  await flow;
  assert.deepEqual(stage.finished, ['auth-1']);
}

function pollOnly(stage: Stage): void {
  stage.peer.on(START, WAIT).onSocket = 401;
}

async function toPolling(stage: Stage): Promise<void> {
  await stage.clock.pass(500);
  await stage.clock.pass(1000);
  await stage.peer.called('status');
}
