/** A rolling upgrade: an older version (RINGTRUE_OLD_BIN) and the present one serve the same flows, then the old leaves. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Cluster } from './cluster.mjs';
import { People } from './people.mjs';

const NUMBERS = Array.from({ length: 12 }, (_, index) => `+1201555${String(2000 + index)}`);
/** Verifications that must go through in each stage. */
const ENOUGH = 48;
/** A flow that waits for its code through the whole upgrade. */
const WAITING = '+12015552999';

let cluster;
let people;
before(async () => {
  cluster = await Cluster.start(2, [...NUMBERS, WAITING], process.env.RINGTRUE_OLD_BIN);
  people = new People(cluster, NUMBERS);
});
after(async () => {
  await people?.end();
  await cluster?.stop();
});

/** Nodes that get calls; each call of a flow goes to another one than the call before. */
async function serveWith(name, nodes) {
  cluster.balancer.nodes = cluster.nodes.map((node) => (nodes.includes(node) ? node.address : null));
  const counts = [...cluster.balancer.counts];
  const took = await people.recovered(ENOUGH, performance.now());
  const calls = cluster.balancer.counts.map((count, index) => count - (counts[index] ?? 0));
  console.log(`${name}: ${ENOUGH} verifications within ${(took / 1000).toFixed(2)} s, calls per node: ${calls.join(', ')}; ` +
    `schema ${await schema()}`);
  for (const [index, node] of cluster.nodes.entries()) {
    assert.ok(!nodes.includes(node) || calls[index] > 0, `${node.address} serves nothing`);
  }
  healthy();
}

function healthy() {
  assert.deepEqual(people.faults, []);
  assert.equal(people.failedCalls, 0, 'a call failed and had to be made again');
}

const schema = () => cluster.postgres.ask('SELECT max(version) FROM schema_steps');

/** Ends a node as an orchestrator does: no more calls, then SIGTERM. */
async function leave(node) {
  cluster.balancer.nodes = cluster.balancer.nodes.map((address) => (address === node.address ? null : address));
  await pause(200);
  assert.equal(await node.kill('SIGTERM'), 0, 'it does not end well');
}

test('nodes are exchanged one by one while everybody goes on', { timeout: 300_000 }, async () => {
  const [first, second] = cluster.nodes;
  await serveWith('two old nodes', [first, second]);
  const before = await schema();
  const { finish } = await people.begin(WAITING);

  const third = await cluster.add();
  await serveWith('an old and a new one besides', [first, second, third]);
  await leave(second);
  await serveWith('one old, one new', [first, third]);
  if ((await schema()) !== before) {
    // It would not understand what it may find. Those that run go on, as they just did.
    await assert.rejects(second.start(), /does not come up/);
  }
  const fourth = await cluster.add();
  await leave(first);
  await serveWith('two new nodes', [third, fourth]);
  assert.equal((await finish()).success, 'true', 'begun by the old version, finished by the new one');
});

test('in the end: nothing acknowledged is lost, no message went out twice', { timeout: 120_000 }, async () => {
  await people.end();
  healthy();
  await cluster.settled(people);
});
