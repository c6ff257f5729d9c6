/** The screen that waits for the link to be opened on the phone. */
import { $, announce, question, show } from './screens.js';
import * as membership from './membership.js';
import { acceptNumber, askNumber } from './number-screen.js';
import { resendButton } from './resend.js';

const screen = $('[data-screen=link]');
const sent = $('#link-sent');
const resend = resendButton('link');

/** @type {ReturnType<typeof question<import('./screens.js').LinkAnswer>>} */
const asked = question();
let resent = false;

/**
 * @param {import('./screens.js').StepError} [refused] why no other link was sent
 * @returns {Promise<import('./screens.js').LinkAnswer>}
 */
export function waitForLink(refused) {
  const answer = asked.ask();
  acceptNumber();
  membership.showNumber();
  sent.hidden = !resent || Boolean(refused);
  if (refused) resend.refuse('We have sent as many links as we may. Open the last one, or cancel and start again.');
  else if (resent) announce('A new link is on its way.');
  if (!refused) resend.pause();
  resent = false;
  show('link');
  return answer;
}

resend.onPress(() => {
  resent = true;
  asked.answer({ resend: true });
});

$('[data-change-number]', screen).addEventListener('click', async () => {
  if (!asked.isOpen()) return;
  const phoneNumber = await askNumber();
  if (phoneNumber) asked.answer({ phoneNumber });
  else show('link');
});
