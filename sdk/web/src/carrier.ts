import { openScope, refuseIfAborted } from './abort.js';
import { CLIENT_FAILED, StepFault, textOf } from './errors.js';
import { isLoopback } from './origin.js';
import type { Platform } from './platform.js';
import type { MobileAuthImplementation } from './settings.js';
import { VERSION } from './version.js';

/** Our choice: the person waits in front of an empty screen meanwhile, and a code by text message is the way out. */
const CARRIER_LIMIT_MS = 15_000;

/** Names of the contract's mobile-auth errors (§13), for the end of a report's text. */
type Trouble = 'timeout' | 'communication' | 'malformed input' | 'bad credentials' | 'expired' | 'invalid response';

/** Visits the carrier and resolves with the vfp for the server: empty for `pixel`, which cannot read the answer. */
export async function askCarrier(
  platform: Platform,
  redirectUrl: string,
  implementation: MobileAuthImplementation,
  parent: AbortSignal,
): Promise<string> {
  const url = checkedUrl(redirectUrl);
  const scope = openScope(parent);
  let late = false;
  const stopTimer = platform.startTimer(() => {
    late = true;
    scope.end();
  }, CARRIER_LIMIT_MS);
  try {
    if (implementation === 'pixel') return await viaPixel(platform, url, scope.signal);
    return await viaFetch(platform, url, scope.signal);
  } catch (cause) {
    refuseIfAborted(parent);
    if (late) throw trouble('timeout', `no answer within ${CARRIER_LIMIT_MS / 1000} s`);
    throw cause instanceof StepFault ? cause : trouble('communication', textOf(cause), cause);
  } finally {
    stopTimer();
    scope.end();
  }
}

async function viaPixel(platform: Platform, url: URL, signal: AbortSignal): Promise<string> {
  if (/^[23]$/.test(url.searchParams.get('pfflow') ?? '')) throw trouble('malformed input', 'pixel cannot follow pfflow');
  url.searchParams.append('sdkVersion', VERSION);
  const scope = openScope(signal);
  try {
    // An image does not always settle when it is dropped.
    await Promise.race([platform.loadImage(url.href, scope.signal), untilAborted(scope.signal)]);
  } finally {
    scope.end();
  }
  return '';
}

async function viaFetch(platform: Platform, url: URL, signal: AbortSignal): Promise<string> {
  const flow = url.searchParams.get('pfflow');
  if (flow === '3' || url.pathname.includes('authentication/validate/flowcontrol')) {
    throw trouble('malformed input', 'flow control is not supported');
  }
  if (flow === '2') return viaPost(platform, url, signal);
  url.searchParams.append('r', 'f');
  url.searchParams.append('sdkVersion', VERSION);
  const response = await platform.fetch(url.href, { credentials: 'omit', referrerPolicy: 'no-referrer', signal });
  const text = await response.text();
  const answer = jsonObject(text);
  refuseBadStatus(response.status, answer['error']);
  const { vfp, token, reconcilation_token: reconciled, correlation_id: correlation } = answer;
  if (isFilled(vfp)) return vfp;
  const found = isFilled(token) ? token : reconciled;
  if (!isFilled(found)) throw trouble('invalid response', 'answer holds no vfp');
  return isFilled(correlation) ? `${correlation}...${found}` : found;
}

/** `pfflow=2`: what to post where stands in the address itself. */
async function viaPost(platform: Platform, url: URL, signal: AbortSignal): Promise<string> {
  // A query turns `+` into a space; base64 knows no space.
  const plan = jsonObject(decodeBase64((url.searchParams.get('data') ?? '').replace(/ /g, '+')));
  if (!isFilled(plan['url']) || !isFilled(plan['vfp'])) throw trouble('malformed input', 'pfflow=2 without url and vfp');
  const response = await platform.fetch(checkedUrl(plan['url']).href, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(plan['data']),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal,
  });
  const body = new Uint8Array(await response.arrayBuffer());
  refuseBadStatus(response.status, undefined);
  let binary = '';
  for (const byte of body) binary += String.fromCharCode(byte);
  // Only the first of each is replaced: so the contract, and so the receiver expects it.
  return `${plan['vfp']}___${btoa(binary).replace('+', '.').replace('/', '_').replace('=', '-')}`;
}

function refuseBadStatus(status: number, said: unknown): void {
  if (status >= 200 && status < 300) return;
  if (status === 404) throw trouble('bad credentials', 'status 404');
  if (status === 410) throw trouble('expired', 'status 410');
  throw trouble('communication', isFilled(said) ? said : `status ${status}`);
}

function checkedUrl(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw trouble('malformed input', 'redirectUrl is not an address');
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw trouble('malformed input', 'redirectUrl is not https');
}

function jsonObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Judged by what is missing.
  }
  return {};
}

function decodeBase64(text: string): string | null {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)));
  } catch {
    return null;
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function trouble(name: Trouble, text: string, cause?: unknown): StepFault {
  return new StepFault(`${text} (authentication: ${name})`, { reportCode: CLIENT_FAILED, cause });
}
