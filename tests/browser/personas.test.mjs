/** The sandbox's people, each with an outcome of its own (contract `sandbox.md`). */
import assert from 'node:assert/strict';
import { BARBARAANNE, JANEK, KURT, LORANT, NOBODY, PENNY, personas, ROZELLA, SHEILA } from './lib/personas.mjs';
import { answer, asked, openStage, outcome, result } from './lib/stage.mjs';

const stage = openStage();
const { play } = stage;

/** Runs a flow to its end with the right answer, on a phone by code or on a desk by link. */
async function through(scene, number, way) {
  const inbox = await stage.backEnd.inbox(number);
  const page = await scene.integrator(way === 'mobile' ? 'phone' : 'desk', number, { way });
  if (way === 'mobile') {
    await asked(page, 'code');
    await answer(page, (await inbox.next()).code);
  } else {
    await scene.pressLink((await inbox.next()).link);
  }
  return result(page);
}

for (const way of ['mobile', 'desktop']) {
  play(`${way}: Kurt holds the phone, but the number is not his`, async (scene) => {
    const found = await through(scene, KURT, way);
    assert.deepEqual(outcome(found), { success: 'false', possession: 'success', ownership: 'failed' });
    assert.deepEqual(Object.keys(found.evaluation.identification.failureReasons), ['9014']);
    assert.equal(found.identityId, undefined);
  });

  play(`${way}: Janek’s phone is never confirmed`, async (scene) => {
    const found = await through(scene, JANEK, way);
    assert.deepEqual(outcome(found), { success: 'false', possession: 'failed', ownership: 'not_applicable' });
    assert.deepEqual(Object.keys(found.evaluation.authentication.failureReasons), ['9100']);
  });

  play(`${way}: Barbaraanne’s line is VoIP`, async (scene) => {
    const found = await through(scene, BARBARAANNE, way);
    assert.equal(found.success, 'true');
    assert.deepEqual(Object.keys(found.evaluation.risk.failureReasons), ['9134']);
  });

  play(`${way}: Penny’s SIM was swapped`, async (scene) => {
    const found = await through(scene, PENNY, way);
    assert.equal(found.success, 'true');
    assert.deepEqual(Object.keys(found.evaluation.risk.failureReasons), ['9135']);
  });

  play(`${way}: Sheilakathryn and Rozella succeed without the client SDK`, async () => {
    for (const number of [SHEILA, ROZELLA]) {
      const started = await stage.backEnd.verify({
        possessionType: way,
        phoneNumber: number,
        ...personas[number],
        finalTargetUrl: `${stage.site.origin}/return`,
      });
      assert.equal(started.success, 'pending');
      const found = await stage.backEnd.status(started.correlationId);
      assert.deepEqual(outcome(found), { success: 'true', possession: 'success', ownership: 'success' });
    }
  });

  play(`${way}: Sheilakathryn with the client SDK`, async (scene) => {
    const found = await through(scene, SHEILA, way);
    assert.deepEqual(outcome(found), { success: 'true', possession: 'success', ownership: 'success' });
  });
}

play('Sheilakathryn’s waiting page goes on by itself once the back end has asked', async (scene) => {
  const inbox = await stage.backEnd.inbox(SHEILA);
  const desk = await scene.integrator('desk', SHEILA, { role: 'secondary' });
  await inbox.next();
  await stage.backEnd.status(stage.site.correlationId);
  assert.equal((await result(desk)).success, 'true');
});

play('another name than the number’s owner’s', async (scene) => {
  const page = await scene.integrator('phone', LORANT, { way: 'mobile', name: KURT });
  await asked(page, 'code');
  await answer(page, '1234');
  assert.deepEqual(outcome(await result(page)), { success: 'false', possession: 'success', ownership: 'failed' });
});

play('a number that nobody in the sandbox has', async () => {
  const { status, body } = await stage.backEnd.ask('/v3/verify', {
    possessionType: 'mobile',
    phoneNumber: NOBODY,
    firstName: 'No',
    lastName: 'Body',
  });
  assert.deepEqual([status, body.code], [400, 8007]);
});
