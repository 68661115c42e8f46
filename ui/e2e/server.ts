// The real binary, and the pages that it is to serve.
//
// A binary that was built with the UI serves it itself. One that was not, and
// whoever names other files in BATON_UI_DIST, is helped out by a server that
// gives them the same strict policy.

import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";

const UI = resolve(import.meta.dirname, "..");
const NAMED = process.env["BATON_UI_DIST"];
const APP = NAMED ?? join(UI, "dist/app");
/** Who works in the journeys. */
export const AGENTS = join(import.meta.dirname, "agents.toml");

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const KINDS: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Baton {
  /** Where the pages are, with `/ui`. */
  ui: string;
  /** Where the API is. */
  api: string;
  /** Ends the server as a crash would. */
  kill: () => Promise<void>;
  /** Starts it again where it was. */
  restart: () => Promise<void>;
  isRunning: () => boolean;
  stop: () => Promise<void>;
}

function binary(): string {
  const named = process.env["BATON_BIN"];
  const path = named ?? resolve(UI, "../target/release/baton");
  if (!existsSync(path)) {
    throw new Error(`there is no baton at ${path}; name one in BATON_BIN`);
  }
  return path;
}

/** Starts the binary and waits until it answers. */
async function launch(listen: string, data: string): Promise<{ child: ChildProcess; url: string }> {
  const args = ["serve", "--listen", listen, "--data-dir", data, "--config", AGENTS];
  const child = spawn(binary(), args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const url = await new Promise<string>((done, fail) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http\s+(http:\/\/\S+)/.exec(said)?.[1];
      if (found !== undefined) done(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => fail(new Error(`baton ended with ${code}: ${said}`)));
  });
  child.removeAllListeners("exit");
  return { child, url };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function ended(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return Promise.resolve();
  return new Promise((done) => child.once("exit", () => done()));
}

export async function startBaton(): Promise<Baton> {
  const data = await mkdtemp(join(tmpdir(), "baton-ui-"));
  let { child, url } = await launch("127.0.0.1:0", data);
  const listen = new URL(url).host;
  const served = NAMED === undefined && (await servesUi(url));
  const host = served ? undefined : await hostUi(() => url);
  const kill = async () => {
    child.kill("SIGKILL");
    await ended(child);
  };
  return {
    ui: `${host?.url ?? url}/ui`,
    api: `${url}/api/v1`,
    kill,
    restart: async () => {
      ({ child, url } = await launch(listen, data));
    },
    isRunning: () => isRunning(child),
    stop: async () => {
      child.kill("SIGTERM");
      await ended(child);
      host?.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function servesUi(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/ui/`).catch(() => undefined);
  return answer?.ok === true && (await answer.text()).includes('id="root"');
}

/** Serves the built files as the binary would, and passes on what is for the API. */
async function hostUi(target: () => string): Promise<{ url: string; close: () => void }> {
  if (!existsSync(join(APP, "index.html"))) {
    throw new Error(`the UI is not built into ${APP}; run \`npm run build\``);
  }
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? "/", "http://host").pathname;
    if (path.startsWith("/ui")) serveFile(path, outgoing);
    else passOn(target(), incoming, outgoing);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function serveFile(path: string, outgoing: ServerResponse): void {
  const asset = path.startsWith("/ui/assets/") ? join(APP, path.slice("/ui".length)) : undefined;
  const file = asset !== undefined && existsSync(asset) ? asset : join(APP, "index.html");
  outgoing.setHeader("content-type", KINDS[extname(file)] ?? "application/octet-stream");
  outgoing.setHeader("content-security-policy", POLICY);
  outgoing.setHeader(
    "cache-control",
    file === asset ? "public, max-age=31536000, immutable" : "no-cache",
  );
  createReadStream(file).pipe(outgoing);
}

function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = "GET", headers, url = "/" } = incoming;
  const passed = request(new URL(url, target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // A stream has begun before there is anything to say.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    // A stream that breaks off does so here, too.
    answer.on("close", () => answer.complete || outgoing.destroy());
  });
  passed.on("error", () => {
    // As when nobody listens: the connection ends without an answer.
    outgoing.destroy();
  });
  outgoing.on("close", () => passed.destroy());
  incoming.pipe(passed);
}
