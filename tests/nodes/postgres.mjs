/** Starts a PostgreSQL of our own, prints its URL, and ends it when standard input ends. */
import { Postgres } from '../browser/lib/postgres.mjs';

const postgres = await Postgres.start();
console.log(postgres.url);
process.stdin.resume();
process.stdin.on('end', async () => {
  await postgres.stop();
  process.exit(0);
});
