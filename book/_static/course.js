/* The frame of every page: theme, contents drawer, search key, copy buttons, current section.
   Everything works without this file except switching the theme by hand. */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const themeButton = $(".theme-button");
  const say = () => {
    const other = root.dataset.theme === "dark" ? "light" : "dark";
    themeButton?.setAttribute("aria-label", `Switch to ${other} colours`);
  };
  themeButton?.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window */ }
    say();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    let stored = null;
    try { stored = localStorage.getItem("theme"); } catch { /* private window */ }
    if (!stored) { root.dataset.theme = event.matches ? "dark" : "light"; say(); }
  });
  say();

  const menu = $(".menu-button");
  const nav = $(".site-nav");
  const veil = $(".nav-veil");
  const open = (wanted) => {
    root.classList.toggle("nav-open", wanted);
    veil.hidden = !wanted;
    menu.setAttribute("aria-expanded", String(wanted));
    if (wanted) ($("a.current", nav) ?? $("a", nav))?.focus({ preventScroll: true });
    else menu.focus();
  };
  menu?.addEventListener("click", () => open(!root.classList.contains("nav-open")));
  veil?.addEventListener("click", () => open(false));
  const current = $("a.current", nav ?? document);
  if (current && nav) {
    const top = current.offsetTop - nav.clientHeight / 2;
    if (top > 0) nav.scrollTop = top;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("nav-open")) open(false);
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const find = event.key === "k" && (event.ctrlKey || event.metaKey) && !typing;
    if (slash || find) {
      event.preventDefault();
      $(".search-form input")?.focus();
    }
  });

  if (navigator.clipboard) {
    for (const box of all(".prose div.highlight")) {
      if (box.closest(".output, .live-exercise, .playground")) continue;
      const button = Object.assign(document.createElement("button"), {
        type: "button", className: "copy-button", textContent: "Copy",
      });
      button.setAttribute("aria-label", "Copy this code");
      button.addEventListener("click", async () => {
        const lines = $("pre", box).textContent.replace(/\n$/, "").split("\n");
        const shell = lines.some((line) => line.startsWith("$ "));
        const kept = shell ? lines.filter((l) => l.startsWith("$ ")).map((l) => l.slice(2)) : lines;
        await navigator.clipboard.writeText(kept.join("\n"));
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      box.append(button);
    }
  }

  // What is wider than its box can be scrolled from the keyboard, and its edge says so.
  const names = [
    [".output, .nlp-output", "Output"], ["pre", "Code"], [".table-scroll, .nlp-scroll", "Table"],
    [".equation-body", "Equation"], [".nlp-figure, .wide", "Figure"],
  ];
  const scrollers = names.map(([selector]) => selector).join(", ");
  const edges = (box) => {
    const room = box.scrollWidth - box.clientWidth;
    box.classList.toggle("more-left", room > 1 && box.scrollLeft > 1);
    box.classList.toggle("more-right", room > 1 && box.scrollLeft < room - 1);
  };
  const measure = (box) => {
    const style = getComputedStyle(box);
    const scrolls = (over, full, seen) => /auto|scroll/.test(over) && full > seen + 1;
    const wide = scrolls(style.overflowX, box.scrollWidth, box.clientWidth);
    const tall = scrolls(style.overflowY, box.scrollHeight, box.clientHeight);
    if (wide) edges(box);
    else box.classList.remove("more-left", "more-right");
    if (wide || tall) {
      box.tabIndex = 0;
      if (!box.hasAttribute("role")) box.setAttribute("role", "group");
      if (!box.hasAttribute("aria-label")) {
        box.setAttribute("aria-label", names.find(([selector]) => box.matches(selector))[1]);
      }
    } else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => measure(target)));
  const known = new WeakSet();
  const watch = (within) => {
    for (const box of all(scrollers, within)) {
      if (known.has(box) || box.closest(".nlp-editor")) continue;
      known.add(box);
      sizes.observe(box);
      box.addEventListener("scroll", () => edges(box), { passive: true });
    }
  };
  const main = $("main");
  if (main) {
    watch(main);
    const redrawn = new MutationObserver(() => watch(main));
    for (const place of all(".nlp-play, .nlp-exercise", main)) {
      redrawn.observe(place, { childList: true, subtree: true });
    }
  }

  const lists = all(".page-toc, .toc-here").map((list) => (
    new Map(all("a", list).map((a) => [decodeURIComponent(a.hash.slice(1)), a]))
  ));
  if (lists.length) {
    const sections = [...lists[0].keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const strip = $(".toc-here");
    const title = $(".toc-here > summary > b");
    let queued = false;
    const mark = () => {
      queued = false;
      let here = sections[0];
      for (const section of sections) if (section.getBoundingClientRect().top < 140) here = section;
      for (const [id, link] of lists.flatMap((links) => [...links])) {
        const on = id === here?.id && scrollY > 60;
        link.classList.toggle("here", on);
        if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
        if (on && title && title.textContent !== link.textContent) title.textContent = link.textContent;
      }
      if (title && scrollY <= 60) title.textContent = "";
    };
    addEventListener("scroll", () => { if (!queued) { queued = true; requestAnimationFrame(mark); } }, { passive: true });
    mark();
    strip?.addEventListener("click", (event) => {
      if (event.target.closest("a")) strip.open = false; // the reader is on the way
    });
    strip?.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && strip.open) { strip.open = false; $("summary", strip).focus(); }
    });
    document.addEventListener("click", (event) => {
      if (strip?.open && !strip.contains(event.target)) strip.open = false;
    });
  }
})();
