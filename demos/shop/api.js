/**
 * Calls to the shop's own back end. The browser never talks to Ringtrue's server API.
 *
 * @typedef {{firstName: string, lastName: string, phoneNumber: string, device: 'desktop' | 'mobile'}} Application
 * @typedef {{result: 'pass' | 'fail', failureReasons?: Record<string, string>}} Finding
 * @typedef {Partial<Record<'identification' | 'authentication' | 'risk', Finding>>} Evaluation
 * @typedef {object} Result
 * @property {'true' | 'false' | 'pending'} success
 * @property {string} possessionResult
 * @property {string} verifyResult
 * @property {string} [phoneNumber]
 * @property {string} [identityId]
 * @property {Evaluation} [evaluation]
 * @typedef {{phoneNumber: string, name: string, outcome: string}} Persona
 * @typedef {{handsetUrl?: string, resendPauseSeconds?: number}} Config
 */

/** The back end said no, or could not be reached (`status` 0). */
export class BackEndError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {string} [field] which input of the form it is about
   */
  constructor(message, status, field) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/**
 * @param {string} path
 * @param {object} [body] makes it a POST
 */
async function call(path, body) {
  const request = body && {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`/shop/api/${path}`, request).catch(() => null);
  if (!response) {
    throw new BackEndError('We can’t reach our server. Check your connection and try again.', 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { message = 'Something went wrong on our side. Please try again.', field } = answer.error ?? {};
  throw new BackEndError(message, response.status, field);
}

/** @type {(application: Application) => Promise<{authToken: string, phoneNumber: string}>} */
export const startVerification = (application) => call('verify', application);

/** @type {() => Promise<Result>} */
export const getResult = () => call('result');

/** @type {() => Promise<Persona[]>} */
export const getPersonas = () => call('personas');

/** @type {() => Promise<Config>} */
export const getConfig = () => call('config');
