// Builds dist/ from src/: the same input gives the same bytes, on every machine.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });

const shared = {
  absWorkingDir: root,
  entryPoints: ['src/ringtrue.ts'],
  bundle: true,
  minify: true,
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'none',
  sourcemap: false,
  banner: { js: `/*! ${name} ${version} | ${license} */` },
  logLevel: 'warning',
};
await build({ ...shared, format: 'esm', outfile: 'dist/ringtrue.js' });
await build({ ...shared, format: 'iife', globalName: 'Ringtrue', outfile: 'dist/ringtrue.global.js' });

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const flags = ['-p', 'tsconfig.json', '--emitDeclarationOnly', '--outDir', 'dist'];
execFileSync(process.execPath, [tsc, ...flags], { cwd: root, stdio: 'inherit' });
dropPrivateDeclarations(join(dist, 'ringtrue.d.ts'));

/** tsc writes a declaration for every module; only those that the public one refers to are shipped. */
function dropPrivateDeclarations(entry) {
  const kept = new Set();
  const keep = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g)) {
      keep(resolve(dirname(file), `${path}.d.ts`));
    }
  };
  keep(entry);
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const path = join(dist, entry.name);
    if (entry.isDirectory()) {
      if (![...kept].some((file) => file.startsWith(path))) rmSync(path, { recursive: true });
    } else if (entry.name.endsWith('.d.ts') && !kept.has(path)) rmSync(path);
  }
}
