import type { OtpError, PhoneValidationError } from './errors.js';

/**
 * What the page made of its code screen.
 *
 * @example
 * return { resultType: OtpFinishResultType.OnResendOtp };
 */
export enum OtpFinishResultType {
  /** The person entered a code. */
  OnSuccess = 0,
  /** The person wants another message. */
  OnResendOtp = 1,
  /** The person wants to use another number. */
  OnMobileNumberChange = 2,
}

/**
 * What the page made of its "open the link" screen.
 *
 * @example
 * return { resultType: InstantLinkResultType.OnResend };
 */
export enum InstantLinkResultType {
  /** The person wants another message. */
  OnResend = 0,
  /** The person wants to use another number. */
  OnMobileNumberChange = 1,
}

/**
 * A step of the page: a function, or an object with `execute`.
 *
 * @example
 * const finish: Step<[AuthFinishInput], void> = { execute: async ({ authId }) => showResultOf(authId) };
 */
export type Step<Input extends unknown[], Output> =
  | ((...input: Input) => Promise<Output>)
  | { execute(...input: Input): Promise<Output> };

/**
 * What the auth finish step gets.
 *
 * @example
 * const finish = async ({ authId }: AuthFinishInput) => showResultOf(authId);
 */
export interface AuthFinishInput {
  authId: string;
}

/**
 * Runs at the end of a flow, good or bad: the page asks its own server for the outcome.
 *
 * @example
 * const finish: AuthFinishStep = async ({ authId }) => {
 *   const answer = await fetch(`/verification-result?authId=${encodeURIComponent(authId)}`);
 *   showResult(await answer.json());
 * };
 */
export type AuthFinishStep = Step<[input: AuthFinishInput], void>;

/**
 * Asks for the number, or (`phoneNumberNeeded` false) tells the person that a message is about to go out.
 * `null` accepts the number the server knows. The signal aborts when the answer is no longer wanted.
 *
 * @example
 * const start: StartStep = async (phoneNumberNeeded) => (phoneNumberNeeded ? { phoneNumber: await readNumber() } : null);
 */
export type StartStep = Step<
  [phoneNumberNeeded: boolean, phoneValidationError?: PhoneValidationError, signal?: AbortSignal],
  { phoneNumber: string } | null
>;

/**
 * What an OTP finish step answers with.
 *
 * @example
 * const result: OtpFinishResult = { input: { otp: '123456' }, resultType: OtpFinishResultType.OnSuccess };
 */
export type OtpFinishResult =
  | { input: { otp: string }; resultType: OtpFinishResultType.OnSuccess }
  | { resultType: OtpFinishResultType.OnResendOtp }
  | { resultType: OtpFinishResultType.OnMobileNumberChange };

/**
 * Asks for the code; called again with an `OtpError` when it was not accepted.
 * The signal aborts when the answer is no longer wanted.
 *
 * @example
 * const finish: OtpFinishStep = async (otpError, signal) => ({
 *   input: { otp: await Promise.race([readCode(otpError), receiveOtp(signal).then((otp) => otp ?? readCode())]) },
 *   resultType: OtpFinishResultType.OnSuccess,
 * });
 */
export type OtpFinishStep = Step<[otpError?: OtpError, signal?: AbortSignal], OtpFinishResult>;

/**
 * What an Instant Link retry step answers with.
 *
 * @example
 * const result: InstantLinkResult = { resultType: InstantLinkResultType.OnMobileNumberChange };
 */
export type InstantLinkResult = { resultType: InstantLinkResultType };

/**
 * Shows "open the link we sent you" and waits for a wish to resend or to change the number. Called again after either, with a
 * `PhoneValidationError` when no other link was sent (9205: too many messages); the ones sent before stay good.
 * The signal aborts when the link was opened, or the flow ended otherwise.
 *
 * @example
 * const retry: InstantLinkRetryStep = async () => {
 *   await clicked(resendButton);
 *   return { resultType: InstantLinkResultType.OnResend };
 * };
 */
export type InstantLinkRetryStep = Step<
  [phoneValidationError?: PhoneValidationError, signal?: AbortSignal],
  InstantLinkResult
>;

/**
 * Runs a step of the page in either form; a synchronous throw is a rejection like any other.
 *
 * @internal
 */
export async function runPageStep<Input extends unknown[], Output>(
  step: Step<Input, Output>,
  ...input: Input
): Promise<Output> {
  return typeof step === 'function' ? step(...input) : step.execute(...input);
}
