/** The screen that asks for the code from the text message. */
import { $, announce, question, setBusy, setFieldError, show } from './screens.js';
import * as membership from './membership.js';
import { acceptNumber, askNumber } from './number-screen.js';
import { resendButton } from './resend.js';

/** How many wrong codes the server accepts for one flow; a resend doesn't start the count again. */
const TRIES = 3;

const form = /** @type {HTMLFormElement} */ ($('#code-form'));
const input = /** @type {HTMLInputElement} */ ($('#code'));
const confirm = $('[type=submit]', form);
const sent = $('#code-sent');
const resend = resendButton('code');

/** @type {ReturnType<typeof question<import('./screens.js').CodeAnswer>>} */
const asked = question();
let resent = false;

/** @param {import('./screens.js').StepError} error */
function wordsFor(error) {
  switch (error.code) {
    case 9201: {
      const left = TRIES - (membership.load()?.wrongCodes ?? 0);
      if (left < 1) return 'That code is not right.';
      return `That code is not right. You have ${left === 1 ? 'one try' : `${left} tries`} left.`;
    }
    case 9202:
      return 'That code has expired. Ask for a new one below.';
    case 9205:
      return 'We have sent as many messages as we may. Use the last code, or cancel and start again.';
    default:
      return error.message || 'That did not work. Please try again.';
  }
}

/**
 * @param {import('./screens.js').StepError} [error]
 * @returns {Promise<import('./screens.js').CodeAnswer>}
 */
export function askCode(error) {
  const answer = asked.ask();
  acceptNumber();
  membership.showNumber();
  if (error?.code === 9201) {
    membership.update({ wrongCodes: (membership.load()?.wrongCodes ?? 0) + 1 });
  }
  setBusy(confirm, false);
  setFieldError(input, error ? wordsFor(error) : null);
  $('#code-fallback').hidden = !membership.load()?.silent || resent || Boolean(error);

  if (!error) {
    input.value = '';
    sent.hidden = !resent;
    if (resent) announce('A new code is on its way.');
    resend.pause();
  }
  if (error?.code === 9202) {
    input.value = '';
    resend.allow();
  }
  if (error?.code === 9205) resend.refuse('No further message can be sent.');
  resent = false;

  show('code', input);
  if (error) {
    sent.hidden = true;
    input.focus();
    input.select();
  }
  return answer;
}

/** @param {string} code what the browser read from the message */
export function fillCode(code) {
  if (!asked.isOpen()) return;
  input.value = code;
  form.requestSubmit();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!asked.isOpen()) return;
  // "123 456", "G-123456" and a whole pasted message line all mean their digits.
  const code = input.value.replace(/\D/g, '');
  if (!code) {
    setFieldError(input, 'Type the digits from the message.');
    input.focus();
    return;
  }
  input.value = code;
  setBusy(confirm, true);
  asked.answer({ code });
});

input.addEventListener('input', () => setFieldError(input, null));

resend.onPress(() => {
  if (!asked.isOpen()) return;
  resent = true;
  asked.answer({ resend: true });
});

$('[data-change-number]', $('[data-screen=code]')).addEventListener('click', async () => {
  if (!asked.isOpen()) return;
  const phoneNumber = await askNumber();
  if (phoneNumber) asked.answer({ phoneNumber });
  else show('code', input);
});
