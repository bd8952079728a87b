// SPDX-License-Identifier: MIT
// Sends each message of a WebSocket back, with Node's ws.
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () =>
  console.log(`listening on 127.0.0.1:${server.address().port} with Node`));
server.on("connection", (peer) =>
  peer.on("message", (data, binary) => peer.send(data, { binary })));
