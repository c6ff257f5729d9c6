/**
 * What this tab knows about the sign-up under way. It outlives a reload, not the tab.
 *
 * @typedef {object} Membership
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} phoneNumber where messages go
 * @property {'desktop' | 'mobile'} device
 * @property {number} wrongCodes
 * @property {boolean} silent began with silent network authentication
 */
import { $ } from './screens.js';

const KEY = 'weirstreet.membership';

/** @returns {Membership | null} */
export function load() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
}

/** @param {Membership} membership */
export function save(membership) {
  sessionStorage.setItem(KEY, JSON.stringify(membership));
}

/** @param {Partial<Membership>} change */
export function update(change) {
  const known = load();
  if (known) save({ ...known, ...change });
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

/**
 * Enough of a number to recognise it, not enough to read it over a shoulder: +1 200 ••• 4014.
 * @param {string} phoneNumber
 */
export function masked(phoneNumber) {
  const digits = phoneNumber.replace(/\D/g, '');
  const start = /^\+1\d{10}$/.test(phoneNumber)
    ? `+1 ${digits.slice(1, 4)} `
    : phoneNumber.startsWith('+') ? `+${digits.slice(0, 2)} ` : '';
  return `${start}••• ${digits.slice(-4)}`;
}

/** Writes the number that messages go to into all places that show it. */
export function showNumber() {
  const phoneNumber = load()?.phoneNumber ?? '';
  for (const place of document.querySelectorAll('[data-number]')) {
    // Bullets are read aloud one by one, so screen readers get words.
    $('.seen', place).textContent = masked(phoneNumber);
    $('.heard', place).textContent = `the number ending in ${phoneNumber.slice(-4).split('').join(' ')}`;
  }
}
