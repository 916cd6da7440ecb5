/*
 * The worker in which Python runs.
 *
 * Every file of the runtime is fetched with its pinned hash, so that the browser itself refuses
 * another content, from this site as well as from the public CDN.
 */

const WASM = "pyodide.asm.wasm";
let python; // the running Pyodide
let page; // nlpcourse.page.runner
let resourceBase;
const fetched = new Map(); // a playground's name → its resources, as a Python dict

const send = (message, transfer) => self.postMessage(message, transfer);

/** What earlier visits kept; null where the browser keeps nothing (plain http, a private window). */
const storage = self.caches?.open("nlpcourse").catch(() => null) ?? Promise.resolve(null);

async function sri(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", content));
  return `sha384-${btoa(String.fromCharCode(...digest))}`;
}

/**
 * A file's content: as the last visit kept it, else from the network, and then kept.
 * All names hold a version or a hash, so what was kept never grows old; its pinned hash is asked
 * of it again, because a browser checks that of what it fetches alone.
 */
async function bytes(url, integrity) {
  const store = await storage;
  const found = await store?.match(url).catch(() => null);
  if (found) {
    const content = await found.arrayBuffer();
    if (!integrity || (await sri(content)) === integrity) return content;
    await store.delete(url);
  }
  const response = await fetch(url, integrity ? { integrity } : {}).catch((error) => {
    throw new Error(`${url.split("/").pop()} could not be fetched: ${error.message}`);
  });
  if (!response.ok) throw new Error(`${url.split("/").pop()}: ${response.status}`);
  const content = await response.arrayBuffer();
  store?.put(url, new Response(content)).catch(() => {}); // a full disk keeps nothing, and that is all
  return content;
}

/** Drop what an earlier version of the book left, and nothing that this one can use. */
async function tidy(config) {
  const store = await storage;
  const used = new Set(config.files.map((file) => config.resources + file).concat(config.course));
  for (const { url } of (await store?.keys()) ?? []) {
    const current = used.has(url) || url.startsWith(config.runtime) || url.startsWith(config.networks)
      || url.endsWith("/config.json");
    if (!current) await store.delete(url);
  }
}

async function importChecked(content) {
  const url = URL.createObjectURL(new Blob([content], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Let Pyodide's own requests and its compiler be answered with what was fetched and checked. */
function answerFromHere(files, compiled) {
  const { fetch: plainFetch } = self;
  const { instantiateStreaming } = WebAssembly;
  self.fetch = async (input, init) => {
    const name = String(input?.url ?? input).split("/").pop();
    if (name === WASM) return new Response();
    return name in files ? new Response(await files[name]) : plainFetch(input, init);
  };
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    const module = await compiled;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  return () => {
    self.fetch = plainFetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}

const arriving = new Map(); // a resource's file → its content

function resource(file) {
  if (!arriving.has(file)) {
    const content = bytes(resourceBase + file);
    content.catch(() => arriving.delete(file)); // who asks again fetches again
    arriving.set(file, content);
  }
  return arriving.get(file);
}

/**
 * @param {{config: object, wasm: WebAssembly.Module | null, ahead: string[]}} message
 *   wasm: compiled by a worker before this one; ahead: resources that will be asked for
 */
async function start({ config, wasm, ahead }) {
  resourceBase = config.resources;
  networks = { base: config.networks, integrity: config.networksIntegrity };
  ahead.forEach((file) => resource(file).catch(() => {})); // who needs it is told
  if (ahead.some((file) => file.endsWith(MODEL))) ort().catch(() => {});
  const names = Object.keys(config.integrity).filter((name) => !(wasm && name === WASM));
  let arrived = 0;
  const count = (content) => {
    arrived += 1;
    send({ kind: "progress", text: `Loading Python, ${arrived} of ${names.length + 1} files …` });
    return content;
  };
  const files = Object.fromEntries(
    names.map((name) => [name, bytes(config.runtime + name, config.integrity[name]).then(count)]),
  );
  const course = bytes(config.course).then(count);
  const compiled = wasm ? Promise.resolve(wasm) : files[WASM].then(WebAssembly.compile);
  await Promise.all([...Object.values(files), course, compiled]);
  if (!wasm) send({ kind: "wasm", module: await compiled }); // a restart need not compile again

  send({ kind: "progress", text: "Starting Python …" });
  const restore = answerFromHere(files, compiled);
  const { loadPyodide } = await importChecked(await files["pyodide.mjs"]);
  await importChecked(await files["pyodide.asm.js"]);
  python = await loadPyodide({
    indexURL: config.runtime,
    lockFileContents: JSON.stringify({ info: config.info, packages: {} }),
    packageBaseUrl: config.runtime,
    env: { HOME: "/home/reader" },
  });
  restore();
  const home = "/home/reader/course";
  python.unpackArchive(await course, "zip", { extractDir: home });
  python.runPython(`import sys; sys.path.insert(0, "${home}")`);
  page = python.pyimport("nlpcourse.page.runner");
  if (arrivingOrt) send({ kind: "progress", text: "Starting the network …" });
  send({ kind: "ready" });
  tidy(config).catch(() => {});
}

async function resourcesOf(module, files) {
  if (!fetched.has(module)) {
    const made = python.runPython("dict()");
    const contents = await Promise.all(files.map(([, file]) => resource(file)));
    const toBytes = python.runPython("lambda buffer: buffer.to_bytes()");
    files.forEach(([name], i) => made.set(name, toBytes(contents[i])));
    toBytes.destroy();
    fetched.set(module, made);
  }
  return fetched.get(module);
}

// ------------------------------------------------------------------ neural networks

const MODEL = ".onnx"; // how the name of a model's file ends
let networks; // where onnxruntime-web is, and the hashes of its files
let arrivingOrt = null; // onnxruntime-web, loaded with the first playground that has models
const sessions = new Map(); // a model's file → its session
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

async function loadOrt() {
  const names = Object.keys(networks.integrity);
  const script = names.find((name) => name.endsWith(".mjs"));
  const wasm = names.find((name) => name.endsWith(".wasm"));
  const [code, binary] = await Promise.all(
    [script, wasm].map((name) => bytes(networks.base + name, networks.integrity[name])),
  );
  const ort = await importChecked(code);
  // One thread: more of them need headers that a static host does not send.
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: binary });
  ort.env.logLevel = "error";
  return ort;
}

function ort() {
  arrivingOrt ??= loadOrt();
  arrivingOrt.catch(() => { arrivingOrt = null; }); // who asks again tries again
  return arrivingOrt;
}

function session(file) {
  if (!sessions.has(file)) {
    const made = Promise.all([ort(), resource(file)]).then(([{ InferenceSession }, content]) => (
      InferenceSession.create(new Uint8Array(content), {
        executionProviders: ["wasm"],
        logSeverityLevel: 3, // errors alone: a warning of a guessed shape helps no reader
      })
    ));
    made.catch(() => sessions.delete(file));
    sessions.set(file, made);
  }
  return sessions.get(file);
}

/** Ask a model; return its outputs as Python takes them: name, type, shape, bytes. */
async function ask({ call, feeds }, files) {
  if (!files.has(call)) throw new Error(`the page has no model ${call}`);
  const made = await session(files.get(call));
  const { Tensor } = await ort();
  const tensors = {};
  for (const [name, { type, shape, data }] of Object.entries(feeds)) {
    const numbers = type === "int64" ? data.map(BigInt) : data;
    tensors[name] = new Tensor(type, ARRAYS[type].from(numbers), shape);
  }
  const outputs = await made.run(tensors);
  return Object.entries(outputs).map(([name, { type, dims, data }]) => (
    [name, type, [...dims], new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]
  ));
}

const WORK = {
  async play({ module, inputs, resources, models }) {
    const files = new Map(models);
    files.forEach((file) => session(file).catch(() => {})); // all at once; ask() tells what failed
    let answer = page.play(module, inputs, await resourcesOf(module, resources));
    while (answer.startsWith('{"call"')) {
      let outputs;
      try {
        outputs = python.toPy(await ask(JSON.parse(answer), files));
      } catch (error) {
        const why = error?.message ?? error; // WebAssembly may throw a number
        return JSON.stringify({ error: `The network could not be asked: ${why}` });
      }
      answer = page.resume(outputs);
      outputs.destroy();
    }
    return answer;
  },
  async run({ source, check }) {
    return page.run_cell(source, check, (text) => send({ kind: "output", text }));
  },
};

self.addEventListener("message", async ({ data }) => {
  if (data.kind === "start") {
    await start(data).catch((error) => send({ kind: "failed", text: error.message }));
    return;
  }
  try {
    send({ kind: "result", number: data.number, answer: await WORK[data.kind](data) });
  } catch (error) {
    send({ kind: "result", number: data.number, broken: error.message });
  }
});
