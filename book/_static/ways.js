/* "One skill" on the page of the ways: a term or a chapter is chosen, and what to read first is
   listed in its order.  The table below the field is where the chapters, their order and their
   minutes are read from; it is all there is without this file. */
(() => {
  "use strict";
  const form = document.querySelector(".finder");
  const place = document.querySelector(".finder-way");
  if (!form || !place) return;
  const names = JSON.parse(document.querySelector("#goal-names").textContent);
  const rows = new Map([...document.querySelectorAll("[data-goal]")].map((row) => [row.dataset.goal, row]));
  const field = form.querySelector("input");
  const plain = (text) => text.trim().toLowerCase().replace(/[\s‐-―-]+/g, " ").replace(/^\d\d /, "");
  const hours = (minutes) => {
    const halves = Math.max(1, Math.round(minutes / 30));
    return `${Math.floor(halves / 2) || ""}${halves % 2 ? "½" : ""} h`;
  };

  /** @returns {[string, string] | undefined} the name that was meant, and its chapter */
  function goalOf(text) {
    const wanted = plain(text);
    if (!wanted) return undefined;
    const number = text.trim().match(/^\d\d?$/)?.[0].padStart(2, "0");
    if (rows.has(number)) return [rows.get(number).querySelector("a").textContent, number];
    const begins = (name) => plain(name).startsWith(wanted);
    return names.find(([name]) => plain(name) === wanted)
      ?? names.find(([name]) => plain(name) === wanted.replace(/s$/, ""))
      ?? names.filter(([name]) => begins(name)).sort(([a], [b]) => a.length - b.length)[0];
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function draw() {
    const goal = goalOf(field.value);
    if (!goal) {
      const to = `${place.dataset.search}?q=${encodeURIComponent(field.value)}`;
      place.replaceChildren(field.value.trim() ? element("p", {},
        "No chapter is known by that name. ", element("a", { href: to }, "Search the course for it"), "?") : "");
      return;
    }
    const [name, chapter] = goal;
    const row = rows.get(chapter);
    const way = [...row.dataset.before.split(" "), chapter].filter((number) => rows.has(number));
    const { read } = globalThis.nlpcourseProgress.load();
    const took = (numbers) => numbers.reduce((sum, n) => sum + Number(rows.get(n).dataset.minutes), 0);
    const open = way.filter((number) => !(number in read));
    const items = way.map((number) => {
      const link = rows.get(number).querySelector("a").cloneNode(true);
      return element("li", {}, link, ` ${hours(took([number]))}`);
    });
    const taught = row.querySelector("a").firstChild.textContent;
    const sum = `${way.length} ${way.length === 1 ? "chapter" : "chapters"}, ${hours(took(way))} together`;
    const left = !open.length ? "; you have read all of it"
      : open.length < way.length ? `; ${hours(took(open))} are left of it` : "";
    place.replaceChildren(
      element("p", {}, element("b", {}, name), name.endsWith(taught) || taught.endsWith(name) ? ": " : ` is taught in ${taught}: `, `${sum}${left}.`),
      element("ol", {}, ...items),
    );
  }

  form.querySelector("datalist").append(...names.map(([name]) => element("option", { value: name })));
  form.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); draw(); });
  field.addEventListener("change", draw);
})();
