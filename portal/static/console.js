// The live console: calls as the server tells them, newest first.

/**
 * @typedef {{ at: string, time: string, method: string, path: string, status: number, failed: boolean, took: string,
 *   code?: number, message?: string, mend?: string, correlationId?: string }} Call
 */

const MAX_SHOWN = 200;
/** A browser that gives up a connection is not left alone: milliseconds before the next try, and at most. */
const PAUSES = { first: 2_000, longest: 60_000 };

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(`console-${id}`));
const root = /** @type {HTMLElement} */ (document.getElementById('console'));
const [state, list, empty, pauseButton] = [part('state'), part('calls'), part('empty'), part('pause')];

/** What arrived while paused, oldest first. @type {HTMLElement[] | null} */
let held = null;
let pause = PAUSES.first;

/** @param {string} tag @param {string} className @param {string} text */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** @param {Call} call */
function drawn(call) {
  const item = document.createElement('li');
  if (call.failed) item.className = 'failed';
  const time = element('time', '', call.time);
  time.setAttribute('datetime', call.at);
  const status = element('span', `mark ${call.failed ? 'failed' : 'delivered'}`, String(call.status));
  const head = element('p', 'call', '');
  head.append(time, status, element('code', '', `${call.method} ${call.path}`), element('span', 'hint', call.took));
  item.append(head);
  if (call.message) item.append(element('p', '', call.code ? `${call.code} ${call.message}` : call.message));
  if (call.mend) item.append(element('p', 'mend', call.mend));
  if (call.correlationId) {
    const line = element('p', 'hint', 'correlationId ');
    line.append(element('code', '', call.correlationId));
    item.append(line);
  }
  return item;
}

/** @param {HTMLElement} item */
function show(item) {
  if (held) {
    held.push(item);
    if (held.length > MAX_SHOWN) held.shift();
    pauseButton.textContent = `Go on (${held.length} waiting)`;
    return;
  }
  list.prepend(item);
  while (list.childElementCount > MAX_SHOWN) list.lastElementChild?.remove();
  empty.hidden = true;
}

pauseButton.addEventListener('click', () => {
  const waiting = held;
  held = waiting ? null : [];
  pauseButton.setAttribute('aria-pressed', String(!waiting));
  pauseButton.textContent = waiting ? 'Pause' : 'Go on';
  waiting?.forEach(show);
});

part('clear').addEventListener('click', () => {
  list.replaceChildren();
  empty.hidden = false;
});

function connect() {
  const source = new EventSource(root.dataset.calls ?? '');
  source.addEventListener('open', () => {
    pause = PAUSES.first;
    state.textContent = 'Connected.';
  });
  source.addEventListener('call', (event) => show(drawn(JSON.parse(event.data))));
  source.addEventListener('missed', (event) => {
    show(element('li', 'hint', `${event.data} calls came too fast to be shown.`));
  });
  source.addEventListener('over', (event) => {
    source.close();
    state.textContent = event.data;
  });
  source.addEventListener('error', () => {
    state.textContent = 'Not connected; trying again.';
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, PAUSES.longest);
  });
}

part('needs').hidden = true;
root.hidden = false;
connect();
