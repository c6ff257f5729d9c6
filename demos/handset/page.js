/** Small helpers around the page's elements. */

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

/** @param {string} text for screen readers, without moving the focus */
export function announce(text) {
  const region = $('#announcer');
  region.textContent = '';
  setTimeout(() => (region.textContent = text), 50);
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** @param {Date} time */
export const clockTime = (time) => timeFormat.format(time);
