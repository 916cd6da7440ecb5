/*
 * The only script that a page with a playground or a live exercise loads by itself.
 *
 * It turns the static steps into a stepper and shows the buttons; everything else (the form's
 * wiring, the editor, Python itself) is fetched when a reader clicks one of them.
 * A classic script: it also runs when the page was opened as a file.
 */
(() => {
  "use strict";
  const base = new URL(".", document.currentScript.src).href;

  /**
   * Show one step at a time, with buttons and a slider; keeps its place when it is drawn again.
   * @param {ParentNode} root  where to look for lists of steps
   * @param {number[]} places  the step each list showed before it was drawn again
   */
  function enhanceSteps(root, places = []) {
    root.querySelectorAll(".nlp-steps").forEach((figure, number) => {
      const list = figure.querySelector(":scope > .nlp-steps__list");
      if (!list || figure.dataset.step !== undefined) return;
      const steps = [...list.children];
      const bar = document.createElement("div");
      bar.className = "nlp-steps__bar";
      bar.innerHTML =
        '<button type="button" class="nlp-button nlp-button--quiet" aria-label="Previous step">' +
        '<span aria-hidden="true">‹</span></button>' +
        '<input type="range" min="1" aria-label="Step">' +
        '<button type="button" class="nlp-button nlp-button--quiet" aria-label="Next step">' +
        '<span aria-hidden="true">›</span></button>' +
        '<output class="nlp-steps__count" aria-live="off"></output>';
      const [previous, next] = bar.querySelectorAll("button");
      const slider = bar.querySelector("input");
      const count = bar.querySelector("output");
      slider.max = String(steps.length);

      const show = (index, say) => {
        const place = Math.max(0, Math.min(steps.length - 1, index));
        figure.dataset.step = String(place);
        steps.forEach((step, i) => { step.hidden = i !== place; });
        slider.value = String(place + 1);
        slider.setAttribute("aria-valuetext", `Step ${place + 1} of ${steps.length}`);
        count.textContent = `${place + 1} / ${steps.length}`;
        previous.setAttribute("aria-disabled", String(place === 0));
        next.setAttribute("aria-disabled", String(place === steps.length - 1));
        list.setAttribute("aria-live", say ? "polite" : "off");
      };
      previous.addEventListener("click", () => show(Number(figure.dataset.step) - 1, true));
      next.addEventListener("click", () => show(Number(figure.dataset.step) + 1, true));
      slider.addEventListener("input", () => show(Number(slider.value) - 1, true));
      list.before(bar);
      figure.classList.add("nlp-steps--live");
      show(places[number] ?? 0, false);
    });
  }

  /** @returns {{code?: string, passed?: boolean}} what the reader left here last time */
  function kept(identifier) {
    try {
      return JSON.parse(localStorage.getItem(`nlpcourse:exercise:${identifier}`) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }

  const needsServer = "Playing needs the book from a web server: run “make serve” and open the "
    + "address that it prints. The page itself is complete without it.";

  /** Say what a click will load, or that the last visit kept it. */
  async function weigh(sections) {
    let kept = [];
    try {
      const store = await caches.open("nlpcourse");
      kept = (await store.keys()).map(({ url }) => url.split("/").pop());
    } catch {
      // This browser keeps nothing, or nothing in this window.
    }
    for (const section of sections) {
      const status = section.querySelector(".nlp-status");
      if (section.dataset.state) continue;
      const files = JSON.parse(section.dataset.loads ?? "[]");
      const missing = files.filter(([name]) => !kept.includes(name));
      const size = missing.reduce((sum, [, bytes]) => sum + bytes, 0) / 1e6;
      status.textContent = size < 0.5
        ? "Loads nothing: your last visit kept it."
        : `Loads about ${Math.round(size)} MB, once: your browser keeps it.`;
    }
  }

  function offer(section, script) {
    const button = section.querySelector(".nlp-start");
    const status = section.querySelector(".nlp-status");
    if (!button) return;
    if (location.protocol === "file:") {
      status.textContent = needsServer;
      return;
    }
    button.hidden = false;
    button.addEventListener("click", async function begin() {
      button.removeEventListener("click", begin);
      try {
        const module = await import(base + script);
        await module.start(section);
      } catch (error) {
        status.textContent = `This could not be started (${error.message}). `
          + "Is the network there? Press the button to try again.";
        section.dataset.state = "failed";
        button.removeAttribute("aria-disabled");
        button.addEventListener("click", begin);
      }
    });
  }

  function begin() {
    enhanceSteps(document);
    document.querySelectorAll(".nlp-play").forEach((section) => offer(section, "play.js"));
    document.querySelectorAll(".nlp-exercise").forEach((section) => {
      const mine = kept(section.dataset.exercise);
      if (mine.code !== undefined && mine.code.trim() !== section.dataset.starter.trim()) {
        section.querySelector(".nlp-start").textContent = "Go on with your answer";
        section.querySelector(".nlp-starter pre").textContent = mine.code;
        const label = document.createElement("p");
        label.className = "nlp-saved";
        label.textContent = "Your answer, as this browser saved it";
        section.querySelector(".nlp-starter").prepend(label);
        if (mine.passed) section.dataset.passed = "true";
      }
      offer(section, "exercise.js");
    });
    if (location.protocol !== "file:") weigh(document.querySelectorAll(".nlp-play, .nlp-exercise"));
  }

  globalThis.nlpcourse = { enhanceSteps, kept };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
