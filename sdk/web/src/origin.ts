/** Hosts that never leave the machine, as `URL.hostname` writes them. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The contract's rule (§5). An iPad that calls itself Macintosh counts as desktop. */
export function isMobileUserAgent(userAgent: string): boolean {
  return /Mobi|Android|webOS|iPhone|iPad|BlackBerry|Opera Mini/i.test(userAgent);
}
