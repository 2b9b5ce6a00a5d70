import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { letTakeItsTime } from './arrival.ts';
import { listen } from './server.ts';

const host = '127.0.0.1';

test('a port in use is one clear sentence', async () => {
  const first = await listen((_request, response) => response.end(), { port: 0, host });
  await expect(listen((_request, response) => response.end(), { port: first.port, host })).rejects.toThrow(
    new RegExp(`^Port ${first.port} is in use: .*TOLLBOOK_PORT`),
  );
  await first.close();
});

test('close lets the request in hand finish, takes no more, and ends kept connections', async () => {
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const server = await listen(
    async (request, response) => {
      if (request.url === '/slow') {
        started.resolve();
        await gate.promise;
      }
      response.end('done');
    },
    { port: 0, host },
  );
  const agent = new Agent({ keepAlive: true });
  const fetchBy = (path: string) =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      get({ host, port: server.port, path, agent }, (response) => {
        response
          .resume()
          .on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
      }).on('error', reject);
    });
  expect((await fetchBy('/quick')).status).toBe(200);
  const slow = fetchBy('/slow');
  await started.promise;
  const closed = server.close();
  await expect(fetch(`http://${host}:${server.port}/`)).rejects.toThrow();
  gate.resolve();
  expect((await slow).status).toBe(200);
  await closed;
  agent.destroy();
});

test('a connection that never ends its request is cut after the time limit', async () => {
  const server = await listen(() => {}, { port: 0, host, closeWithinMs: 50 });
  const socket = connect(server.port, host);
  const cut = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  await new Promise<void>((resolve) =>
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab', () => resolve()),
  );
  await server.close();
  await cut;
});

test('a request that does not arrive whole in time is cut, unless its reader lets it take its time', async () => {
  const read = Promise.withResolvers<string>();
  const server = await listen(
    async (request, response) => {
      if (request.url !== '/stream') return;
      letTakeItsTime(request);
      let text = '';
      for await (const chunk of request) text += chunk;
      read.resolve(text);
      response.end();
    },
    { port: 0, host, requestWithinMs: 100, checkEveryMs: 20 },
  );
  const send = (path: string) => {
    const socket = connect(server.port, host);
    socket.on('error', () => {});
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab`);
    return { socket, cut: new Promise<void>((resolve) => socket.once('close', () => resolve())) };
  };
  // The stream begins first: once the other one is cut, its own time is over too.
  const stream = send('/stream');
  await send('/slow').cut;
  stream.socket.write('cd');
  expect(await read.promise).toBe('abcd');
  stream.socket.destroy();
  await server.close();
});
