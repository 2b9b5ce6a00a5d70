import { createServer } from 'node:http';
import { type AddressInfo, createServer as createRawServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openConnection } from './connection.ts';

/* The load generator reads answers by itself; these are the shapes that servers give them. */

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

const request = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

test('answers of a known length and chunked ones are read whole, one after the other on one connection', async () => {
  const large = 'x'.repeat(300_000);
  const sockets = new Set<unknown>();
  const server = createServer((incoming, response) => {
    sockets.add(incoming.socket);
    if (incoming.url === '/chunked') {
      response.write('first,');
      response.end('last');
    } else response.writeHead(207, { 'Content-Length': large.length }).end(large);
  });
  const connection = await openConnection('127.0.0.1', await portOf(server));
  const whole = await connection.exchange(request('/'));
  expect([whole.status, whole.bytes.toString().endsWith(large)]).toEqual([207, true]);
  const chunked = await connection.exchange(request('/chunked'));
  expect(chunked.status).toBe(200);
  expect(chunked.bytes.toString()).toMatch(/first,[\s\S]*last/);
  expect((await connection.exchange(request('/'))).bytes).toHaveLength(whole.bytes.length);
  expect(sockets.size).toBe(1);
  connection.close();
});

test('an answer that arrives byte by byte is one answer', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody';
  const server = createRawServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', async () => {
      for (const byte of answer) await new Promise<void>((resolve) => socket.write(byte, () => setImmediate(resolve)));
    });
  });
  const connection = await openConnection('127.0.0.1', await portOf(server));
  for (let i = 0; i < 2; i += 1) expect((await connection.exchange(request('/'))).bytes.toString()).toBe(answer);
  connection.close();
});

test('a connection that breaks rejects what waits for an answer, and what is asked afterwards', async () => {
  const server = createRawServer((socket) => socket.on('data', () => socket.destroy()));
  const connection = await openConnection('127.0.0.1', await portOf(server));
  await expect(connection.exchange(request('/'))).rejects.toThrow(/closed|ECONNRESET/);
  await expect(connection.exchange(request('/'))).rejects.toThrow(/closed/);
});
