/**
 * The code of a text message, where the browser can hand it over (WebOTP: Chrome on Android); the message must end in
 * `@<page host> #<code>`. Resolves with null when it can't, when the person declines, and when the signal aborts. Never rejects.
 * iOS offers the code by itself to an input with `autocomplete="one-time-code"`: use one input, not one per digit.
 *
 * @example
 * receiveOtp(signal).then((otp) => {
 *   if (otp) submitCode(otp);
 * });
 */
export async function receiveOtp(signal?: AbortSignal): Promise<string | null> {
  try {
    if (!('OTPCredential' in globalThis)) return null;
    const request = { otp: { transport: ['sms'] }, ...(signal && { signal }) };
    const credential = (await navigator.credentials.get(request as CredentialRequestOptions)) as { code?: unknown } | null;
    return typeof credential?.code === 'string' ? credential.code : null;
  } catch {
    return null;
  }
}
