/*
 * A playground: its form drives the Python function that drew the static views, and the views are
 * drawn again by the same Python.
 */
import { runner, Stopped } from "./runner.js";

const PAUSE = 150; // ms without a keystroke before the views follow
const LIMIT = 20; // seconds
const LATE = `That took longer than ${LIMIT} seconds and was stopped. Would less text do?`;

/** @returns {Record<string, string | number | boolean>} the form's values by name */
function values(form) {
  const result = {};
  for (const field of form.querySelectorAll("[name]")) {
    if (field.type === "checkbox") result[field.name] = field.checked;
    else if (field.type === "range" || field.type === "number") result[field.name] = Number(field.value);
    else result[field.name] = field.value;
  }
  return result;
}

function showValue(field) {
  const output = field.closest(".nlp-field")?.querySelector("output");
  if (output) output.textContent = field.value;
}

/** @param {HTMLElement} section  the playground, as the build drew it */
export async function start(section) {
  const clicked = performance.now();
  const form = section.querySelector(".nlp-form");
  const fieldset = form.querySelector("fieldset");
  const button = section.querySelector(".nlp-start");
  const status = section.querySelector(".nlp-status");
  const views = section.querySelector(".nlp-views");
  const summary = section.querySelector(".nlp-summary");
  const module = section.dataset.playground;
  const resources = JSON.parse(section.dataset.resources);
  const models = JSON.parse(section.dataset.models ?? "[]");

  button.setAttribute("aria-disabled", "true");
  section.dataset.state = "loading";
  runner.expect([...resources, ...models].map(([, file]) => file));
  const leave = runner.onProgress((text) => { status.textContent = text; });

  let wanted = 0; // the newest change
  let busy = false;
  const update = async () => {
    wanted += 1;
    if (busy) return;
    busy = true;
    try {
      for (let done = 0; done !== wanted;) {
        done = wanted;
        const message = { kind: "play", module, inputs: JSON.stringify(values(form)), resources, models };
        const answer = await runner.call(message, { limit: LIMIT, late: LATE });
        if (done === wanted) show(answer);
      }
    } finally {
      busy = false;
    }
  };
  const show = ({ html, summary: text, error }) => {
    if (error !== undefined) {
      status.textContent = error;
      section.dataset.state = "error";
      return;
    }
    const places = [...views.querySelectorAll(".nlp-steps")].map((f) => Number(f.dataset.step));
    views.innerHTML = html;
    globalThis.nlpcourse.enhanceSteps(views, places);
    summary.innerHTML = text;
    if (section.dataset.state === "error") status.textContent = "";
    section.dataset.state = "ready";
    section.dataset.drawn = String(Number(section.dataset.drawn ?? 0) + 1);
  };
  const follow = () => update().catch((error) => {
    status.textContent = error instanceof Stopped ? error.message : `Python ended: ${error.message}`;
    section.dataset.state = "error";
  });

  try {
    await update();
  } finally {
    leave();
  }
  if (section.dataset.state === "loading") section.dataset.state = "ready";
  const seconds = (performance.now() - clicked) / 1000;
  section.dataset.seconds = seconds.toFixed(2);
  if (section.dataset.state === "ready") {
    status.textContent = "Python is running in your browser. Change an input and the view follows.";
  }

  fieldset.disabled = false;
  let timer;
  form.addEventListener("input", (event) => {
    showValue(event.target);
    clearTimeout(timer);
    timer = setTimeout(follow, PAUSE);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  button.textContent = "Start again";
  button.removeAttribute("aria-disabled");
  button.classList.add("nlp-button--quiet");
  button.addEventListener("click", () => {
    form.reset();
    form.querySelectorAll("[name]").forEach(showValue);
    follow();
  });
  const { activeElement } = document; // a reader who went elsewhere meanwhile stays there
  if (activeElement === button || activeElement === document.body) {
    fieldset.querySelector("[name]")?.focus({ preventScroll: true });
  }
}
