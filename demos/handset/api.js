/**
 * The handset's calls, each with the key from the page's fragment.
 *
 * @typedef {{id: string, to: string, body: string, kind: 'otp' | 'link', code?: string, link?: string, sentAt: string, segments: number}} Message
 * @typedef {{phoneNumber: string, name: string, outcome: string, silentNetworkAuth: boolean}} Persona
 * @typedef {{now: string, advancedSeconds: number}} Clock
 */

const STORED = 'ringtrue.handset.key';

/** The fragment wins, so that a fresh link works in an old tab. */
export function key() {
  const fromLink = new URLSearchParams(location.hash.slice(1)).get('key');
  if (fromLink) sessionStorage.setItem(STORED, fromLink);
  return fromLink ?? sessionStorage.getItem(STORED);
}

/** The key is missing, or the server doesn't know it (any more). */
export class KeyRefused extends Error {}

/**
 * @param {string} path
 * @param {{method?: string, body?: object}} [request]
 */
async function call(path, { method = 'GET', body } = {}) {
  const response = await fetch(`/v1/handset/${path}`, {
    method,
    headers: { Authorization: `Bearer ${key()}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (response.status === 401) throw new KeyRefused('the key was refused');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

/** @type {() => Promise<Persona[]>} */
export const getNumbers = async () => (await call('numbers')).numbers;

/**
 * Oldest first, as a phone shows them.
 * @type {(to: string) => Promise<Message[]>}
 */
export const getMessages = async (to) =>
  (await call(`messages?to=${encodeURIComponent(to)}`)).messages.reverse();

/** @type {(to: string, enabled: boolean) => Promise<{to: string, enabled: boolean}>} */
export const setNetwork = (to, enabled) => call('network', { method: 'PUT', body: { to, enabled } });

/** @type {() => Promise<Clock>} */
export const getClock = () => call('clock');

/** @type {(advanceSeconds: number) => Promise<Clock>} */
export const advanceClock = (advanceSeconds) => call('clock', { method: 'POST', body: { advanceSeconds } });
