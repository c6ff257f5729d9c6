import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingtrueError } from '../src/errors.js';
import { isLoopback } from '../src/origin.js';
import { readToken } from '../src/token.js';
import { tokenFor } from './stage.js';

const AUTH = { id: 'a', ans: 'n', endp: 'https://id.example', next: 'mobile/otp', subs: {} };

const refused = (token: unknown, pageProtocol = 'https:') =>
  assert.throws(
    () => readToken(token as string, pageProtocol),
    (error: unknown) => {
      assert.ok(error instanceof RingtrueError);
      assert.equal(error.code, 'invalid_token');
      // A token is a secret: no part of it may stand in an error.
      const payload = String(token).split('.')[1] ?? '';
      assert.ok(payload.length < 8 || !error.message.includes(payload));
      assert.equal(error.cause, undefined);
      return true;
    },
  );

void test('claims are read', () => {
  const known = { mob: { auths: { otp: { mnp: true }, inln: { mnp: false } } } };
  assert.deepEqual(readToken(tokenFor({ ...AUTH, subs: known }), ''), {
    authId: 'a',
    endpoint: 'https://id.example',
    firstStep: 'mobile/otp',
    otpNumberKnown: true,
    linkNumberKnown: false,
  });
});

void test('both alphabets, with and without padding, and non-ASCII text', () => {
  for (const odd of ['?', '??', '???', '~', '>>>', 'ÿþ', 'Zoë 電話']) {
    const url = JSON.stringify({ auth: { ...AUTH, id: odd } });
    for (const kind of ['base64', 'base64url'] as const) {
      const payload = Buffer.from(url).toString(kind);
      assert.equal(readToken(`e30.${payload}.sig`, '').authId, odd);
      assert.equal(readToken(`e30.${payload.replace(/=+$/, '')}.sig`, '').authId, odd);
    }
  }
});

void test('subs and ans may be missing', () => {
  const { id, endp, next } = AUTH;
  assert.equal(readToken(tokenFor({ id, endp, next }), '').otpNumberKnown, false);
  assert.equal(readToken(tokenFor({ id, endp, next, subs: { mob: null, dev: {} } }), '').linkNumberKnown, false);
});

void test('what is no token is refused', () => {
  for (const token of ['', 'a', 'a.b', 'a.b.c.d', 'a b.e30.c', 'e30.e30.sig\r\nX: y', undefined, 5]) refused(token);
  refused(`e30.${Buffer.from('no json, but a secret').toString('base64')}.s`);
  refused(`e30.${Buffer.from('null').toString('base64')}.s`);
  refused('e30.====.s');
});

void test('needed claims', () => {
  refused(tokenFor(null));
  for (const claim of ['id', 'endp', 'next']) refused(tokenFor({ ...AUTH, [claim]: undefined }));
  refused(tokenFor({ ...AUTH, id: '' }));
});

void test('endp must be a bare origin, https but for loopback and http pages', () => {
  const at = (endp: string, pageProtocol = 'https:') => readToken(tokenFor({ ...AUTH, endp }), pageProtocol).endpoint;
  for (const endp of ['https://id.example', 'https://id.example:8443', 'http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:1']) {
    assert.equal(at(endp), endp);
  }
  assert.equal(at('http://10.0.0.5:8080', 'http:'), 'http://10.0.0.5:8080');
  for (const endp of [
    'http://id.example', 'https://id.example/', 'https://id.example/x', 'https://ID.example', 'https://id.example:443',
    'https://user@id.example', 'ws://id.example', 'javascript:alert(1)', 'file:///etc', 'id.example', '',
  ]) {
    refused(tokenFor({ ...AUTH, endp }));
  }
  refused(tokenFor({ ...AUTH, endp: 'ftp://id.example' }), 'http:');
});

void test('loopback hosts', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) assert.ok(isLoopback(host), host);
  for (const host of ['localhost.evil.example', '127.0.0.1.evil.example', 'evil-localhost', '128.0.0.1']) assert.ok(!isLoopback(host), host);
});
