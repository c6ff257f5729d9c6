import { RingtrueError, StepFault } from './errors.js';

/** A server answer (contract §1). `data: null` counts as absent, `data: {}` as present. */
export interface Reply {
  next?: string;
  data?: Record<string, unknown>;
  error?: { code?: number; message?: string };
}

/** Reads the text of an answer or of a WebSocket message. What cannot be read is a fault of the step. */
export function parseReply(text: unknown): Reply {
  let raw: unknown;
  try {
    raw = JSON.parse(String(text));
  } catch (cause) {
    throw new StepFault('answer is not JSON', { cause });
  }
  if (!isRecord(raw)) throw new StepFault('answer is not a JSON object');
  const reply: Reply = {};
  if (typeof raw['next'] === 'string') reply.next = raw['next'];
  // Anything but null is "present", whatever it holds.
  if (raw['data'] != null) reply.data = isRecord(raw['data']) ? raw['data'] : {};
  if (raw['error'] != null) reply.error = wordsOf(raw['error']);
  return reply;
}

/**
 * Where a flow goes after an answer. An error that names a step goes on with it; one that names none ends the flow, and so
 * does an answer that forgot to name a step.
 */
export function nextOf(reply: Reply): string {
  if (reply.error) {
    if (reply.next) return reply.next;
    throw new RingtrueError('refused', reply.error.message ?? 'refused by the server', {
      serverCode: reply.error.code,
    });
  }
  if (reply.next === undefined) throw new RingtrueError('bad_answer', 'answer names no next step');
  return reply.next;
}

/** `code` and `message` of an object, where they are what they should be. */
export function wordsOf(value: unknown): { code?: number; message?: string } {
  const words: { code?: number; message?: string } = {};
  if (!isRecord(value)) return words;
  if (typeof value['code'] === 'number') words.code = value['code'];
  if (typeof value['message'] === 'string' && value['message'] !== '') words.message = value['message'];
  return words;
}

/** Whether `data` says something, rather than only being there. */
export function hasWords(data: Record<string, unknown> | undefined): data is Record<string, unknown> {
  return Object.keys(wordsOf(data)).length > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
