/*
 * The worker in which Python runs.
 *
 * Every file of the runtime is fetched with its pinned hash, so that the browser itself refuses
 * another content, from this site as well as from the public CDN.
 */

const WASM = "pyodide.asm.wasm";
let python; // the running Pyodide
let page; // nlpcourse.playgrounds.page
let resourceBase;
const fetched = new Map(); // a playground's name → its resources, as a Python dict

const send = (message, transfer) => self.postMessage(message, transfer);

async function bytes(url, integrity) {
  const response = await fetch(url, integrity ? { integrity } : {}).catch((error) => {
    throw new Error(`${url.split("/").pop()} could not be fetched: ${error.message}`);
  });
  if (!response.ok) throw new Error(`${url.split("/").pop()}: ${response.status}`);
  return response.arrayBuffer();
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
  ahead.forEach(resource);
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
  page = python.pyimport("nlpcourse.playgrounds.page");
  send({ kind: "ready" });
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

const WORK = {
  async play({ module, inputs, resources }) {
    return page.play(module, inputs, await resourcesOf(module, resources));
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
