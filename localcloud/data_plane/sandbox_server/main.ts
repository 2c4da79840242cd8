/**
 * The stand-in for the server of Cloudflare's sandbox image: it listens on a Unix socket instead of port 3000, and
 * speaks the SDK's recommended transport (`/rpc`, capnweb over a WebSocket). Every other path is a health check.
 *
 * Arguments: SERVER_SOCKET ROOT EGRESS_SOCKET. A root other than "/" says that there are no mounts, no network and no
 * process namespace of its own: paths lie below it, the way out is a proxy, and it ends with its stdin, and its commands
 * with it.
 */

import { createServer } from "node:http";
import { newWebSocketRpcSession } from "capnweb";
import { WebSocketServer } from "ws";
import { SandboxApi, SERVER_VERSION } from "./api.ts";
import { CommandRunner } from "./commands.ts";
import { Files } from "./files.ts";
import { interceptNetwork, proxyNetwork } from "./interception.ts";
import { endMarkedProcesses } from "./marked_processes.ts";
import { Processes } from "./processes.ts";

const [serverSocket = "", root = "/", egressSocket = ""] = process.argv.slice(2);

const commands = new CommandRunner(root);
const parts = { commands, files: new Files(root), processes: new Processes(commands) };
const sockets = new WebSocketServer({ noServer: true });
const server = createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      success: true,
      status: "healthy",
      version: SERVER_VERSION,
      timestamp: new Date().toISOString(),
    }),
  );
});

server.on("upgrade", (request, socket, head) => {
  if (request.url !== "/rpc") {
    socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (connection) => {
    newWebSocketRpcSession(connection as unknown as WebSocket, new SandboxApi(parts));
  });
});

if (root !== "/")
  process.stdin.resume().on("end", () => {
    endMarkedProcesses(root);
    process.exit();
  });
const network = root === "/" ? interceptNetwork(egressSocket) : proxyNetwork(egressSocket);
void network.then(() => server.listen(serverSocket, () => process.stdout.write("ready\n")));
