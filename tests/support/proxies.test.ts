import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { startKafkaProxy } from './kafka-proxy.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { testBrokers } from './topic.ts';
import { waitFor } from './wait-for.ts';

/* The lines that fault tests cut and hold, over real sockets and a real broker. */

let heard = '';
let server: Server;
let proxy: TcpProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  heard = '';
  server = createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        heard += data;
        socket.write(String(data).toUpperCase());
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy({ targetPort: (server.address() as { port: number }).port });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  server.close();
});

function open(): { socket: Socket; said: () => string; closed: () => boolean } {
  let said = '';
  let closed = false;
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.on('data', (data) => {
    said += data;
  });
  return { socket, said: () => said, closed: () => closed };
}

test('passes on, both ways', async () => {
  const line = open();
  line.socket.write('hello');
  await waitFor(() => line.said() === 'HELLO', { describe: 'the answer' });
});

test('what is held goes on when the line is mended', async () => {
  const line = open();
  line.socket.write('a');
  await waitFor(() => line.said() === 'A', { describe: 'the first answer' });
  proxy.hold('everything');
  line.socket.write('b');
  const late = open();
  late.socket.write('c');
  await waitFor(() => !late.socket.connecting, { describe: 'a connection on the held line' });
  expect(heard).toBe('a');
  proxy.mend();
  await waitFor(() => line.said() === 'AB' && late.said() === 'C', { describe: 'what was held' });
});

test('held answers, then a cut: the service did it, and nobody hears of it', async () => {
  const line = open();
  proxy.hold('answers');
  line.socket.write('pay');
  await waitFor(() => heard === 'pay', { describe: 'the request to arrive' });
  proxy.cut();
  await waitFor(line.closed, { describe: 'the connection to be reset' });
  expect(line.said()).toBe('');
  const refused = open();
  await waitFor(refused.closed, { describe: 'a new connection to be refused' });
  proxy.mend();
  const line2 = open();
  line2.socket.write('again');
  await waitFor(() => line2.said() === 'AGAIN', { describe: 'an answer after mending' });
});

test('a Kafka client stays behind the proxy: with the line cut it does not find another way', async () => {
  const line = await startKafkaProxy(testBrokers());
  const kafka = new Kafka({ brokers: [...line.brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { brokers } = await admin.describeCluster();
    expect(brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(line.brokers);
    line.cut();
    await expect(admin.listTopics()).rejects.toThrow();
  } finally {
    await admin.disconnect();
    await line.close();
  }
});
