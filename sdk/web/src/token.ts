import { RingtrueError } from './errors.js';
import { isLoopback } from './origin.js';

/** What this client reads of an authToken. It verifies nothing: only the server can. */
export interface TokenClaims {
  authId: string;
  /** Origin of the device API. */
  endpoint: string;
  firstStep: string;
  /** The server knows the number already. */
  otpNumberKnown: boolean;
  linkNumberKnown: boolean;
}

// A token is sent as a header, and browsers quote a bad header value in their error text: refuse it before.
const TOKEN_SHAPE = /^[\w+/=-]+\.[\w+/=-]+\.[\w+/=-]+$/;

export function readToken(token: string, pageProtocol: string): TokenClaims {
  const auth = fieldOf(readPayload(token), 'auth');
  const authId = fieldOf(auth, 'id');
  const endpoint = fieldOf(auth, 'endp');
  const firstStep = fieldOf(auth, 'next');
  if (typeof authId !== 'string' || authId === '') throw invalid('authToken names no auth.id');
  if (typeof firstStep !== 'string') throw invalid('authToken names no auth.next');
  const authenticators = fieldOf(fieldOf(fieldOf(auth, 'subs'), 'mob'), 'auths');
  return {
    authId,
    endpoint: checkedEndpoint(endpoint, pageProtocol),
    firstStep,
    otpNumberKnown: fieldOf(fieldOf(authenticators, 'otp'), 'mnp') === true,
    linkNumberKnown: fieldOf(fieldOf(authenticators, 'inln'), 'mnp') === true,
  };
}

function readPayload(token: string): unknown {
  if (typeof token !== 'string' || !TOKEN_SHAPE.test(token)) throw invalid('authToken is not a three-part token');
  const segment = token.split('.')[1] ?? '';
  try {
    const binary = atob(segment.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
  } catch {
    // No cause: a parser's text may quote the token.
    throw invalid('authToken payload is not base64 of JSON');
  }
}

function checkedEndpoint(endpoint: unknown, pageProtocol: string): string {
  let url: URL;
  try {
    url = new URL(String(endpoint));
  } catch {
    throw invalid('auth.endp is not an address');
  }
  if (url.origin !== endpoint) throw invalid('auth.endp is not a bare origin');
  const open = url.protocol === 'http:' && (isLoopback(url.hostname) || pageProtocol === 'http:');
  if (url.protocol !== 'https:' && !open) throw invalid('auth.endp is not https');
  return url.origin;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function invalid(message: string): RingtrueError {
  return new RingtrueError('invalid_token', message);
}
