import { CLIENT_FAILED, OtpError, StepFault, type PhoneValidationError } from '../errors.js';
import { OtpFinishResultType, runPageStep, type OtpFinishResult, type StartStep } from '../page-steps.js';
import { hasWords, nextOf, wordsOf, type Reply } from '../reply.js';
import { askNumber, askPage, phoneProblem, type StepContext } from '../step.js';

const START = 'mobile/otp/start';
const FINISH = 'mobile/otp/finish';

/** A code by text message, entered by the person (contract §4). */
export async function mobileOtp(ctx: StepContext): Promise<string> {
  const handlers = ctx.settings.otp;
  if (!handlers) throw new StepFault('page has no OTP steps', { reportCode: CLIENT_FAILED });
  let numberNeeded = !ctx.claims.otpNumberKnown;
  let atCode = ctx.alreadySent === 'code';
  let problem: OtpError | undefined;
  for (;;) {
    if (!atCode) {
      const refusal = await sendCode(ctx, handlers.start, numberNeeded);
      if (refusal) return nextOf(refusal);
      atCode = true;
      problem = undefined;
    }
    const wish = checked(await askPage(ctx, (signal) => runPageStep(handlers.finish, problem, signal)));
    if (wish.resultType === OtpFinishResultType.OnMobileNumberChange) {
      numberNeeded = true;
      atCode = false;
      continue;
    }
    const resend = wish.resultType === OtpFinishResultType.OnResendOtp;
    const reply = resend
      ? await ctx.api.call(START, {}, ctx.signal)
      : await ctx.api.call(FINISH, { otp: wish.input.otp }, ctx.signal);
    if (reply.error || !(resend || reply.data)) return nextOf(reply);
    // To a resend the published client hears no `data`; here its words say why nothing more was sent.
    problem = resend && !hasWords(reply.data) ? undefined : codeProblem(reply.data ?? {});
  }
}

/** Has the first code sent, asking for the number until the server takes it. Resolves with the answer only if it is an error. */
async function sendCode(ctx: StepContext, start: StartStep, numberNeeded: boolean): Promise<Reply | null> {
  let problem: PhoneValidationError | undefined;
  for (;;) {
    const reply = await ctx.api.call(START, await askNumber(ctx, start, numberNeeded, problem), ctx.signal);
    if (reply.error) return reply;
    if (!reply.data) {
      ctx.noteSent('code');
      return null;
    }
    problem = phoneProblem(reply.data);
  }
}

function codeProblem(data: Record<string, unknown>): OtpError {
  const { code = 0, message = 'code was not accepted' } = wordsOf(data);
  return new OtpError(code, message);
}

function checked(result: OtpFinishResult): OtpFinishResult {
  switch (result?.resultType) {
    case OtpFinishResultType.OnSuccess:
      if (typeof result.input?.otp === 'string') return result;
      throw new StepFault('OTP finish step answered without a code');
    case OtpFinishResultType.OnResendOtp:
    case OtpFinishResultType.OnMobileNumberChange:
      return result;
    default:
      throw new StepFault('OTP finish step answered with an unknown resultType');
  }
}
