// What pages of other sites can do to a server that listens on this machine:
// nothing. A real browser tries, and the server is asked afterwards what it holds.
//
// BATON names the program, CHROMIUM the browser. Run by `cargo xtask test`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

// Installed for the UI, in whose directory this is started.
const { chromium } = createRequire(join(process.cwd(), "package.json"))(
  "playwright-core",
);

const SECRET = "swordfish";
const DEFINITION = [
  `workflow: { id: ${SECRET}, name: ${SECRET} }`,
  "stages: [{ id: a, name: A, type: gate, gate: { message: Well? } }]",
].join("\n");
const PATIENCE_MS = 30_000;

let directory, baton, target, evil, browser;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "baton-strangers-"));
  baton = spawn(process.env.BATON, ["serve", "--listen", "127.0.0.1:0", "--data-dir", directory]);
  const lines = createInterface({ input: baton.stderr });
  for await (const line of lines) {
    target ??= line.match(/http:\/\/\S+/)?.[0];
    if (line.includes("took up")) break;
  }
  baton.stderr.resume();
  evil = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<p>Hi"));
  await new Promise((done) => evil.listen(0, "127.0.0.1", done));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      "--host-resolver-rules=MAP *.example 127.0.0.1",
      // Not every browser keeps pages from this machine by itself.
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
      "--no-sandbox",
    ],
  });
  const created = await ask("POST", "/workflows", { yaml_content: DEFINITION });
  assert.equal(created.status, 201);
});

after(async () => {
  await browser?.close();
  evil?.close();
  if (baton) {
    const ended = new Promise((done) => baton.once("exit", done));
    baton.kill("SIGTERM");
    await ended;
  }
  await rm(directory, { recursive: true, force: true });
});

/** Asks the server as a program on this machine. */
async function ask(method, path, body) {
  return fetch(`${target}/api/v1${path}`, {
    method,
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
}

/** How many workflows and runs there are. */
async function held() {
  const count = async (path) => (await (await ask("GET", path)).json()).total_count;
  return [await count("/workflows"), await count("/workflow-executions")];
}

/** Everything a script can try; each answers with what it could read. Runs in the page. */
async function attack({ api, definition, patience }) {
  const read = {};
  const within = (promise) =>
    Promise.race([promise, new Promise((done) => setTimeout(() => done("waited"), patience / 10))]);
  const attempt = async (name, work) => {
    try {
      read[name] = String(await within(work()));
    } catch (error) {
      read[name] = `refused: ${error.name}`;
    }
  };
  const text = async (...request) => {
    const answer = await fetch(...request);
    return `${answer.type} ${answer.status} ${await answer.text()}`;
  };
  const start = JSON.stringify({ definition });
  const json = { "content-type": "application/json" };
  await attempt("get", () => text(`${api}/workflows`));
  await attempt("get no-cors", () => text(`${api}/workflows`, { mode: "no-cors" }));
  await attempt("run", () =>
    text(`${api}/workflow-executions`, { method: "POST", headers: json, body: start }),
  );
  for (const kind of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    await attempt(`run ${kind}`, () =>
      text(`${api}/workflow-executions`, {
        method: "POST",
        mode: "no-cors",
        headers: { "content-type": kind },
        body: start,
      }),
    );
  }
  await attempt("run without a body", () =>
    text(`${api}/workflows/swordfish/run`, { method: "POST", mode: "no-cors" }),
  );
  await attempt("beacon", () => {
    const body = new Blob([start], { type: "text/plain" });
    return navigator.sendBeacon(`${api}/workflow-executions`, body);
  });
  await attempt("events", () => {
    const source = new EventSource(`${api}/events/stream?after=0`);
    return new Promise((done) => {
      source.onerror = () => done("refused");
      for (const name of ["message", "stream_opened", "execution_started"]) {
        source.addEventListener(name, (message) => done(message.data));
      }
    }).finally(() => source.close());
  });
  await attempt("script", () => {
    const script = document.createElement("script");
    script.src = `${api}/workflows`;
    return new Promise((done) => {
      script.onload = () => done("a script was loaded");
      script.onerror = () => done("refused");
      document.head.append(script);
    });
  });
  await attempt("frame", () => {
    const frame = document.createElement("iframe");
    frame.src = `${api}/workflows`;
    return new Promise((done) => {
      frame.onload = () => done(frame.contentDocument?.body?.innerText ?? "refused");
      document.body.append(frame);
    });
  });
  await attempt("form", () => {
    const frame = document.createElement("iframe");
    frame.name = "answer";
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", enctype: "text/plain", target: "answer" });
    form.action = `${api}/workflow-executions`;
    const field = document.createElement("input");
    // Becomes `{"definition":…,"x":"="}`.
    field.name = `${start.slice(0, -1)},"x":"`;
    field.value = '"}';
    form.append(field);
    document.body.append(frame, form);
    return new Promise((done) => {
      frame.onload = () => done(frame.contentDocument?.body?.innerText ?? "refused");
      form.submit();
    });
  });
  return read;
}

/** Tries everything from a page, of which `html` says where it comes from. */
async function attackFrom(page, api) {
  return page.evaluate(attack, { api, definition: DEFINITION, patience: PATIENCE_MS });
}

function assertNothingRead(read, from) {
  for (const [attempt, seen] of Object.entries(read)) {
    assert.ok(!seen.includes(SECRET), `${attempt} from ${from} has read: ${seen}`);
    assert.notEqual(seen, "a script was loaded", from);
    assert.ok(!/ (200|201) /.test(seen), `${attempt} from ${from}: ${seen}`);
  }
}

test("a page of another site reads nothing and starts nothing", async () => {
  const before = await held();
  const { port } = evil.address();
  // Another site, and another port of this machine, which browsers call the same site.
  for (const origin of [`http://evil.example:${port}`, `http://127.0.0.1:${port}`]) {
    const page = await browser.newPage();
    await page.goto(origin);
    assertNothingRead(await attackFrom(page, `${target}/api/v1`), origin);
    await page.close();
  }
  assert.deepEqual(await held(), before);
});

test("a name that was rebound to this machine reads nothing and starts nothing", async () => {
  const before = await held();
  const origin = target.replace("127.0.0.1", "rebind.example");
  const page = await browser.newPage();
  // The page itself was served by somebody else, while the name still led there.
  await page.route(`${origin}/attack`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>Hi" }),
  );
  await page.goto(`${origin}/attack`);
  const read = await attackFrom(page, `${origin}/api/v1`);
  assert.match(read.get, / 403 /);
  assertNothingRead(read, origin);
  assert.deepEqual(await held(), before);
  await page.close();
});

test("links lead to nothing but the documentation", async () => {
  const { port } = evil.address();
  for (const [path, status] of [
    ["/api/v1/workflows", 403],
    ["/api/v1/events/stream", 403],
    ["/docs", 200],
  ]) {
    const page = await browser.newPage();
    await page.goto(`http://evil.example:${port}`);
    const answered = page.waitForResponse(`${target}${path}`);
    await page.evaluate((url) => void window.open(url, "_self"), `${target}${path}`);
    assert.equal((await answered).status(), status, path);
    await page.close();
  }
});

test("a page of the server itself can do all of it", async () => {
  const page = await browser.newPage();
  await page.route(`${target}/own`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>Hi" }),
  );
  await page.goto(`${target}/own`);
  const [workflows, runs] = await held();
  const read = await attackFrom(page, `${target}/api/v1`);
  assert.ok(read.get.includes(SECRET), read.get);
  assert.match(read.run, / 201 /);
  assert.ok(read.events.includes("position"), read.events);
  const [workflowsNow, runsNow] = await held();
  assert.equal(workflowsNow, workflows);
  assert.ok(runsNow > runs);
  await page.close();
});
