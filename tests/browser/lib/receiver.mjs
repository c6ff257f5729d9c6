/** A customer's endpoint for events on this machine. It answers as a test wants it to, and keeps what came. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Receiver {
  #http;
  /** What it answers from now on. */
  answer = { status: 204, body: '' };
  /** What came, oldest first: `id`, `events`, and whether `secret` made its signature. */
  posts = [];

  static async open() {
    const receiver = new Receiver();
    receiver.#http = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      receiver.posts.push({ id: request.headers['webhook-id'], headers: request.headers, body, events: JSON.parse(body) });
      const { status, body: text } = receiver.answer;
      response.writeHead(status, text ? { 'Content-Type': 'text/plain' } : {}).end(text);
    });
    receiver.#http.listen(0, '127.0.0.1');
    await once(receiver.#http, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#http.address().port}/hook`;
  }

  async close() {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }
}

/** Whether one of a post's signatures was made with this secret (Standard Webhooks 1.0.0). */
export function isSignedWith({ headers, body }, secret) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), body]);
  const ours = createHmac('sha256', key).update(signed).digest();
  return headers['webhook-signature'].split(' ').some((signature) => {
    const theirs = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return theirs.length === ours.length && timingSafeEqual(theirs, ours);
  });
}
