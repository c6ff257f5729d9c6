/**
 * Why `authenticate()` or `finishInstantLink()` rejected.
 *
 * - `invalid_token`: the authToken cannot be read, or names a server that may not be called from this page
 * - `expired`: the server no longer takes the authToken (HTTP 401), or waiting outlived it
 * - `refused`: the server ended the flow; `serverCode` says why
 * - `http`: the server answered outside 2xx; with 403 the project does not let pages of this origin call
 * - `network`: the server could not be reached, not even to report it
 * - `bad_answer`: the server's answer is not what the contract says
 * - `unknown_step`: the server asks for a step that this client does not have
 * - `too_many_steps`: the flow did not end within 50 steps
 * - `page_step`: the page's auth finish step rejected; `cause` is what it rejected with
 * - `invalid_link`: the address given to `finishInstantLink()` is not that of an opened link
 */
export type RingtrueErrorCode = 'invalid_token' | 'expired' | 'refused' | 'http' | 'network' | 'bad_answer' | 'unknown_step' | 'too_many_steps' | 'page_step' | 'invalid_link';
/**
 * What this client rejects with.
 *
 * @example
 * try {
 *   await authenticator.authenticate(authToken);
 * } catch (error) {
 *   if (error instanceof RingtrueError && error.retryable) showRetryButton();
 *   else showFailure();
 * }
 */
export declare class RingtrueError extends Error {
    readonly name = "RingtrueError";
    readonly code: RingtrueErrorCode;
    /** True when `authenticate()` with the same authToken may still succeed. */
    readonly retryable: boolean;
    /** What lies beneath, when there is something. */
    readonly cause?: unknown;
    /** The server's number for its refusal, with `refused`. */
    readonly serverCode?: number;
    constructor(code: RingtrueErrorCode, message: string, more?: {
        retryable?: boolean;
        cause?: unknown;
        serverCode?: number | undefined;
    });
}
/**
 * Why the page is asked for the code again.
 *
 * @example
 * const otpFinish = async (otpError?: OtpError) => {
 *   if (otpError?.code === 9202) showHint('That code is too old, ask for a new one.');
 *   return { input: { otp: await readCode() }, resultType: OtpFinishResultType.OnSuccess };
 * };
 */
export declare class OtpError extends Error {
    readonly name = "OtpError";
    /** 9201 wrong code, 9202 code expired, 9204 number change not allowed, 9205 too many messages; 0 when not told. */
    readonly code: number;
    constructor(code: number, message: string);
}
/**
 * Why the page is asked for the phone number again, or why no other link was sent.
 *
 * @example
 * const otpStart = async (phoneNumberNeeded: boolean, problem?: PhoneValidationError) => {
 *   if (problem) showHint(problem.message);
 *   return phoneNumberNeeded || problem ? { phoneNumber: await readNumber() } : null;
 * };
 */
export declare class PhoneValidationError extends Error {
    readonly name = "PhoneValidationError";
    /** 9203 number not acceptable, 9204 number change not allowed, 9205 too many messages; 0 when not told. */
    readonly code: number;
    constructor(code: number, message: string);
}
