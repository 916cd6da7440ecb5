/* Search in the reader's browser: one hit a page, led by the chapter that teaches the term, each
   with links to the sections where the words stand.

   `search-index.js` (made by book/_ext/search.py) calls `nlpcourseSearch.load` with
   pages    [address, title, kind]            kind: chapter, page or reference
   sections [page, anchor, title, text]       in the order of the book
   terms    [names, definition, page, anchor] page: the chapter that teaches it, or -1 */
(() => {
  "use strict";
  const SECTIONS = 4; // links below a hit
  const BEFORE = 60; // characters of an excerpt before the word, and after it
  const AFTER = 150;
  const KINDS = { chapter: 1, page: 0.7, reference: 0.45 };

  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /** Cut an English ending, so that "embedding" finds "embeddings", and "-ize" is "-ise". */
  function stem(word) {
    if (word.length < 4 || /\d/.test(word)) return word;
    return word
      .replace(/(?<=[^aeious])ies$/, "y").replace(/(?<=(?:ss|x|ch|sh))es$/, "")
      .replace(/(?<=[^sui])s$/, "")
      .replace(/(?<=\p{L}{4})(?:ing|ed)$/u, "").replace(/(?<=\p{L}{3})([bdgmnprt])\1$/u, "$1")
      .replace(/(?<=\p{L}{3})e$/u, "").replace(/iz(?=at|e|i|$)/, "is");
  }

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = (word) => {
    const begins = escaped(stem(word)).replace(/is(?=at|e|i|$)/, "i[sz]");
    return new RegExp(`(?<![\\p{L}\\p{N}])${begins}[\\p{L}]{0,12}`, "giu");
  };

  /** @returns {number} how often the word stands in the text; a longer word counts for less */
  function count(text, word, find) {
    let sum = 0;
    for (const [hit] of text.matchAll(find)) {
      sum += stem(hit.toLowerCase()) === stem(word) ? 1 : 0.25;
    }
    return sum;
  }

  const saturated = (times) => (2 * times) / (times + 1.5);
  const key = (text) => words(text).map(stem).join(" ");

  /** @returns {{term: object | null, hits: object[]}} the term that was asked for, and the pages */
  function search(index, query) {
    if (!words(query).length) return { term: null, hits: [] };
    const phrase = key(query);
    const term = index.terms.find(([names]) => names.some((name) => key(name) === phrase)) ?? null;
    const hits = pagesWith(index, query, term);
    if (term && key(term[0][0]) !== phrase) { // BPE: the pages that write it out count as well
      const best = new Map(hits.map((hit) => [hit.page, hit]));
      for (const hit of pagesWith(index, term[0][0], term)) {
        if (!(best.get(hit.page)?.score > hit.score)) best.set(hit.page, hit);
      }
      return { term, hits: [...best.values()].sort((a, b) => b.score - a.score || a.page - b.page) };
    }
    return { term, hits };
  }

  function pagesWith({ pages, sections }, query, term) {
    const wanted = [...new Set(words(query))];
    const finders = wanted.map(pattern);

    // How often each word stands in each section: first in its title, then in its text.
    const counts = sections.map(([, , title, text]) => wanted.map((word, i) => [
      count(title, word, finders[i]), count(text, word, finders[i]),
    ]));
    const rarity = wanted.map((_, i) => {
      const having = counts.filter((of) => of[i][0] + of[i][1] > 0).length;
      return Math.log(1 + sections.length / (1 + having));
    });

    const byPage = new Map();
    sections.forEach(([page, anchor, title, text], s) => {
      const has = counts[s].map(([above, below]) => above + below > 0);
      if (!has.includes(true)) return;
      let score = 0;
      counts[s].forEach(([above, below], i) => {
        score += rarity[i] * (2.5 * Math.min(above, 1) + saturated(below));
      });
      if (!has.includes(false)) score *= 1.5;
      const found = byPage.get(page) ?? { page, has: wanted.map(() => false), sections: [], often: 0 };
      found.has = found.has.map((was, i) => was || has[i]);
      found.often += counts[s].reduce((sum, [above, below]) => sum + above + below, 0);
      found.sections.push({ anchor, title, text, score });
      byPage.set(page, found);
    });

    const hits = [...byPage.values()].filter(({ has }) => !has.includes(false));
    for (const hit of hits) {
      const [, title, kind] = pages[hit.page];
      hit.sections.sort((a, b) => b.score - a.score);
      const rest = hit.sections.slice(1).reduce((sum, { score }) => sum + score, 0);
      hit.score = KINDS[kind] * (hit.sections[0].score + 2 * Math.log1p(rest) + 2 * Math.log1p(hit.often));
      if (finders.every((find) => title.match(find))) hit.score += kind === "chapter" ? 30 : 10;
      if (term && term[2] === hit.page) hit.score += 100;
    }
    return hits.sort((a, b) => b.score - a.score || a.page - b.page);
  }

  // ---------------------------------------------------------------- the page
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  /** The text with the words that were looked for marked. */
  function marked(text, query) {
    const every = words(query).map((word) => pattern(word).source).join("|");
    return text.split(new RegExp(`(${every})`, "giu")).map((part, i) => (
      i % 2 ? element("mark", {}, part) : part
    ));
  }

  function excerpt(text, query) {
    const places = words(query).map((word) => text.search(pattern(word))).filter((at) => at >= 0);
    const at = places.length ? Math.min(...places) : 0;
    const from = at <= BEFORE ? 0 : text.indexOf(" ", at - BEFORE) + 1;
    const end = text.indexOf(" ", at + AFTER);
    const shown = text.slice(from, end < 0 ? text.length : end);
    return [from > 0 ? "… " : "", ...marked(shown, query), end < 0 ? "" : " …"];
  }

  function draw(index, query) {
    const say = document.querySelector("#search-progress");
    const place = document.querySelector("#search-results");
    const { term, hits } = search(index, query);
    const to = (page, anchor = "") => (
      `${index.pages[page][0]}?highlight=${encodeURIComponent(query)}${anchor && `#${anchor}`}`
    );
    place.replaceChildren();
    if (!words(query).length) {
      say.textContent = "";
      return;
    }
    document.title = `${query} · ${document.title.split(" · ").slice(-2).join(" · ")}`;
    const many = hits.length === 1 ? "1 page" : `${hits.length} pages`;
    say.textContent = hits.length
      ? `${many} for “${query}”.`
      : `Nothing for “${query}”. Another word, or a part of it, may do.`;
    if (term) {
      const [names, definition, page, anchor] = term;
      const where = index.terms.glossary;
      const box = element("p", { class: "search-term" },
        element("a", { href: `${where}#${anchor}` }, element("b", {}, names[0])), `: ${definition}`);
      if (page >= 0) box.append(" Taught in ", element("a", { href: to(page) }, index.pages[page][1]), ".");
      place.append(box);
    }
    const list = element("ol", { class: "search-hits" });
    for (const { page, sections } of hits) {
      const [best] = sections;
      const item = element("li", {},
        element("h2", {}, element("a", { href: to(page, best.anchor) }, index.pages[page][1])),
        element("p", { class: "context" }, ...excerpt(best.text, query)));
      const titled = sections.filter(({ title }) => title !== index.pages[page][1]).slice(0, SECTIONS);
      if (titled.length) {
        item.append(element("ul", { class: "search-sections" }, ...titled.map(({ anchor, title }) => (
          element("li", {}, element("a", { href: to(page, anchor) }, ...marked(title, query)))
        ))));
      }
      list.append(item);
    }
    if (hits.length) place.append(list);
  }

  globalThis.nlpcourseSearch = {
    search,
    load(index) {
      index.terms.glossary = index.glossary;
      globalThis.nlpcourseSearch.index = index;
      const input = document.querySelector(".search-page input");
      if (!input) return;
      const query = new URLSearchParams(location.search).get("q") ?? "";
      input.value = query;
      draw(index, query);
      let timer;
      input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          draw(index, input.value);
          const address = new URL(location.href);
          address.searchParams.set("q", input.value);
          history.replaceState(null, "", address);
        }, 120);
      });
    },
  };
})();
