import { CLIENT_FAILED, StepFault, type PhoneValidationError } from '../errors.js';
import { isMobileUserAgent } from '../origin.js';
import { InstantLinkResultType, runPageStep, type InstantLinkRetryStep, type StartStep } from '../page-steps.js';
import { hasWords, nextOf, type Reply } from '../reply.js';
import { askNumber, askPage, phoneProblem, type StepContext } from '../step.js';
import { waitForOutcome } from '../wait.js';

const START = 'mobile/instantlink/start';

/** How a dialogue goes on after a start answer: with the page's retry step, by waiting alone, or with another step. */
type Onward = { to: 'retry'; problem?: PhoneValidationError } | { to: 'wait' } | { to: 'step'; next: string };

/**
 * A link by text message, opened on the phone (contract §5). A desktop waits for the outcome from the first moment on, beside
 * the dialogue with the page; a phone goes on in the tab that the link opens.
 */
export async function instantLink(ctx: StepContext): Promise<string> {
  const handlers = ctx.settings.instantLink;
  if (!handlers) throw new StepFault('page has no Instant Link steps', { reportCode: CLIENT_FAILED });
  let outcome: Promise<string> | undefined;
  const wait = () => (outcome ??= waitForOutcome(ctx).then(nextOf));
  if (isMobileUserAgent(ctx.platform.userAgent)) return dialogue(ctx, handlers, true, wait);
  // The socket comes first, so that no outcome is missed.
  const opened = wait();
  return Promise.race([opened, dialogue(ctx, handlers, false, wait)]);
}

interface Handlers {
  start: StartStep;
  retry: InstantLinkRetryStep | null;
}

async function dialogue(
  ctx: StepContext,
  { start, retry }: Handlers,
  isMobile: boolean,
  wait: () => Promise<string>,
): Promise<string> {
  const device = { sourceIp: ctx.settings.deviceIpAddress, isMobile };
  const send = (numberNeeded: boolean) => sendLink(ctx, start, device, numberNeeded, retry !== null);
  let onward = resumed(ctx, retry !== null) ?? (await send(!ctx.claims.linkNumberKnown));
  while (onward.to === 'retry' && retry) {
    const wish = await askWish(ctx, retry, onward.problem);
    onward = wish === InstantLinkResultType.OnResend ? await resendLink(ctx, device) : await send(true);
  }
  return onward.to === 'step' ? onward.next : wait();
}

/** After a reload the link is under way already. */
function resumed(ctx: StepContext, hasRetry: boolean): Onward | null {
  if (!ctx.alreadySent) return null;
  return { to: ctx.alreadySent === 'link-retry' && hasRetry ? 'retry' : 'wait' };
}

/** Has a link sent, asking for the number until the server takes it. */
async function sendLink(
  ctx: StepContext,
  start: StartStep,
  device: object,
  numberNeeded: boolean,
  hasRetry: boolean,
): Promise<Onward> {
  let problem: PhoneValidationError | undefined;
  for (;;) {
    const number = await askNumber(ctx, start, numberNeeded, problem);
    const reply = await ctx.api.call(START, { ...device, ...number }, ctx.signal);
    if (!reply.error && hasWords(reply.data)) {
      problem = phoneProblem(reply.data);
      continue;
    }
    const onward = afterStart(reply, hasRetry);
    if (onward.to !== 'step') ctx.noteSent(onward.to === 'retry' ? 'link-retry' : 'link-wait');
    return onward;
  }
}

/** The table of contract §5 for a start answer, without the row that asks for the number again. */
function afterStart(reply: Reply, hasRetry: boolean): Onward {
  const over = afterAny(reply);
  if (over) return over;
  if (reply.data) return { to: 'wait' };
  return hasRetry ? { to: 'retry' } : { to: 'step', next: nextOf(reply) };
}

/** To a resend the published client hears no `data`; here its words say why no other link was sent. */
async function resendLink(ctx: StepContext, device: object): Promise<Onward> {
  const reply = await ctx.api.call(START, { ...device, mobileNumber: '' }, ctx.signal);
  return afterAny(reply) ?? { to: 'retry', ...(hasWords(reply.data) && { problem: phoneProblem(reply.data) }) };
}

function afterAny(reply: Reply): Onward | null {
  if (reply.error || reply.next === 'done') return { to: 'step', next: nextOf(reply) };
  if (reply.next) throw new StepFault(`start answer names an unexpected step "${reply.next.slice(0, 40)}"`);
  return null;
}

async function askWish(
  ctx: StepContext,
  retry: InstantLinkRetryStep,
  problem: PhoneValidationError | undefined,
): Promise<InstantLinkResultType> {
  const wish = (await askPage(ctx, (signal) => runPageStep(retry, problem, signal)))?.resultType;
  if (wish === InstantLinkResultType.OnResend || wish === InstantLinkResultType.OnMobileNumberChange) return wish;
  throw new StepFault('retry step answered with an unknown resultType');
}
