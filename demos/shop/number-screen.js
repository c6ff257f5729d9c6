/** The screen for a different number. Leaving it costs nothing: no message is sent until it is submitted. */
import { $, question, setBusy, setFieldError, show } from './screens.js';
import * as membership from './membership.js';

const form = /** @type {HTMLFormElement} */ ($('#number-form'));
const input = /** @type {HTMLInputElement} */ ($('#new-number'));
const send = $('[type=submit]', form);

/** @type {ReturnType<typeof question<string | null>>} */
const asked = question();
/** @type {string | null} submitted, and not yet known to be accepted */
let candidate = null;

/** @param {import('./screens.js').StepError} error */
function wordsFor(error) {
  switch (error.code) {
    case 9203:
      return 'We can’t send messages to this number. Check it, or use another mobile number.';
    case 9204:
      return 'The number can’t be changed any more. Keep the one you have, or cancel and start again.';
    case 9205:
      return 'We have sent as many messages as we may. Cancel and start again later.';
    default:
      return error.message || 'This number was not accepted.';
  }
}

/**
 * @param {import('./screens.js').StepError} [refused]
 * @returns {Promise<string | null>} null: keep the number that is known
 */
export function askNumber(refused) {
  input.value = (refused && candidate) ?? '';
  candidate = null;
  membership.showNumber();
  setBusy(send, false);
  setFieldError(input, refused ? wordsFor(refused) : null);
  const answer = asked.ask();
  show('number', input);
  if (refused) input.focus();
  return answer;
}

/** @param {string} phoneNumber the next message goes there, if the server agrees */
export function messageGoesTo(phoneNumber) {
  candidate = phoneNumber;
}

/** The server has sent something: the new number counts, and its network was not asked. */
export function acceptNumber() {
  if (candidate) membership.update({ phoneNumber: candidate, silent: false });
  candidate = null;
}

/** @returns {boolean} whether the screen was open */
export function keepNumber() {
  const open = asked.isOpen();
  asked.answer(null);
  return open;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!asked.isOpen()) return;
  const phoneNumber = input.value.trim();
  if (!phoneNumber) {
    setFieldError(input, 'Type a mobile number.');
    input.focus();
    return;
  }
  setBusy(send, true);
  asked.answer(phoneNumber);
});

input.addEventListener('input', () => setFieldError(input, null));
$('#keep-number').addEventListener('click', keepNumber);
