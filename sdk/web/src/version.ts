/** This package's version, as in package.json (a test compares them). */
export const VERSION = '0.1.0';

/** What every call says about its sender: this client, and the contract it speaks. */
export const CLIENT_HEADER = `Ringtrue/${VERSION} Contract/2.15.1 WEB/1`;
