/** A proxy before several nodes that never lets two calls in a row of the same token reach the same node. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Balancer {
  #server;
  #nodes = [];
  #next = 0;
  #last = new Map();
  #sockets = new Set();

  /** How many calls each node got. */
  counts = [];

  static async open() {
    const balancer = new Balancer();
    balancer.#server = createServer((incoming, outgoing) => balancer.#pass(incoming, outgoing));
    balancer.#server.on('upgrade', (incoming, socket, head) => balancer.#passSocket(incoming, socket, head));
    balancer.#server.on('connection', (socket) => {
      balancer.#sockets.add(socket);
      socket.on('close', () => balancer.#sockets.delete(socket));
    });
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** `host:port` of each node; `null` for one that gets nothing for the time being. */
  set nodes(nodes) {
    this.#nodes = nodes;
    this.counts = nodes.map((_, index) => this.counts[index] ?? 0);
  }

  get nodes() {
    return [...this.#nodes];
  }

  async close() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #choose(incoming) {
    const token = incoming.headers.authorization ?? new URL(incoming.url, 'http://x').searchParams.get('token');
    const able = this.#nodes.flatMap((node, index) => (node ? [index] : []));
    if (able.length === 0) return null;
    const before = token ? (this.#last.get(token) ?? this.#next++) : this.#next++;
    const chosen = able.find((index) => index > before % this.#nodes.length) ?? able[0];
    if (token) this.#last.set(token, chosen);
    this.counts[chosen] += 1;
    return this.#nodes[chosen];
  }

  #pass(incoming, outgoing) {
    const node = this.#choose(incoming);
    if (!node) return void incoming.socket.destroy();
    const [host, port] = node.split(':');
    const { method, url: path, headers } = incoming;
    const passed = request({ host, port, method, path, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    // As if the caller had reached the node itself.
    passed.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }

  #passSocket(incoming, socket, head) {
    const node = this.#choose(incoming);
    if (!node) return void socket.destroy();
    const [host, port] = node.split(':');
    const passed = connect({ host, port: Number(port) }, () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
      passed.write(`${lines.join('\r\n')}\r\n\r\n`);
      passed.write(head);
      passed.pipe(socket).pipe(passed);
    });
    const end = () => (passed.destroy(), socket.destroy());
    for (const side of [passed, socket]) side.on('error', end).on('close', end);
  }
}
