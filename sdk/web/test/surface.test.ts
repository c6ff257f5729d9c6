import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import * as sdk from '../src/ringtrue.js';
import { VERSION } from '../src/version.js';
import { rejectsWith, staged, type Stage } from './stage.js';

const LINK = 'https://shop.example/done';
const finishLink = (stage: Stage, address: string) => stage.builder().buildOn(stage.platform()).finishInstantLink(address);

for (const query of ['?authId=a&asc=true', '?x=1&asc=true&authId=a&y=2#part', '?authId=a&asc=true#asc=false']) {
  staged(`finishInstantLink ${query}: finish step with the link's authId, no call`, async (stage) => {
    await finishLink(stage, LINK + query);
    assert.deepEqual(stage.finished, ['a']);
    assert.equal(stage.peer.calls.length, 0);
  });
}

for (const address of [
  '/done?authId=a&asc=true',
  '',
  LINK,
  ...['?authId=a', '?asc=true', '?authId=&asc=true', '?authId=a&asc=TRUE', '?authId=a&asc=1', '?authId=a&asc=false', '#authId=a&asc=true'].map((q) => LINK + q),
]) {
  staged(`finishInstantLink ${address}: rejects, no finish step`, async (stage) => {
    await rejectsWith(finishLink(stage, address), 'invalid_link');
    assert.deepEqual(stage.finished, []);
  });
}

staged('finishInstantLink without a finish step resolves; with a failing one it rejects', async (stage) => {
  const address = `${LINK}?authId=a&asc=true`;
  await new sdk.AuthenticatorBuilder().buildOn(stage.platform()).finishInstantLink(address);
  const failing = new sdk.AuthenticatorBuilder().withAuthFinishStep(() => Promise.reject(new Error('x'))).buildOn(stage.platform());
  await rejectsWith(failing.finishInstantLink(address), 'page_step');
});

staged('mobile user agents', async (stage) => {
  const isMobile = (userAgent: string) => {
    stage.userAgent = userAgent;
    return stage.builder().buildOn(stage.platform()).isMobileWeb();
  };
  for (const part of ['Mobi', 'Android', 'webOS', 'iPhone', 'iPad', 'BlackBerry', 'Opera Mini', 'ANDROID', 'mobi']) {
    assert.ok(isMobile(`Mozilla/5.0 (${part}) X/1`), part);
  }
  for (const desktop of ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15', 'Mozilla/5.0 (Windows NT 10.0)', '']) {
    assert.ok(!isMobile(desktop), desktop);
  }
});

staged('no device keys yet: answers without a call', async (stage) => {
  const authenticator = stage.builder().withDisplayName('Ada').withUniversalProveKey().withUniversalProveKey(false).buildOn(stage.platform());
  assert.equal(await authenticator.isDeviceRegistered(), false);
  assert.equal(authenticator.getDeviceId(), null);
  assert.equal(await authenticator.unregisterDevice(), undefined);
  assert.equal(stage.peer.calls.length, 0);
});

staged('a builder changed after build() changes nothing built before', async (stage) => {
  const builder = stage.builder();
  const authenticator = builder.buildOn(stage.platform());
  builder.withAuthFinishStep(() => Promise.reject(new Error('later')));
  await authenticator.authenticate(stage.token('done'));
  assert.deepEqual(stage.finished, ['auth-1']);
});

void test('enum values are those integrators know', () => {
  const { OnSuccess, OnResendOtp, OnMobileNumberChange } = sdk.OtpFinishResultType;
  assert.deepEqual([OnSuccess, OnResendOtp, OnMobileNumberChange], [0, 1, 2]);
  assert.deepEqual([sdk.InstantLinkResultType.OnResend, sdk.InstantLinkResultType.OnMobileNumberChange], [0, 1]);
});

void test('build() works where there is no browser', async () => {
  const authenticator = new sdk.AuthenticatorBuilder().build();
  assert.equal(authenticator.pendingAuthToken(), null);
  assert.equal(authenticator.isMobileWeb(), false);
  await rejectsWith(authenticator.authenticate('x'), 'invalid_token');
});

void test('receiveOtp: code, nothing, refusal, no such browser', async () => {
  assert.equal(await sdk.receiveOtp(), null);
  const real = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const asked: unknown[] = [];
  let answer: () => Promise<unknown> = async () => ({ code: '123456' });
  const navigator = { credentials: { get: (request: unknown) => (asked.push(request), answer()) } };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.assign(globalThis, { OTPCredential: class {} });
  try {
    const { signal } = new AbortController();
    assert.equal(await sdk.receiveOtp(signal), '123456');
    assert.deepEqual(asked, [{ otp: { transport: ['sms'] }, signal }]);
    answer = async () => null;
    assert.equal(await sdk.receiveOtp(), null);
    answer = () => Promise.reject(new Error('declined'));
    assert.equal(await sdk.receiveOtp(), null);
  } finally {
    Reflect.deleteProperty(globalThis, 'OTPCredential');
    if (real) Object.defineProperty(globalThis, 'navigator', real);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
});

void test('version, exports and files of the package', () => {
  const read = (name: string) => readFileSync(join(process.cwd(), name), 'utf8');
  const about = JSON.parse(read('package.json')) as { version: string; dependencies?: object; exports: object };
  assert.equal(about.version, VERSION);
  assert.equal(about.dependencies, undefined);
  assert.doesNotMatch(read('package-lock.json'), /"resolved"|https?:\/\/[^"]*registry/);

  const page: { Ringtrue?: object } = {};
  runInNewContext(read('dist/ringtrue.global.js'), page);
  assert.deepEqual(Object.keys(page.Ringtrue ?? {}).sort(), Object.keys(sdk).sort());

  const files = readdirSync(join(process.cwd(), 'dist'));
  for (const name of files) {
    const text = read(join('dist', name));
    assert.ok(!text.includes(process.cwd()) && !text.includes('sourceMappingURL'), name);
    for (const [, path] of text.matchAll(/from '\.\/([\w-]+)\.js'/g)) assert.ok(files.includes(`${path}.d.ts`), `${name} needs ${path}`);
  }
});
