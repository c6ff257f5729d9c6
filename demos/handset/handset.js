/** The virtual handset: one phone at a time, asked for news every second while somebody looks. */
import { advanceClock, getClock, getMessages, getNumbers, key, KeyRefused, setNetwork } from './api.js';
import { clearMessages, showMessages } from './messages.js';
import { $, announce, clockTime } from './page.js';

const POLL_MS = 1000;
/** After a failed call. */
const RETRY_MS = 3000;
const REMEMBERED = 'ringtrue.handset.number';

const picker = /** @type {HTMLSelectElement} */ ($('#number'));
const network = $('#network');
const trouble = $('#trouble');

/** @type {Map<string, import('./api.js').Persona>} */
const phones = new Map();
/** How far the sandbox clock is ahead of this machine's. */
let aheadMs = 0;
let timer = 0;

/** @param {string} why */
function lock(why) {
  clearTimeout(timer);
  $('#handset').hidden = true;
  $('#locked').hidden = false;
  $('#locked-why').textContent = why;
}

/**
 * Runs a call and says so beside the phone if it fails.
 * @template T
 * @param {Promise<T>} call
 * @returns {Promise<T | null>}
 */
async function attempt(call) {
  try {
    const answer = await call;
    trouble.hidden = true;
    return answer;
  } catch (error) {
    if (error instanceof KeyRefused) lock('The server doesn’t accept the key in this link. It may be from an earlier run.');
    else if (trouble.hidden) {
      trouble.textContent = 'The server doesn’t answer. Trying again every few seconds.';
      trouble.hidden = false;
    }
    return null;
  }
}

/** @param {import('./api.js').Clock} clock */
function showClock({ now, advancedSeconds }) {
  aheadMs = Date.parse(now) - Date.now();
  const minutes = Math.round(advancedSeconds / 60);
  $('#clock-ahead').textContent = minutes ? `${minutes} min ahead` : 'on time';
  tick();
}

function tick() {
  const now = new Date(Date.now() + aheadMs);
  $('#clock-now').textContent = clockTime(now);
  $('#phone-time').textContent = clockTime(now);
}

/** @param {import('./api.js').Persona} phone */
function showPhone({ phoneNumber, name, outcome, silentNetworkAuth }) {
  picker.value = phoneNumber;
  $('#outcome').textContent = outcome;
  $('#phone-owner').textContent = `${name} · ${phoneNumber}`;
  $('#empty-number').textContent = phoneNumber;
  network.setAttribute('aria-checked', String(silentNetworkAuth));
  localStorage.setItem(REMEMBERED, phoneNumber);
  const address = new URL(location.href);
  address.searchParams.set('to', phoneNumber);
  history.replaceState(null, '', address);
  clearMessages();
}

async function poll() {
  clearTimeout(timer);
  if (document.hidden) return;
  const to = picker.value;
  const messages = await attempt(getMessages(to));
  if ($('#handset').hidden) return;
  if (messages && to === picker.value) showMessages(messages);
  tick();
  clearTimeout(timer);
  timer = window.setTimeout(poll, messages ? POLL_MS : RETRY_MS);
}

/** A number that no persona has is offered as well: a link to this page may name it. */
function fillPicker() {
  const wanted = new URLSearchParams(location.search).get('to') ?? localStorage.getItem(REMEMBERED);
  if (wanted && !phones.has(wanted)) {
    phones.set(wanted, { phoneNumber: wanted, name: 'Unknown number', outcome: 'No persona has this number.', silentNetworkAuth: false });
  }
  picker.replaceChildren(
    ...[...phones.values()].map(({ phoneNumber, name }) => new Option(`${name}, ${phoneNumber}`, phoneNumber)),
  );
  const phone = phones.get(wanted ?? '') ?? [...phones.values()][0];
  if (phone) showPhone(phone);
}

async function open() {
  if (!key()) return lock('There is no key in this page’s address.');
  const [numbers, clock] = await Promise.all([attempt(getNumbers()), attempt(getClock())]);
  if (!$('#locked').hidden) return;
  $('#handset').hidden = false;
  if (!numbers || !clock) {
    timer = window.setTimeout(open, RETRY_MS);
    return;
  }
  for (const number of numbers) phones.set(number.phoneNumber, number);
  fillPicker();
  showClock(clock);
  await poll();
}

picker.addEventListener('change', () => {
  const phone = phones.get(picker.value);
  if (phone) showPhone(phone);
  poll();
});

network.addEventListener('click', async () => {
  const phone = phones.get(picker.value);
  if (!phone) return;
  const answer = await attempt(setNetwork(phone.phoneNumber, !phone.silentNetworkAuth));
  if (!answer) return;
  phone.silentNetworkAuth = answer.enabled;
  if (picker.value === phone.phoneNumber) network.setAttribute('aria-checked', String(answer.enabled));
});

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-advance]'))) {
  button.addEventListener('click', async () => {
    const clock = await attempt(advanceClock(Number(button.dataset.advance)));
    if (!clock) return;
    showClock(clock);
    announce(`The sandbox clock shows ${$('#clock-now').textContent}.`);
  });
}

document.addEventListener('visibilitychange', async () => {
  if (document.hidden || $('#handset').hidden || phones.size === 0) return;
  poll();
  // Somebody else may have moved the clock meanwhile.
  const clock = await attempt(getClock());
  if (clock) showClock(clock);
});
// A new link in the same tab brings a new key.
window.addEventListener('hashchange', () => location.reload());

open();
