import { createAuthenticator, type Authenticator } from './authenticator.js';
import type { AuthFinishStep, InstantLinkRetryStep, OtpFinishStep, StartStep } from './page-steps.js';
import { browserPlatform, type Platform } from './platform.js';
import type { FlowStorage, MobileAuthImplementation, Role, Settings } from './settings.js';

/**
 * Collects the page's steps and settings. Each `with…` answers with the builder itself.
 *
 * @example
 * const authenticator = new AuthenticatorBuilder()
 *   .withAuthFinishStep(async ({ authId }) => showResultOf(authId))
 *   .withOtpFallback(
 *     async (phoneNumberNeeded) => (phoneNumberNeeded ? { phoneNumber: await readNumber() } : null),
 *     async (otpError) => ({ input: { otp: await readCode(otpError) }, resultType: OtpFinishResultType.OnSuccess }),
 *   )
 *   .build();
 */
export class AuthenticatorBuilder {
  private readonly settings: Settings = {
    role: 'primary',
    mobileAuth: 'fetch',
    deviceIpAddress: null,
    finish: null,
    otp: null,
    instantLink: null,
    storage: undefined,
  };

  /**
   * The step that runs at the end of each flow.
   *
   * @example
   * builder.withAuthFinishStep(async ({ authId }) => showResultOf(authId));
   */
  withAuthFinishStep(step: AuthFinishStep): this {
    this.settings.finish = step;
    return this;
  }

  /**
   * The page's screens for a code by text message.
   *
   * @example
   * builder.withOtpFallback(askNumber, askCode);
   */
  withOtpFallback(startStep: StartStep, finishStep: OtpFinishStep): this {
    this.settings.otp = { start: startStep, finish: finishStep };
    return this;
  }

  /**
   * The page's screens for a link by text message; with a retry step the person can have it sent again.
   *
   * @example
   * builder.withInstantLinkFallback(askNumber, askForRetry);
   */
  withInstantLinkFallback(startStep: StartStep, retryStep?: InstantLinkRetryStep): this {
    this.settings.instantLink = { start: startStep, retry: retryStep ?? null };
    return this;
  }

  /**
   * How silent network authentication reaches the carrier. Default: `fetch`.
   *
   * @example
   * builder.withMobileAuthImplementation('pixel');
   */
  withMobileAuthImplementation(implementation: MobileAuthImplementation): this {
    this.settings.mobileAuth = implementation;
    return this;
  }

  /**
   * What this device is in the flow. Default: `primary`.
   *
   * @example
   * builder.withRole(isPhone ? 'primary' : 'secondary');
   */
  withRole(role: Role): this {
    this.settings.role = role;
    return this;
  }

  /**
   * The device's address, where the page's server knows it; sent along for the carrier to be found.
   *
   * @example
   * builder.withDeviceIpAddress('203.0.113.7');
   */
  withDeviceIpAddress(address: string | null): this {
    this.settings.deviceIpAddress = address;
    return this;
  }

  /**
   * Where an unfinished flow is kept over a reload. Default: the tab's `sessionStorage`; null keeps nothing.
   * What is kept holds the authToken, so it should not outlive the tab.
   *
   * @example
   * builder.withStorage(null);
   */
  withStorage(storage: FlowStorage | null): this {
    this.settings.storage = storage;
    return this;
  }

  /**
   * A name for passkeys. The server offers no device keys yet: taken, and without effect.
   *
   * @example
   * builder.withDisplayName('Ada');
   */
  withDisplayName(_displayName: string): this {
    return this;
  }

  /**
   * The universal device key. The server offers no device keys yet: taken, and without effect.
   *
   * @example
   * builder.withUniversalProveKey(true);
   */
  withUniversalProveKey(_enabled = true): this {
    return this;
  }

  /**
   * The authenticator for this page.
   *
   * @example
   * const authenticator = builder.build();
   */
  build(): Authenticator {
    return this.buildOn(browserPlatform());
  }

  /** @internal */
  buildOn(platform: Platform): Authenticator {
    return createAuthenticator(platform, { ...this.settings });
  }
}
