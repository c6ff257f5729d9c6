/** The message list: what is new is added at the bottom, what stands there stays untouched. */
import { $, announce, clockTime } from './page.js';

const list = $('#messages');
const screen = $('#screen');
const template = /** @type {HTMLTemplateElement} */ ($('#message-template'));

/** @param {string} url */
function link(url) {
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.target = '_blank';
  anchor.rel = 'noopener';
  anchor.textContent = url;
  return anchor;
}

/** @param {string} code */
function copyButton(code) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = `Copy ${code}`;
  button.addEventListener('click', async () => {
    // No clipboard on a page without a secure context; the code can still be selected by hand.
    const copied = await navigator.clipboard?.writeText(code).then(() => true, () => false);
    button.textContent = copied ? `Copied ${code}` : `Code ${code}`;
    announce(copied ? 'Copied.' : 'This browser doesn’t allow copying here.');
    setTimeout(() => (button.textContent = `Copy ${code}`), 2000);
  });
  return button;
}

/** @param {import('./api.js').Message} message */
function bubbleParts({ body, code, link: url }) {
  const mark = url ?? code;
  const at = mark ? body.indexOf(mark) : -1;
  if (!mark || at < 0) return [body];
  const marked = url ? link(url) : Object.assign(document.createElement('strong'), { textContent: mark });
  return [body.slice(0, at), marked, body.slice(at + mark.length)];
}

/** @param {import('./api.js').Message} message */
function item(message) {
  const li = $('li', /** @type {DocumentFragment} */ (template.content.cloneNode(true)));
  const sentAt = new Date(message.sentAt);
  li.dataset.id = message.id;
  li.dataset.kind = message.kind;
  const time = /** @type {HTMLTimeElement} */ ($('time', li));
  time.dateTime = message.sentAt;
  time.textContent = clockTime(sentAt);
  $('.segments', li).textContent = message.segments === 1 ? '1 segment' : `${message.segments} segments`;
  $('.bubble', li).append(...bubbleParts(message));
  if (message.code) li.append(copyButton(message.code));
  return li;
}

/** @param {import('./api.js').Message[]} messages oldest first */
export function showMessages(messages) {
  const shown = new Set([...list.children].map((li) => /** @type {HTMLElement} */ (li).dataset.id));
  const fresh = messages.filter(({ id }) => !shown.has(id));
  $('#empty').hidden = messages.length > 0;
  if (fresh.length === 0) return;
  const atBottom = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 80;
  list.append(...fresh.map(item));
  if (atBottom || shown.size === 0) screen.scrollTop = screen.scrollHeight;
}

/** Another phone is shown. */
export function clearMessages() {
  list.replaceChildren();
  $('#empty').hidden = true;
}
