/** Faults under load: what was acknowledged stays, no message goes out twice, and everybody gets to the end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Cluster } from './cluster.mjs';
import { People } from './people.mjs';

const NUMBERS = Array.from({ length: 12 }, (_, index) => `+1201555${String(2000 + index)}`);
/** Verifications that must go through after a fault before it counts as over. */
const ENOUGH = 24;

let cluster;
let people;
before(async () => {
  cluster = await Cluster.start(2, NUMBERS);
  people = new People(cluster, NUMBERS);
  await people.recovered(ENOUGH, 0);
});
after(async () => {
  await people?.end();
  await cluster?.stop();
});

/** Makes a fault, waits until things go on, and prints how long that took. */
async function fault(name, make) {
  const [before, failed] = [people.successes.length, people.failedCalls];
  const began = performance.now();
  const over = await make();
  const recovery = await people.recovered(ENOUGH, over ?? began);
  const done = people.successes.length - before;
  console.log(`${name}: ${ENOUGH} verifications from start to end within ${(recovery / 1000).toFixed(2)} s, ` +
    `${done} in all, ${people.failedCalls - failed} calls failed and were made again`);
  assert.deepEqual(people.faults, []);
}

test('kill -9 of a node, three times each', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 6; round += 1) {
    const node = cluster.nodes[round % 2];
    await fault(`kill -9, round ${round + 1}`, () => node.kill('SIGKILL'));
    await node.start();
  }
});

test('PostgreSQL crashes and comes back', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 2; round += 1) {
    await fault(`PostgreSQL crash, round ${round + 1}`, async () => {
      await cluster.postgres.end('SIGQUIT');
      await pause(1000);
      await cluster.postgres.again();
      return performance.now();
    });
  }
});

test('a node is cut off from the database without a word', { timeout: 180_000 }, async () => {
  await fault('one node cut off', () => cluster.wire(0).cut());
  await pause(3000);
  await fault('mended', () => cluster.wire(0).mend());
});

test('a node stands still for 30 seconds and then goes on', { timeout: 180_000 }, async () => {
  await fault('one node stands still', () => cluster.nodes[1].signal('SIGSTOP'));
  await pause(30_000);
  await fault('it goes on', () => cluster.nodes[1].signal('SIGCONT'));
});

test('in the end: nothing acknowledged is lost, no message went out twice', { timeout: 120_000 }, async () => {
  await people.end();
  assert.deepEqual(people.faults, []);
  await cluster.settled(people);
});
