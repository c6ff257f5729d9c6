import type { FlowStorage } from './settings.js';

const KEY = 'ringtrue.pending';

/**
 * What the server was already asked to send, and how its answer said to go on: a reload must not send it again.
 * `link-wait`: only wait; `link-retry`: offer the retry step while waiting.
 */
export type Sent = 'code' | 'link-wait' | 'link-retry';

export interface PendingFlow {
  readonly token: string;
  readonly step: string;
  readonly sent: Sent | null;
  /** When the authToken is too old to be taken up again, by this browser's clock. */
  readonly untilMs: number;
}

/** The one unfinished flow of this tab. No method throws, whatever the storage does. */
export interface PendingStore {
  read(nowMs: number): PendingFlow | null;
  write(flow: PendingFlow): void;
  /** Forgets the flow of this token; another one that has taken its place stays. */
  clear(token: string): void;
}

export function openPendingStore(storage: FlowStorage | null): PendingStore {
  const attempt = <T>(use: (storage: FlowStorage) => T): T | null => {
    try {
      return storage && use(storage);
    } catch {
      return null;
    }
  };
  const kept = () => {
    const value = attempt((storage) => JSON.parse(storage.getItem(KEY) ?? 'null') as unknown);
    return isPendingFlow(value) ? value : null;
  };
  return {
    read(nowMs) {
      const flow = kept();
      return flow && nowMs < flow.untilMs ? flow : null;
    },
    write(flow) {
      attempt((storage) => storage.setItem(KEY, JSON.stringify(flow)));
    },
    clear(token) {
      if (kept()?.token === token) attempt((storage) => storage.removeItem(KEY));
    },
  };
}

function isPendingFlow(value: unknown): value is PendingFlow {
  if (typeof value !== 'object' || value === null) return false;
  const { token, step, sent, untilMs } = value as Record<string, unknown>;
  return (
    typeof token === 'string' &&
    typeof step === 'string' &&
    typeof untilMs === 'number' &&
    [null, 'code', 'link-wait', 'link-retry'].includes(sent as Sent | null)
  );
}
