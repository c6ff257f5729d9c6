import { pause, refuseIfAborted } from './abort.js';
import { RingtrueError, StepFault } from './errors.js';
import type { StepContext } from './step.js';
import { parseReply, type Reply } from './reply.js';
import { listen, SERVICE_RESTART } from './socket.js';

const LINK_STEP = 'mobile/instantlink';
/** Lost sockets in a row, without a sign of life between them, until polling takes over. */
const SOCKET_TRIES = 3;
const BACKOFF_MS = 500;
const POLL_EVERY_MS = 2_000;
const POLL_SLOWEST_MS = 10_000;
/** No authToken lives longer (contract §0). */
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Waits for the flow's final message: on a WebSocket that comes back when it is lost, and by polling where there is none to be
 * had. The server keeps the final state, so nothing is missed in between, and nothing is ever sent again for a lost socket.
 */
export async function waitForOutcome(ctx: StepContext): Promise<Reply> {
  const { platform, api, signal } = ctx;
  const untilMs = platform.nowMs() + LONGEST_WAIT_MS;
  // `resume`: a server that stops may send this socket away with 1012, since it comes back.
  const url = `${api.endpoint.replace(/^http/, 'ws')}/v1/client/status?resume=1&token=${encodeURIComponent(api.token)}`;
  let losses = 0;
  let restarted = false;
  while (losses < SOCKET_TRIES) {
    const end = await listen(platform, url, signal, () => {
      losses = 0;
      restarted = false;
    });
    refuseIfAborted(signal);
    if (end.kind === 'message') return parseReply(end.data);
    refuseIfLate(ctx, untilMs);
    if (end.code === SERVICE_RESTART && !restarted) {
      // "Come back": at once, but a server that says so at every try is a lost socket like others.
      restarted = true;
      continue;
    }
    losses += 1;
    const jitter = 0.5 + platform.random();
    if (losses < SOCKET_TRIES) await pause(platform, BACKOFF_MS * 2 ** (losses - 1) * jitter, signal);
  }
  return poll(ctx, untilMs);
}

async function poll(ctx: StepContext, untilMs: number): Promise<Reply> {
  for (let failures = 0; ; ) {
    try {
      const reply = await ctx.api.call('status', {}, ctx.signal);
      if (reply.next !== LINK_STEP || reply.error) return reply;
      failures = 0;
    } catch (error) {
      if (!mayPass(error)) throw error;
      failures += 1;
    }
    refuseIfLate(ctx, untilMs);
    await pause(ctx.platform, Math.min(POLL_EVERY_MS * 2 ** failures, POLL_SLOWEST_MS), ctx.signal);
  }
}

/** A server that is busy, out of reach or hidden behind a hotel's sign-in page: asking again costs nothing. */
function mayPass(error: unknown): boolean {
  return error instanceof StepFault || (error instanceof RingtrueError && error.retryable);
}

function refuseIfLate(ctx: StepContext, untilMs: number): void {
  if (ctx.platform.nowMs() >= untilMs) throw new RingtrueError('expired', 'authToken outlived while waiting');
}
