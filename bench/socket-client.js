import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** The bytes of a POST request. */
export function writeRequest(url, path, body, type = 'application/json') {
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

/**
 * A connection that carries one request at a time, for loads that must cost the client little. It opens with the first request and
 * again after it was closed. `send` answers {status, head, body}; it rejects if the connection ends before the answer does.
 */
export class SocketClient {
  #port;
  #socket = null;
  #waiting = null;
  #received = [];

  constructor(url) {
    this.#port = Number(new URL(url).port);
  }

  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #open() {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#received.push(chunk);
      const answer = readAnswer(this.#received.length === 1 ? chunk : Buffer.concat(this.#received));
      if (answer !== null) this.#end((waiting) => waiting.resolve(answer), !answer.isKept);
    });
    // The reason; `close` follows.
    let reason = new Error('the connection was closed');
    socket.on('error', (error) => (reason = error));
    socket.on('close', () => {
      if (this.#socket === socket) this.#end((waiting) => waiting.reject(reason), true);
    });
    return socket;
  }

  #end(settle, isClosed) {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#received = [];
    if (isClosed) {
      this.#socket.destroy();
      this.#socket = null;
    }
    if (waiting !== null) settle(waiting);
  }
}

/** Null if the answer is not here in full. */
function readAnswer(bytes) {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return null;
  const head = bytes.latin1Slice(0, end).toLowerCase();
  const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  const start = end + END_OF_HEAD.length;
  if (bytes.length < start + Number(length)) return null;
  const body = bytes.utf8Slice(start, start + Number(length));
  return { status: Number(head.slice(9, 12)), head, body, isKept: !head.includes('\r\nconnection: close') };
}
