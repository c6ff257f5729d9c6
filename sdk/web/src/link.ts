import { RingtrueError } from './errors.js';

/** Reads the address that an opened link led to, and answers with its authId (contract §5). */
export function readLink(address: string): string {
  let query: URLSearchParams;
  try {
    query = new URL(address).searchParams;
  } catch {
    throw new RingtrueError('invalid_link', 'address is not absolute');
  }
  const authId = query.get('authId');
  if (!authId) throw new RingtrueError('invalid_link', 'address has no authId');
  if (query.get('asc') !== 'true') throw new RingtrueError('invalid_link', 'address has no asc=true');
  return authId;
}
