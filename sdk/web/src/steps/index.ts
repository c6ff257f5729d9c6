import { RingtrueError, StepFault } from '../errors.js';
import type { Role } from '../settings.js';
import type { FlowStep } from '../step.js';
import { instantLink } from './instant-link.js';
import { mobileOtp } from './mobile-otp.js';
import { networkAuth } from './network-auth.js';

const MOBILE_OTP: FlowStep = { errorPath: 'mobile/otp', cancelText: 'cancelled', run: mobileOtp };
const INSTANT_LINK: FlowStep = {
  errorPath: 'mobile/instantlink',
  cancelText: 'cancelled: socket closed with code 1005',
  run: instantLink,
};
const NETWORK_AUTH: FlowStep = { errorPath: 'mobile/instant', cancelText: 'cancelled', run: networkAuth };

/** A code is entered where the flow runs; a secondary device only waits for the phone (contract §3). */
const OTP_ELSEWHERE: FlowStep = {
  ...MOBILE_OTP,
  run: () => Promise.reject(new StepFault('the secondary role has no mobile/otp')),
};

/** Device keys and vendor steps are not offered by the server yet, so their names are unknown here. */
export function stepNamed(name: string, role: Role): FlowStep {
  switch (name) {
    case 'mobile/instant':
      return NETWORK_AUTH;
    case 'mobile/instantlink':
      return INSTANT_LINK;
    case 'mobile/otp':
      return role === 'primary' ? MOBILE_OTP : OTP_ELSEWHERE;
    default:
      throw new RingtrueError('unknown_step', `server asks for an unknown step "${name.slice(0, 40)}"`);
  }
}
