/** Web client of Ringtrue. Start at `AuthenticatorBuilder`. */
export { AuthenticatorBuilder } from './builder.js';
export type { Authenticator, CancelablePromise } from './authenticator.js';
export { OtpError, PhoneValidationError, RingtrueError, type RingtrueErrorCode } from './errors.js';
export { InstantLinkResultType, OtpFinishResultType, type AuthFinishInput, type AuthFinishStep, type InstantLinkResult, type InstantLinkRetryStep, type OtpFinishResult, type OtpFinishStep, type StartStep, type Step, } from './page-steps.js';
export type { FlowStorage, MobileAuthImplementation, Role } from './settings.js';
export { receiveOtp } from './web-otp.js';
