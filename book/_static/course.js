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

  const links = new Map(all(".page-toc a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  if (links.size) {
    const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    let queued = false;
    const mark = () => {
      queued = false;
      let here = sections[0];
      for (const section of sections) if (section.getBoundingClientRect().top < 140) here = section;
      for (const [id, link] of links) {
        const on = id === here?.id && scrollY > 60;
        link.classList.toggle("here", on);
        if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", () => { if (!queued) { queued = true; requestAnimationFrame(mark); } }, { passive: true });
    mark();
  }
})();
