/** A customer's site on an origin of its own: its page, and its back end that calls Ringtrue. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { personas } from './personas.mjs';

const file = (name) => readFile(new URL(`../pages/${name}`, import.meta.url));

export class Integrator {
  #http;
  #server;
  #backEnd;
  /** What verify answered to each start, newest last. */
  started = [];

  static async open(server, backEnd) {
    const site = new Integrator();
    site.#server = server;
    site.#backEnd = backEnd;
    site.#http = createServer((request, response) => {
      site.#answer(new URL(request.url, site.origin)).then(
        ([type, body]) => response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body),
        (error) => response.writeHead(500).end(String(error)),
      );
    });
    // Ringtrue is at 127.0.0.1, so that host and port both differ.
    site.#http.listen(0, 'localhost');
    await once(site.#http, 'listening');
    return site;
  }

  get origin() {
    return `http://localhost:${this.#http.address().port}`;
  }

  /** The address of the page that verifies a persona in this way. */
  page(number, options = {}) {
    return `${this.origin}/?${new URLSearchParams({ number, ...options })}`;
  }

  /** The correlationId of the newest verification. */
  get correlationId() {
    return this.started.at(-1).correlationId;
  }

  async close() {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #answer(url) {
    const json = (value) => ['application/json', JSON.stringify(value)];
    switch (url.pathname) {
      case '/':
      case '/return':
        return ['text/html; charset=utf-8', await file('integrator.html')];
      case '/integrator.mjs':
        return ['text/javascript; charset=utf-8', await file('integrator.mjs')];
      case '/favicon.ico':
        return ['image/x-icon', ''];
      case '/where':
        return json({ server: this.#server.origin });
      case '/start':
        return json(await this.#start(url.searchParams));
      case '/result': {
        const { status, body } = await this.#backEnd.ask('/v3/verify-status', { correlationId: url.searchParams.get('authId') });
        return json({ status, ...body });
      }
      default:
        throw new Error(`no ${url.pathname}`);
    }
  }

  async #start(query) {
    const number = query.get('number');
    const name = personas[query.get('name') ?? number];
    assert.ok(name, `no persona ${number}`);
    const answer = await this.#backEnd.verify({
      possessionType: query.get('way') ?? 'desktop',
      phoneNumber: number,
      ...name,
      finalTargetUrl: `${this.origin}/return`,
      allowOTPRetry: query.get('retry') === 'true',
    });
    this.started.push(answer);
    return answer;
  }
}
