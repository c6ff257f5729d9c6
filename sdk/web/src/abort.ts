import type { Platform } from './platform.js';

/** A part of a flow that can be ended by itself and ends with its parent. */
export interface Scope {
  readonly signal: AbortSignal;
  /** Aborts what still runs under this scope, and forgets the parent. */
  end(): void;
}

export function openScope(parent: AbortSignal): Scope {
  const own = new AbortController();
  const end = () => {
    parent.removeEventListener('abort', end);
    own.abort();
  };
  if (parent.aborted) own.abort();
  else parent.addEventListener('abort', end);
  return { signal: own.signal, end };
}

/** Thrown where something was waited for under a signal that aborted; whoever aborted knows why. */
export class Aborted extends Error {}

export function refuseIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Aborted('aborted');
}

/** The promise, or a rejection as soon as the signal aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Aborted('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Waits; a page that comes back to the front or to the network ends it early. */
export async function pause(platform: Platform, delayMs: number, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    const stopTimer = platform.startTimer(resolve, delayMs);
    const stopWake = platform.onWake(resolve);
    stop = () => {
      stopTimer();
      stopWake();
    };
  });
  try {
    await abortable(over, signal);
  } finally {
    stop();
  }
}
