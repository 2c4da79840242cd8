import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Gate } from "../workers/gate.ts";
import { freePort } from "./free_port.ts";

let worker: Server;
let url: URL;
let gate: Gate;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  worker = createServer((request, response) => void response.end(request.url));
  worker.on("connection", () => {
    connections += 1;
  });
  worker.listen(0, "127.0.0.1");
  await once(worker, "listening");
  url = new URL(`http://127.0.0.1:${(worker.address() as AddressInfo).port}`);
  gate = new Gate();
  gate.open(url);
});

afterEach(() => {
  gate.close();
  worker.close();
});

test("no request goes by a connection that workerd may be closing", async () => {
  const port = await freePort();
  await gate.listen(port);
  for (const path of ["/a", "/b", "/c"]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(await answer.text()).toBe(path);
  }
  expect(connections).toBe(3);
});

test("a request waits while no version is served", async () => {
  const port = await freePort();
  await gate.listen(port);
  await gate.hold();
  const waiting = fetch(`http://127.0.0.1:${port}/late`);
  await expect(Promise.race([waiting, new Promise((done) => setTimeout(done, 50, "waits"))])).resolves.toBe(
    "waits",
  );
  gate.open(url);
  expect(await (await waiting).text()).toBe("/late");
});
