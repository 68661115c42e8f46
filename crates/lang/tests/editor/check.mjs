// What editors make of the JSON Schema: yaml-language-server, which most of them
// ask, completes, explains and marks workflows as somebody types them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import lsp from 'vscode-languageserver-protocol/node.js';

// Where the typing stands in a text.
const CURSOR = '‸';

let server;
let connection;
// Who waits for what is found in a document, by its address.
const waiting = new Map();

before(async () => {
  const program = 'node_modules/yaml-language-server/bin/yaml-language-server';
  server = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  connection = lsp.createProtocolConnection(
    new lsp.StreamMessageReader(server.stdout),
    new lsp.StreamMessageWriter(server.stdin),
  );
  // Nothing is fetched: the schema is the one that the file names.
  const settings = { schemaStore: { enable: false }, completion: true, hover: true, validate: true };
  connection.onRequest('workspace/configuration', ({ items }) =>
    items.map(({ section }) => (section === 'yaml' ? settings : null)),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    waiting.get(uri)?.(diagnostics);
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: address('.'),
    capabilities: { workspace: { configuration: true } },
  });
  await connection.sendNotification('initialized', {});
});

after(async () => {
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  connection.dispose();
});

function address(path) {
  return new URL(path, import.meta.url).href;
}

let nDocuments = 0;
function newAddress() {
  nDocuments += 1;
  return address(`flow-${nDocuments}.yaml`);
}

// Opens a workflow as it would stand beside the schema, with the first line that
// the guide says; answers its address and where the cursor is in it.
async function open(workflow, uri = newAddress()) {
  const text = `# yaml-language-server: $schema=swdl.schema.json\n${workflow}`;
  const before = text.split(CURSOR)[0].split('\n');
  const position = { line: before.length - 1, character: before.at(-1).length };
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: text.replace(CURSOR, '') },
  });
  return { textDocument: { uri }, position };
}

async function completions(workflow) {
  const { items } = await connection.sendRequest('textDocument/completion', await open(workflow));
  return items.map(({ label }) => label);
}

async function hover(workflow) {
  const { contents } = await connection.sendRequest('textDocument/hover', await open(workflow));
  return contents.value;
}

// Lines, counted from 1 and without the line that names the schema, and messages.
async function marks(workflow) {
  const uri = newAddress();
  const found = new Promise((resolve) => waiting.set(uri, resolve));
  await open(workflow, uri);
  const diagnostics = await found;
  return diagnostics.map(({ range, message }) => `${range.start.line}: ${message}`);
}

function assertAll(actual, expected) {
  const missing = expected.filter((word) => !actual.includes(word));
  assert.deepEqual(missing, [], `of ${actual.join(', ')}`);
}

const HEAD = 'workflow: { id: notes, name: Notes }\n';
const STAGE = `${HEAD}stages:
  - id: write
    name: Write
    roles: { primary: { artifact: "agent:clerk" } }
`;

test('keys of the file, of a stage and of its blocks are completed', async () => {
  assertAll(await completions(`${HEAD}${CURSOR}`), ['config', 'error_policy', 'hooks', 'stages']);
  assertAll(await completions(`${STAGE}    ${CURSOR}`), ['condition', 'depends_on', 'outputs']);
  const retry = `${STAGE}    error_policy:\n      retry:\n        ${CURSOR}`;
  assertAll(await completions(retry), ['max_attempts', 'max_interval']);
});

test('words are completed', async () => {
  assertAll(await completions(`${STAGE}    type: ${CURSOR}`), ['agent', 'gate']);
  const policy = `${HEAD}error_policy:\n  on_stage_failure: ${CURSOR}\n`;
  assertAll(await completions(policy), ['halt', 'continue', 'rollback']);
});

test('a key is explained', async () => {
  assert.match(await hover(`${STAGE}    depends${CURSOR}_on: []\n`), /The stages it waits for\./);
});

test('a sound workflow has no marks', async () => {
  assert.deepEqual(await marks(STAGE), []);
});

test('a wrong key is marked', async () => {
  const found = await marks(`${STAGE}    dependson: []\n`);
  assert.deepEqual(found, ['6: Property dependson is not allowed.']);
});

test('a wrong type is marked', async () => {
  const found = await marks(`${STAGE}    depends_on: { a: b }\n`);
  assert.deepEqual(found, ['6: Incorrect type. Expected "array".']);
});

test('a wrong word is marked', async () => {
  const [found] = await marks(`${STAGE}    type: agnet\n`);
  assert.match(found, /^6: Value is not accepted\. Valid values: "agent", "gate"/);
});

test('a missing key is marked', async () => {
  const found = await marks(`${HEAD}stages:\n  - id: write\n    type: gate\n`);
  assert.deepEqual(found, ['3: Missing property "name".']);
});
