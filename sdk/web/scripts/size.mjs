// Fails when the core grows over its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 8192;
const core = readFileSync(new URL('../dist/ringtrue.js', import.meta.url));
const gzipped = gzipSync(core, { level: 9 }).length;
console.log(`dist/ringtrue.js: ${core.length} bytes minified, ${gzipped} bytes gzipped (budget ${BUDGET_BYTES})`);
if (gzipped > BUDGET_BYTES) process.exit(1);
