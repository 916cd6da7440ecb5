/*
 * Python for the page: one worker, shared by every playground and exercise on it.
 *
 * Calls wait for each other.  A call that outlasts its limit, or that the reader stops, ends with
 * its worker; a fresh one is started at once, so that the next call finds Python ready again.
 */

/** Python was ended before the call came back. */
export class Stopped extends Error {}

/**
 * Where the build put things; asked for after the click, and never from a stale cache.
 * Without a network the last visit's answer holds.
 */
async function configuration() {
  const url = new URL("../config.json", import.meta.url);
  const store = await globalThis.caches?.open("nlpcourse").catch(() => null);
  let config;
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) throw new Error(`config.json: ${response.status}`);
    await store?.put(url, response.clone()).catch(() => {});
    config = await response.json();
  } catch (error) {
    const kept = await store?.match(url);
    if (!kept) throw error;
    config = await kept.json();
  }
  config.runtime = new URL(config.runtime, url).href;
  config.networks = new URL(config.networks, url).href;
  config.course = new URL(config.course, url).href;
  config.resources = new URL("resources/", url).href;
  return config;
}

class Runner {
  #config = null;
  #worker = null;
  #wasm = null;
  #ready = null;
  #queue = Promise.resolve();
  #running = null;
  #listeners = new Set();
  #ahead = new Set();
  #number = 0;

  /** Start Python if it is not there yet; resolves when it answers. */
  ready() {
    this.#ready ??= this.#start().catch((error) => {
      this.#end();
      throw error;
    });
    return this.#ready;
  }

  /** Have these resources fetched while Python loads. */
  expect(files) {
    files.forEach((file) => this.#ahead.add(file));
  }

  /** Call `listener` with a line for the reader while Python loads; returns how to leave. */
  onProgress(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #start() {
    this.#tell("Loading Python …");
    this.#config ??= await configuration();
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.addEventListener("error", (event) => {
        reject(new Error(event.message || "the worker could not be loaded"));
        this.#running?.fail(new Error(event.message || "Python ended unexpectedly"));
      });
      worker.addEventListener("message", ({ data }) => {
        if (data.kind === "progress") this.#tell(data.text);
        else if (data.kind === "wasm") this.#wasm = data.module;
        else if (data.kind === "ready") resolve();
        else if (data.kind === "failed") reject(new Error(data.text));
        else if (data.kind === "output") this.#running?.output?.(data.text);
        else if (data.kind === "result" && data.number === this.#running?.number) {
          this.#running.done(data);
        }
      });
      worker.postMessage({
        kind: "start", config: this.#config, wasm: this.#wasm, ahead: [...this.#ahead],
      });
    });
  }

  #tell(text) {
    for (const listener of this.#listeners) listener(text);
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = null;
  }

  /** End what runs now; the next call finds a fresh Python. */
  stop(reason = "Stopped.") {
    const running = this.#running;
    if (!running) return;
    this.#end();
    running.fail(new Stopped(reason));
    this.ready().catch(() => {}); // who calls next is told
  }

  /**
   * Have the worker do one thing and return its answer.
   * @param {object} message  what to do: {kind: "play" | "run", …}
   * @param {{limit: number, late: string, output?: (text: string) => void}} options
   *   seconds it may take, what the reader is told when it takes longer, where its prints go
   */
  call(message, { limit, late, output }) {
    const turn = this.#queue.then(() => this.#call(message, limit, late, output));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #call(message, limit, late, output) {
    await this.ready();
    const number = ++this.#number;
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        this.#running = {
          number,
          output,
          fail: reject,
          done: ({ answer, broken }) => {
            if (broken) reject(new Error(broken));
            else resolve(JSON.parse(answer));
          },
        };
        timer = setTimeout(() => this.stop(late), limit * 1000);
        this.#worker.postMessage({ ...message, number });
      });
    } catch (error) {
      if (!(error instanceof Stopped)) this.#end(); // an unknown state: begin afresh next time
      throw error;
    } finally {
      clearTimeout(timer);
      this.#running = null;
    }
  }
}

export const runner = new Runner();
