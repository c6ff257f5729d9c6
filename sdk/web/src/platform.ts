import type { FlowStorage } from './settings.js';

/** What one WebSocket tells; nothing is told after `close()`. */
export interface SocketEvents {
  onOpen(): void;
  /** `data` is a string for text frames, something else for binary ones. */
  onMessage(data: unknown): void;
  onClose(code: number): void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

/** Everything this client wants of the browser, so that tests can stand in for it. */
export interface Platform {
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string, events: SocketEvents): Socket;
  /** Resolves when the image was fetched and decodes. */
  loadImage(url: string, signal: AbortSignal): Promise<void>;
  /** Answers with a function that stops the timer. */
  startTimer(run: () => void, delayMs: number): () => void;
  /** Calls when the page comes back to the front or to the network; answers with a function that ends it. */
  onWake(run: () => void): () => void;
  /** At least 0, less than 1; for jitter, never for secrets. */
  random(): number;
  nowMs(): number;
  readonly userAgent: string;
  /** `https:` or `http:` of the page, or empty. */
  readonly pageProtocol: string;
  /** The tab's own storage, or null where there is none. */
  readonly storage: FlowStorage | null;
}

/** The browser this script runs in. */
export function browserPlatform(): Platform {
  return {
    fetch: (url, init) => fetch(url, init),
    openSocket: openBrowserSocket,
    loadImage: loadBrowserImage,
    startTimer(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    onWake: onBrowserWake,
    random: () => Math.random(),
    nowMs: () => Date.now(),
    userAgent: globalThis.navigator?.userAgent ?? '',
    pageProtocol: globalThis.location?.protocol ?? '',
    storage: tabStorage(),
  };
}

function openBrowserSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url);
  socket.onopen = () => events.onOpen();
  socket.onmessage = (event) => events.onMessage(event.data);
  socket.onclose = (event) => events.onClose(event.code);
  return {
    send: (text) => socket.send(text),
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

async function loadBrowserImage(url: string, signal: AbortSignal): Promise<void> {
  const image = new Image();
  const drop = () => {
    image.src = '';
  };
  signal.addEventListener('abort', drop);
  try {
    image.referrerPolicy = 'no-referrer';
    image.src = url;
    await image.decode();
  } finally {
    signal.removeEventListener('abort', drop);
  }
}

function onBrowserWake(run: () => void): () => void {
  // Called outside a browser window (a worker, a server rendering the page): there is nothing to hear.
  if (typeof document === 'undefined') return () => {};
  const onVisible = () => {
    if (document.visibilityState === 'visible') run();
  };
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('online', run);
  addEventListener('pageshow', run);
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    removeEventListener('online', run);
    removeEventListener('pageshow', run);
  };
}

function tabStorage(): FlowStorage | null {
  // Reading the property alone throws where the person has blocked site data.
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
