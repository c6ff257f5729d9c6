import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Board } from './board.js';

export interface Call {
  method: string;
  path: string;
  body: unknown;
  headers: IncomingHttpHeaders;
  /** The client gave up before it was answered. */
  dropped: boolean;
}

/** JSON; a status; raw text; raw bytes; JSON under a status; no answer; or the connection cut. */
export type Answer = object | number | { raw: string } | { bytes: Buffer } | { status: number; json: object } | 'silence' | 'cut';

export interface PeerSocket {
  texts: string[];
  token: string | null;
  /** Whether it says that it comes back when it is sent away. */
  resumes: boolean;
  /** The code the client closed with; 1005 when it named none. */
  closedWith: number | null;
  send(text: string | Buffer): void;
  close(code: number): void;
  cut(): void;
}

/** A server that answers what a test told it to, on real sockets. */
export class Peer {
  readonly calls: Call[] = [];
  readonly sockets: PeerSocket[] = [];
  readonly unexpected: string[] = [];
  /** What a new socket gets; a number refuses the upgrade with that status. */
  onSocket: number | ((socket: PeerSocket) => void) = () => {};
  upgrades = 0;
  private readonly answers = new Map<string, Answer[]>();
  private readonly http: Server;

  private constructor(private readonly board: Board) {
    const webSockets = new WebSocketServer({ noServer: true });
    this.http = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const path = (request.url ?? '').replace(/^\/v1\/client\//, '');
        const call: Call = {
          method: request.method ?? '',
          path,
          body: text === '' ? null : JSON.parse(text),
          headers: request.headers,
          dropped: false,
        };
        response.on('close', () => {
          call.dropped = !response.writableFinished;
          board.changed();
        });
        this.calls.push(call);
        this.answer(path.replace(/\?.*/, ''), response);
        board.changed();
      });
    });
    this.http.on('upgrade', (request, socket, head) => {
      this.upgrades += 1;
      if (typeof this.onSocket === 'number') {
        socket.end(`HTTP/1.1 ${this.onSocket} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        board.changed();
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (ws) => this.accept(ws, request.url ?? ''));
    });
  }

  static async start(board: Board): Promise<Peer> {
    const peer = new Peer(board);
    await new Promise<void>((resolve) => peer.http.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Answers for the next calls of a path, in turn; the last one stays. */
  on(path: string, ...answers: Answer[]): this {
    this.answers.set(path, answers);
    return this;
  }

  has(path: string): boolean {
    return this.answers.has(path);
  }

  /** The calls of a path, or all of them. */
  to(path?: string): Call[] {
    return this.calls.filter((call) => path === undefined || call.path === path);
  }

  bodies(path: string): unknown[] {
    return this.to(path).map((call) => call.body);
  }

  async called(path: string, times = 1): Promise<void> {
    await this.board.until(() => this.to(path).length >= times);
  }

  async socket(number = 1): Promise<PeerSocket> {
    await this.board.until(() => this.sockets.length >= number);
    return this.sockets[number - 1] as PeerSocket;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.cut();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private answer(path: string, response: ServerResponse): void {
    const left = this.answers.get(path) ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer === undefined) {
      this.unexpected.push(path);
      response.writeHead(500).end();
    } else if (answer === 'cut') response.destroy();
    else if (answer === 'silence') return;
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else if ('raw' in answer) response.end(answer.raw);
    else if ('bytes' in answer) response.end(answer.bytes);
    else if ('status' in answer) response.writeHead(Number(answer.status)).end(JSON.stringify('json' in answer && answer.json));
    else response.end(JSON.stringify(answer));
  }

  private accept(ws: WebSocket, url: string): void {
    const socket: PeerSocket = {
      texts: [],
      token: new URL(url, this.origin).searchParams.get('token'),
      resumes: new URL(url, this.origin).searchParams.get('resume') === '1',
      closedWith: null,
      send: (text) => ws.send(text),
      close: (code) => ws.close(code),
      cut: () => ws.terminate(),
    };
    ws.on('message', (data) => {
      socket.texts.push(String(data));
      this.board.changed();
    });
    ws.on('close', (code) => {
      socket.closedWith = code;
      this.board.changed();
    });
    this.sockets.push(socket);
    if (typeof this.onSocket === 'function') this.onSocket(socket);
    this.board.changed();
  }
}
