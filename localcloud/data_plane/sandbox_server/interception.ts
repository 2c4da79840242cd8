/**
 * Transparent interception inside a sandbox without network: every name resolves to the loopback address, and what
 * arrives there on port 80 goes out through the egress socket. Nothing else leaves, so port 443 is refused.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

const LOOPBACK = "127.0.0.1";
const DNS_HEADER_BYTES = 12;
const TYPE_A = 1;
/** A pointer to the question's name, type A, class IN, lifetime 60 s, four bytes: RFC 1035 section 4.1.3. */
const ANSWER = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);

export async function interceptNetwork(egressSocket: string): Promise<void> {
  await Promise.all([answerNames(), pipeToEgress(egressSocket, 80)]);
}

/** Without a network of its own a sandbox can only be asked to use a proxy; programs may ignore it. */
export async function proxyNetwork(egressSocket: string): Promise<void> {
  const port = await pipeToEgress(egressSocket, 0);
  for (const name of ["HTTP_PROXY", "http_proxy"]) process.env[name] = `http://${LOOPBACK}:${port}`;
}

async function answerNames(): Promise<void> {
  const server = createSocket("udp4");
  server.on("message", (query, { address, port }) => {
    const reply = dnsReply(query);
    if (reply !== null) server.send(reply, port, address);
  });
  server.bind(53, LOOPBACK);
  await once(server, "listening");
}

/** The query with one A record added; for every other type an answer without records. */
export function dnsReply(query: Buffer): Buffer | null {
  const nameEnd = query.indexOf(0, DNS_HEADER_BYTES);
  if (query.length < DNS_HEADER_BYTES || nameEnd === -1 || query.length < nameEnd + 5) return null;
  const isAddressQuery = query.readUInt16BE(nameEnd + 1) === TYPE_A;
  const header = Buffer.from(query.subarray(0, DNS_HEADER_BYTES));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAddressQuery ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(DNS_HEADER_BYTES, nameEnd + 5);
  return Buffer.concat(isAddressQuery ? [header, question, ANSWER] : [header, question]);
}

async function pipeToEgress(egressSocket: string, port: number): Promise<number> {
  const server = createServer((client) => {
    const egress = connect(egressSocket);
    client.pipe(egress).pipe(client);
    client.on("error", () => egress.destroy());
    egress.on("error", () => client.destroy());
  });
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
