import { abortable, Aborted, openScope } from './abort.js';
import type { Api } from './api.js';
import { PhoneValidationError, StepFault, textOf } from './errors.js';
import { runPageStep, type StartStep } from './page-steps.js';
import type { Sent } from './pending.js';
import type { Platform } from './platform.js';
import { wordsOf } from './reply.js';
import type { Settings } from './settings.js';
import type { TokenClaims } from './token.js';

/** What a step works with. */
export interface StepContext {
  readonly platform: Platform;
  readonly settings: Settings;
  readonly claims: TokenClaims;
  readonly api: Api;
  /** Aborts when the step is over or the flow was cancelled. */
  readonly signal: AbortSignal;
  /** What was sent before the page was reloaded, for the step that sent it. */
  readonly alreadySent: Sent | null;
  /** Keeps that a message is on its way, for the case that the page is reloaded. */
  noteSent(sent: Sent): void;
  /** Counts a question to the page; too many end the flow, so that a page that answers by itself makes no storm. */
  countQuestion(): void;
}

/** One step of a flow. */
export interface FlowStep {
  /** `/v1/client/<errorPath>/error` takes its reports (contract §12). */
  readonly errorPath: string;
  readonly cancelText: string;
  /** Resolves with the name of the next step. */
  run(ctx: StepContext): Promise<string>;
}

/**
 * Asks the page; its rejection is a fault of the flow's step. The signal is the question's own: it aborts once the page has
 * answered, too, so that a screen or a WebOTP request never outlives its question.
 */
export async function askPage<T>(ctx: StepContext, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  ctx.countQuestion();
  const scope = openScope(ctx.signal);
  try {
    return await abortable(ask(scope.signal), scope.signal);
  } catch (cause) {
    if (cause instanceof Aborted) throw cause;
    throw new StepFault(textOf(cause), { cause });
  } finally {
    scope.end();
  }
}

/**
 * Asks the page for the number, and answers with what a start call says about it: nothing when the page took the number the
 * server knows. An empty number is asked for again here: on the wire it would mean something else.
 */
export async function askNumber(
  ctx: StepContext,
  start: StartStep,
  needed: boolean,
  problem: PhoneValidationError | undefined,
): Promise<{ mobileNumber?: string }> {
  for (;;) {
    const answer: unknown = await askPage(ctx, (signal) => runPageStep(start, needed, problem, signal));
    if (answer === null || answer === undefined) return {};
    const number = (answer as { phoneNumber?: unknown }).phoneNumber;
    if (typeof number !== 'string') throw new StepFault('start step answered without a phoneNumber');
    if (number.trim() !== '') return { mobileNumber: number };
    problem = new PhoneValidationError(9203, 'phone number is empty');
  }
}

/** The page's error for the `data` of a start answer. */
export function phoneProblem(data: Record<string, unknown>): PhoneValidationError {
  const { code = 0, message = 'phone number was not accepted' } = wordsOf(data);
  return new PhoneValidationError(code, message);
}
