/** The sign-up form: names, number, and which way the phone is confirmed. */
import { BackEndError } from './api.js';
import { $, announce, setBusy, setFieldError } from './screens.js';

const form = /** @type {HTMLFormElement} */ ($('#join-form'));
const submit = $('[type=submit]', form);
const failure = $('#join-error');
const way = $('#way');
const otherWay = $('#other-way');

const fields = {
  firstName: /** @type {HTMLInputElement} */ ($('#firstName')),
  lastName: /** @type {HTMLInputElement} */ ($('#lastName')),
  phoneNumber: /** @type {HTMLInputElement} */ ($('#phoneNumber')),
};
const missing = {
  firstName: 'Tell us your first name.',
  lastName: 'Tell us your last name.',
  phoneNumber: 'Tell us your mobile number.',
};
/** @type {Record<'desktop' | 'mobile', [string, string]>} how it goes, and what the other way is called */
const ways = {
  desktop: ['We text a link to your phone. You carry on here.', 'Use a code instead'],
  mobile: ['We check with your mobile network, or text you a code.', 'Use a link instead'],
};

/** @type {'desktop' | 'mobile'} */
let device = 'desktop';
let busy = false;

/** @param {'desktop' | 'mobile'} chosen */
export function setDevice(chosen) {
  device = chosen;
  [way.textContent, otherWay.textContent] = ways[chosen];
}

/** @param {boolean} now */
export function setFormBusy(now) {
  busy = now;
  setBusy(submit, now);
}

/** @param {string | null} text what is wrong with the whole form */
function setFailure(text) {
  failure.textContent = text ?? '';
  failure.hidden = !text;
}

/** @param {unknown} error from the back end */
export function showFormError(error) {
  const { message, field } = error instanceof BackEndError ? error : { message: String(error) };
  const input = field ? fields[/** @type {keyof typeof fields} */ (field)] : undefined;
  if (!input) return setFailure(message);
  setFieldError(input, message);
  input.focus();
}

/** @param {{firstName?: string, lastName?: string, phoneNumber?: string}} values */
export function fillForm(values) {
  for (const [name, input] of Object.entries(fields)) {
    input.value = values[/** @type {keyof typeof fields} */ (name)] ?? '';
    setFieldError(input, null);
  }
  setFailure(null);
}

/** Marks what is missing. Returns whether all is there. */
function checkFilled() {
  const empty = Object.entries(fields).filter(([, input]) => !input.value.trim());
  for (const [name, input] of empty) {
    setFieldError(input, missing[/** @type {keyof typeof fields} */ (name)]);
  }
  empty[0]?.[1].focus();
  return empty.length === 0;
}

/** @param {(application: import('./api.js').Application) => void} action */
export function onJoin(action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) return;
    setFailure(null);
    if (!checkFilled()) return;
    action({
      firstName: fields.firstName.value.trim(),
      lastName: fields.lastName.value.trim(),
      phoneNumber: fields.phoneNumber.value.trim(),
      device,
    });
  });
}

for (const input of Object.values(fields)) {
  input.addEventListener('input', () => setFieldError(input, null));
}

otherWay.addEventListener('click', () => {
  setDevice(device === 'desktop' ? 'mobile' : 'desktop');
  announce(way.textContent ?? '');
});

/** The button to go on with once a persona has filled the form. */
export const joinButton = submit;
