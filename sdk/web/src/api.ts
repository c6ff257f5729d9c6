import { openScope, pause, refuseIfAborted } from './abort.js';
import { RingtrueError, StepFault, textOf } from './errors.js';
import type { Platform } from './platform.js';
import { parseReply, type Reply } from './reply.js';
import { CLIENT_HEADER } from './version.js';

const CALL_LIMIT_MS = 20_000;
/** A person who cancelled should not be kept waiting for a dead network. */
const FAREWELL_LIMIT_MS = 5_000;
const REPORT_AGAIN_MS = 500;
const REPORT_TEXT_LIMIT = 300;

/** The device API of one flow. */
export interface Api {
  readonly endpoint: string;
  readonly token: string;
  /** One call, made once. Rejects with a `StepFault` (report it) or a `RingtrueError` (the flow is over). */
  call(path: string, body: object, signal: AbortSignal): Promise<Reply>;
  /** Tells the server why a step failed; the answer says how to go on. */
  report(step: string, fault: { code?: number | undefined; message: string }, signal: AbortSignal): Promise<Reply>;
  /** The last word of a cancelled flow: outlives the page, and its fate changes nothing. */
  farewell(step: string, fault: { code: number; message: string }): Promise<void>;
}

export function openApi(platform: Platform, endpoint: string, token: string): Api {
  async function post(path: string, body: object, signal: AbortSignal, limitMs: number, keepalive: boolean) {
    refuseIfAborted(signal);
    const scope = openScope(signal);
    let late = false;
    const stopTimer = platform.startTimer(() => {
      late = true;
      scope.end();
    }, limitMs);
    try {
      const response = await platform.fetch(`${endpoint}/v1/client/${path}`, {
        method: 'POST',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'PA-Version': CLIENT_HEADER,
          Authorization: `Bearer ${token}`,
        },
        body: JSON.stringify(body),
        credentials: 'omit',
        signal: scope.signal,
        keepalive,
      });
      if (!response.ok) throw httpError(response.status);
      return parseReply(await response.text());
    } catch (cause) {
      if (cause instanceof RingtrueError || cause instanceof StepFault) throw cause;
      refuseIfAborted(signal);
      const text = late ? `no answer within ${limitMs / 1000} s` : textOf(cause);
      throw new StepFault(text, { cause, unanswered: true });
    } finally {
      stopTimer();
      scope.end();
    }
  }

  const call = (path: string, body: object, signal: AbortSignal) => post(path, body, signal, CALL_LIMIT_MS, false);

  return {
    endpoint,
    token,
    call,

    async report(step, fault, signal) {
      const body = reportBody(fault);
      try {
        return await call(`${step}/error`, body, signal);
      } catch (first) {
        if (!(first instanceof StepFault)) throw first;
        try {
          // A report told twice doubles nothing. Every other call might: it is made once.
          if (!first.unanswered) throw first;
          await pause(platform, REPORT_AGAIN_MS, signal);
          return await call(`${step}/error`, body, signal);
        } catch (second) {
          if (!(second instanceof StepFault)) throw second;
          const code = second.unanswered ? 'network' : 'bad_answer';
          throw new RingtrueError(code, second.message, { retryable: second.unanswered, cause: second.cause });
        }
      }
    },

    async farewell(step, fault) {
      try {
        await post(`${step}/error`, reportBody(fault), new AbortController().signal, FAREWELL_LIMIT_MS, true);
      } catch {
        // The server's own time limits end the flow then.
      }
    },
  };
}

function reportBody(fault: { code?: number | undefined; message: string }): object {
  const message = fault.message.slice(0, REPORT_TEXT_LIMIT);
  return fault.code === undefined ? { message } : { code: fault.code, message };
}

function httpError(status: number): RingtrueError {
  if (status === 401) return new RingtrueError('expired', 'authToken is no longer accepted');
  const text = `server answered with status ${status}`;
  if (status === 403) return new RingtrueError('http', `${text}: the project does not let this page call`);
  const retryable = status === 408 || status === 429 || status >= 500;
  return new RingtrueError('http', text, { retryable });
}
