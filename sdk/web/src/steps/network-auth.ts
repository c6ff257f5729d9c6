import { askCarrier } from '../carrier.js';
import { CLIENT_FAILED, StepFault } from '../errors.js';
import { nextOf } from '../reply.js';
import type { StepContext } from '../step.js';

/**
 * Silent network authentication (contract §7): the browser visits the carrier, which knows the number by its own network, and
 * what the carrier says goes back to the server. Anything that fails is reported, and the server falls back.
 */
export async function networkAuth(ctx: StepContext): Promise<string> {
  const { api, settings, signal } = ctx;
  const start = { cellularIp: settings.deviceIpAddress, implementation: settings.mobileAuth };
  const begun = await api.call('mobile/instant/start', start, signal);
  if (begun.error) return nextOf(begun);
  const redirectUrl = begun.data?.['redirectUrl'];
  if (typeof redirectUrl !== 'string') {
    throw new StepFault('start answer names no redirectUrl', { reportCode: CLIENT_FAILED });
  }
  const vfp = await askCarrier(ctx.platform, redirectUrl, settings.mobileAuth, signal);
  return nextOf(await api.call('mobile/instant/finish', { vfp }, signal));
}
