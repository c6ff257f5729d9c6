import { AuthenticatorBuilder, OtpFinishResultType } from "{{ self.0.origin }}/sdk/ringtrue.js";

// `screens` is yours: what the person sees. `authToken` is what your back end sent.
export function verify(authToken, screens) {
  const startStep = async (phoneNumberNeeded) =>
    phoneNumberNeeded ? { phoneNumber: await screens.askNumber() } : null;
  // Called again, with the reason, for as long as another try is taken.
  const codeStep = async (otpError) => {
    const otp = await screens.askCode(otpError);
    return { resultType: OtpFinishResultType.OnSuccess, input: { otp } };
  };

  return new AuthenticatorBuilder()
    // Runs when the flow is over, well or badly: ask your back end which.
    .withAuthFinishStep(() => screens.showResult())
    .withOtpFallback(startStep, codeStep)
    // Silent network authentication needs no screen: where it works, no code is asked for.
    .withMobileAuthImplementation("fetch")
    .build()
    .authenticate(authToken);
}
