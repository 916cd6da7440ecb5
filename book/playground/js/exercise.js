/*
 * A live exercise: an editor that starts with the exercise's starter, and the very check that the
 * notebook uses.  What the learner wrote is kept in this browser.
 */
import { editor } from "./editor.js";
import { runner, Stopped } from "./runner.js";

const LIMIT = 10; // seconds
const LATE = `Stopped after ${LIMIT} seconds. Does every loop in your code come to an end?`;

function keep(identifier, state) {
  try {
    if (state) localStorage.setItem(`nlpcourse:exercise:${identifier}`, JSON.stringify(state));
    else localStorage.removeItem(`nlpcourse:exercise:${identifier}`);
  } catch {
    // A browser that keeps nothing still runs everything.
  }
}

function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** A message's text, with `…` as code, after a first word in bold. */
function say(where, text, first = "") {
  where.replaceChildren(
    ...(first ? [element("strong", {}, first), " "] : []),
    ...text.split(/(`[^`\n]+`)/).map((part) => (
      /^`.+`$/.test(part) ? element("code", {}, part.slice(1, -1)) : document.createTextNode(part)
    )),
  );
}

/** @param {HTMLElement} section  the exercise, as the build drew it */
export async function start(section) {
  const { exercise, starter, check } = section.dataset;
  const kept = globalThis.nlpcourse.kept(exercise);
  const first = section.querySelector(".nlp-start");
  const status = section.querySelector(".nlp-status");

  const code = editor({
    label: `Your code for exercise ${exercise}`,
    describedBy: `keys-${exercise}`,
    value: kept.code ?? starter,
    changed,
    submit: (checking) => go(checking && Boolean(check)),
  });
  const run = element("button", { type: "button", class: "nlp-button nlp-run" }, "Run");
  const test = element("button", { type: "button", class: "nlp-button nlp-check" }, "Check");
  const reset = element("button", { type: "button", class: "nlp-button nlp-button--quiet nlp-reset" }, "Reset");
  const keys = element("p", { class: "nlp-keys", id: `keys-${exercise}` });
  keys.innerHTML = "<kbd>Tab</kbd> indents; <span><kbd>Esc</kbd> then <kbd>Tab</kbd></span> leaves "
    + "the editor. <span><kbd>Shift</kbd> <kbd>Enter</kbd></span> runs"
    + (check ? ", <span><kbd>Ctrl</kbd> <kbd>Enter</kbd></span> checks." : ".");
  const verdict = element("div", { class: "nlp-verdict", role: "status", "aria-live": "polite" });
  const output = element("pre", { class: "nlp-output", role: "log", "aria-label": "Output" });
  output.hidden = true;

  section.querySelector(".nlp-starter").hidden = true;
  const bar = section.querySelector(".nlp-bar");
  bar.before(code.element);
  first.remove();
  if (check) bar.prepend(run, test, reset);
  else bar.prepend(run, reset);
  if (!check) run.classList.add("nlp-button--first");
  else test.classList.add("nlp-button--first");
  bar.after(verdict, output, keys);
  code.start();
  code.area.focus({ preventScroll: true });
  section.dataset.state = "loading";

  let undone = null; // the code that Reset took away
  let busy = null; // the button whose work is going on

  function changed() {
    undone = null;
    reset.textContent = "Reset";
    keep(exercise, { code: code.value, passed: section.dataset.passed === "true" });
  }

  function settle(state, text) {
    section.dataset.state = state;
    verdict.className = `nlp-verdict nlp-verdict--${state}`;
    say(verdict, text, { passed: "✓ Right.", failed: "Not yet." }[state]);
  }

  async function go(checking) {
    if (busy) return;
    busy = checking ? test : run;
    const name = busy.textContent;
    busy.textContent = "Stop";
    output.textContent = "";
    output.hidden = true;
    settle("running", "");
    try {
      const answer = await runner.call(
        { kind: "run", source: code.value, check: checking ? check : "" },
        { limit: LIMIT, late: LATE, output: print },
      );
      if (answer.value !== null) print(`${answer.value}\n`, "nlp-value");
      if (answer.error !== null) print(answer.error, "nlp-traceback");
      if (answer.verdict) {
        const { passed, message } = answer.verdict;
        if (passed) {
          section.dataset.passed = "true";
          section.dispatchEvent(new CustomEvent("nlpcourse:solved", {
            bubbles: true, detail: { exercise },
          }));
        }
        keep(exercise, { code: code.value, passed: section.dataset.passed === "true" });
        settle(passed ? "passed" : "failed", message);
      } else if (answer.error !== null) {
        settle("error", "Python stopped at a mistake. What does the last line below say?");
      } else {
        settle("done", output.hidden ? "It ran to its end and printed nothing." : "");
      }
    } catch (error) {
      settle("error", error instanceof Stopped ? error.message : `Python ended: ${error.message}`);
    } finally {
      busy.textContent = name;
      busy = null;
    }
  }

  function print(text, style = "") {
    output.hidden = false;
    if (style) output.append(element("span", { class: style }, text));
    else output.append(text);
  }

  for (const button of [run, test]) {
    button.addEventListener("click", () => {
      if (busy === button) runner.stop("Stopped.");
      else go(button === test);
    });
  }
  reset.addEventListener("click", () => {
    if (undone !== null) {
      code.value = undone;
      changed();
      return;
    }
    const mine = code.value;
    code.value = starter;
    keep(exercise, null);
    if (mine !== starter) {
      undone = mine;
      reset.textContent = "Undo reset";
    }
    output.hidden = true;
    settle("ready", "The starter is back.");
  });

  const leave = runner.onProgress((text) => { status.textContent = text; });
  try {
    await runner.ready();
    status.textContent = "";
    if (section.dataset.state === "loading") section.dataset.state = "ready";
  } catch (error) {
    status.textContent = `Python could not be loaded (${error.message}). Run or Check tries again.`;
    section.dataset.state = "failed";
  } finally {
    leave();
  }
}
