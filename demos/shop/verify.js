/**
 * Phone verification with the Ringtrue SDK: all a page needs, and nothing else.
 * What the person sees is in `screens`; what is true is asked of our own back end.
 */
import {
  AuthenticatorBuilder,
  InstantLinkResultType,
  OtpFinishResultType,
  receiveOtp,
} from '/sdk/ringtrue.js';

/**
 * @param {import('./screens.js').Screens} screens
 * @param {() => Promise<void>} showResult asks our back end, which asks `verify-status`
 */
export function createAuthenticator(screens, showResult) {
  /** @type {string | null} typed beside the code or the link, for the next start step */
  let newNumber = null;

  /**
   * Before a message: to which number? Our back end has named one already, so the usual answer
   * is `null`, keep it. With an error, the server has refused the last one.
   * @type {import('/sdk/ringtrue.js').StartStep}
   */
  const startStep = async (phoneNumberNeeded, refused) => {
    if (!phoneNumberNeeded && !refused) return null;
    const typed = refused ? null : newNumber;
    const phoneNumber = typed ?? (await screens.askNumber(refused));
    newNumber = null;
    if (!phoneNumber) return null;
    screens.messageGoesTo(phoneNumber);
    return { phoneNumber };
  };

  /**
   * A code was sent. Called again, with the reason, for as long as the server takes another try.
   * @type {import('/sdk/ringtrue.js').OtpFinishStep}
   */
  const codeStep = async (otpError, signal) => {
    // Chrome on Android can read the code from the message; elsewhere this yields null.
    receiveOtp(signal).then((otp) => otp && screens.fillCode(otp));

    const answer = await screens.askCode(otpError);
    if ('resend' in answer) return { resultType: OtpFinishResultType.OnResendOtp };
    if ('code' in answer) {
      return { resultType: OtpFinishResultType.OnSuccess, input: { otp: answer.code } };
    }
    newNumber = answer.phoneNumber;
    return { resultType: OtpFinishResultType.OnMobileNumberChange };
  };

  /**
   * A link was sent; with an error, no other one was. While nobody presses anything here, the wait for the link goes on.
   * @type {import('/sdk/ringtrue.js').InstantLinkRetryStep}
   */
  const linkStep = async (refused) => {
    const answer = await screens.waitForLink(refused);
    if ('resend' in answer) return { resultType: InstantLinkResultType.OnResend };
    newNumber = answer.phoneNumber;
    return { resultType: InstantLinkResultType.OnMobileNumberChange };
  };

  return new AuthenticatorBuilder()
    // Runs when the flow is over, well or badly. It proves nothing, since a browser can be made to
    // say anything: our back end asks Ringtrue, and the page shows what that found.
    .withAuthFinishStep(showResult)
    .withOtpFallback(startStep, codeStep)
    .withInstantLinkFallback(startStep, linkStep)
    // Silent network authentication needs no screen: where it works, no code is asked for.
    .withMobileAuthImplementation('fetch')
    .build();
}
