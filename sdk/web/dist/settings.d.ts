/**
 * Where an unfinished flow is kept over a page reload: `sessionStorage` fits as it is.
 *
 * @example
 * const kept = new Map<string, string>();
 * const storage: FlowStorage = {
 *   getItem: (key) => kept.get(key) ?? null,
 *   setItem: (key, value) => void kept.set(key, value),
 *   removeItem: (key) => void kept.delete(key),
 * };
 */
export interface FlowStorage {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
}
/**
 * `primary`: the device that is verified. `secondary`: a desktop whose person proves the number on a phone.
 *
 * @example
 * const role: Role = 'secondary';
 */
export type Role = 'primary' | 'secondary';
/**
 * How silent network authentication reaches the carrier: `fetch` reads the answer, `pixel` only loads an image.
 *
 * @example
 * const implementation: MobileAuthImplementation = 'pixel';
 */
export type MobileAuthImplementation = 'fetch' | 'pixel';
