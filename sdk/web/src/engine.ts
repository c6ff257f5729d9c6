import { openScope, refuseIfAborted } from './abort.js';
import { openApi, type Api } from './api.js';
import { CANCELLED, RingtrueError, StepFault, textOf } from './errors.js';
import { runPageStep } from './page-steps.js';
import type { PendingFlow, PendingStore } from './pending.js';
import type { Platform } from './platform.js';
import { nextOf } from './reply.js';
import type { Settings } from './settings.js';
import type { FlowStep, StepContext } from './step.js';
import { stepNamed } from './steps/index.js';
import { readToken } from './token.js';

/** Steps of a flow, and questions to the page within a step. */
const MOST_TURNS = 50;
/** An authToken lives 15 minutes (contract §0); what is older cannot be taken up again. */
const KEPT_MS = 15 * 60_000;

/** Runs a flow from its token to its end: one step after another, each naming the next (contract §3). */
export async function runFlow(
  platform: Platform,
  settings: Settings,
  pending: PendingStore,
  token: string,
  cancel: AbortSignal,
): Promise<void> {
  const claims = readToken(token, platform.pageProtocol);
  const api = openApi(platform, claims.endpoint, token);
  const nowMs = platform.nowMs();
  const found = pending.read(nowMs);
  let flow: PendingFlow =
    found?.token === token ? found : { token, step: claims.firstStep, sent: null, untilMs: nowMs + KEPT_MS };
  let next = flow.step;
  const forget = () => pending.clear(token);
  try {
    const countStep = countTurns('steps');
    while (next !== 'done' && next !== '') {
      const step = stepNamed(next, settings.role);
      countStep();
      pending.write(flow);
      next = await takeStep(step, cancel, forget, {
        platform,
        settings,
        claims,
        api,
        alreadySent: flow.sent,
        noteSent(sent) {
          flow = { ...flow, sent };
          pending.write(flow);
        },
        countQuestion: countTurns('questions to the page'),
      });
      flow = { ...flow, step: next, sent: null };
    }
  } catch (error) {
    if (!(error instanceof RingtrueError && error.retryable)) forget();
    throw error;
  }
  forget();
  if (next === 'done') await finishFlow(settings, claims.authId);
}

async function takeStep(
  step: FlowStep,
  cancel: AbortSignal,
  onCancelled: () => void,
  ctx: Omit<StepContext, 'signal'>,
): Promise<string> {
  const scope = openScope(cancel);
  try {
    refuseIfAborted(cancel);
    try {
      return await step.run({ ...ctx, signal: scope.signal });
    } catch (fault) {
      if (cancel.aborted || !(fault instanceof StepFault)) throw fault;
      return await reportFault(step, fault, cancel, ctx.api);
    }
  } catch (error) {
    if (!cancel.aborted) throw error;
    // Cancelled: one last word, and the page's finish step learns from verify-status what became of the flow.
    scope.end();
    // Before the last word, which may take its time: a reload must not take up what was given up.
    onCancelled();
    await ctx.api.farewell(step.errorPath, { code: CANCELLED, message: step.cancelText });
    return 'done';
  } finally {
    scope.end();
  }
}

/** The answer's `next` decides how the flow goes on; an `error` in it says nothing new. */
async function reportFault(step: FlowStep, fault: StepFault, cancel: AbortSignal, api: Api): Promise<string> {
  const { next } = await api.report(step.errorPath, { code: fault.reportCode, message: fault.message }, cancel);
  return nextOf(next === undefined ? {} : { next });
}

/** Calls the page's finish step, where there is one. */
export async function finishFlow(settings: Settings, authId: string): Promise<void> {
  if (!settings.finish) return;
  try {
    await runPageStep(settings.finish, { authId });
  } catch (cause) {
    throw new RingtrueError('page_step', `auth finish step failed: ${textOf(cause)}`, { cause });
  }
}

function countTurns(what: string): () => void {
  let taken = 0;
  return () => {
    taken += 1;
    if (taken > MOST_TURNS) throw new RingtrueError('too_many_steps', `flow took more than ${MOST_TURNS} ${what}`);
  };
}
