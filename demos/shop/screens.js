/**
 * One screen at a time: which one shows, where the focus goes, what a screen reader is told.
 *
 * @typedef {{code?: number, message?: string}} StepError  why the server wants another answer
 * @typedef {{code: string} | {resend: true} | {phoneNumber: string}} CodeAnswer
 * @typedef {{resend: true} | {phoneNumber: string}} LinkAnswer
 * @typedef {'form' | 'wait' | 'link' | 'code' | 'number' | 'result'} ScreenName
 *
 * @typedef {object} Screens what a verification asks of the person, each question a promise
 * @property {(refused?: StepError) => Promise<string | null>} askNumber null: keep the known one
 * @property {(phoneNumber: string) => void} messageGoesTo
 * @property {(error?: StepError) => Promise<CodeAnswer>} askCode
 * @property {(code: string) => void} fillCode
 * @property {(refused?: StepError) => Promise<LinkAnswer>} waitForLink
 */

/**
 * An element of the page that must be there.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function $(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return /** @type {T} */ (/** @type {unknown} */ (found));
}

const siteName = document.title;

/** @returns {ScreenName} */
export function currentScreen() {
  return /** @type {ScreenName} */ ($('[data-screen]:not([hidden])').dataset.screen);
}

/**
 * Shows a screen and moves the focus to its heading, or to `focus`. Showing the screen that
 * already shows leaves the focus alone, so nothing jumps under somebody who types.
 * @param {ScreenName} name
 * @param {HTMLElement} [focus]
 */
export function show(name, focus) {
  const screen = $(`[data-screen="${name}"]`);
  const heading = $('h1', screen);
  document.title = name === 'form' ? siteName : `${heading.textContent?.trim()} – ${siteName}`;
  if (!screen.hidden) return;
  document.body.dataset.current = name;
  for (const other of document.querySelectorAll('[data-screen]')) {
    /** @type {HTMLElement} */ (other).hidden = other !== screen;
  }
  (focus ?? heading).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

/**
 * Says something to screen readers without moving the focus.
 * @param {string} text
 */
export function announce(text) {
  const region = $('#announcer');
  region.textContent = '';
  // A region that is emptied and filled in one go counts as unchanged.
  setTimeout(() => (region.textContent = text), 50);
}

/**
 * A question to the person. The first answer counts, so a double click is harmless.
 * @template T
 */
export function question() {
  /** @type {((answer: T) => void) | null} */
  let settle = null;
  return {
    /** @returns {Promise<T>} */
    ask: () => new Promise((resolve) => (settle = resolve)),
    /** @param {T} answer */
    answer(answer) {
      settle?.(answer);
      settle = null;
    },
    isOpen: () => settle !== null,
  };
}

/**
 * A busy button keeps its focus, which a disabled one would lose.
 * @param {HTMLElement} button
 * @param {boolean} busy
 */
export function setBusy(button, busy) {
  button.classList.toggle('is-busy', busy);
  button.setAttribute('aria-disabled', String(busy));
}

/**
 * Puts an error beside its field, or takes it away.
 * @param {HTMLInputElement} input its error element has the same id plus `-error`
 * @param {string | null} text
 */
export function setFieldError(input, text) {
  const error = $(`#${input.id}-error`);
  error.textContent = text ?? '';
  error.hidden = !text;
  input.setAttribute('aria-invalid', String(Boolean(text)));
}
