/* What the reader has read, solved, answered and reviewed: kept in this browser and nowhere else.

   The store holds  {read: {"11": day}, solved: {"11.1": day}, answered: {"11-64f80b0b": true},
   cards: {"term:prior": {n, ease, days, due, seen, first, q}}}, days as "2026-11-29".
   A file of it says in `format` and `version` what it is. */
(() => {
  "use strict";
  const KEY = "nlpcourse:progress";
  const OURS = "nlpcourse:"; // begins every name under which the book keeps something
  const FORMAT = "nlpcourse progress";
  const VERSION = 1;
  const LARGEST = 2e6; // bytes of a file that is read
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const empty = () => ({ read: {}, solved: {}, answered: {}, cards: {} });

  // ---------------------------------------------------------------- days of the reader's clock
  const two = (number) => String(number).padStart(2, "0");
  const dayOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const today = () => dayOf(new Date());
  const parts = (day) => day.split("-").map(Number);
  /** A day some days later; noon, because a day has not always 24 hours. */
  function later(day, days) {
    const [year, month, date] = parts(day);
    return dayOf(new Date(year, month - 1, date + days, 12));
  }
  function inWords(day, length = "long") {
    const [year, month, date] = parts(day);
    return new Date(year, month - 1, date, 12)
      .toLocaleDateString("en-GB", { day: "numeric", month: length, year: "numeric" });
  }

  // ---------------------------------------------------------------- what a store may hold
  const isDay = (value) => /^\d{4}-\d\d-\d\d$/.test(value) && later(value, 0) === value;
  const between = (value, low, high) => (
    typeof value === "number" && value >= low && value <= high
  );
  const isCard = (value) => typeof value === "object" && value !== null
    && Number.isInteger(value.n) && between(value.n, 1, 10000) && between(value.ease, 1.3, 100)
    && Number.isInteger(value.days) && between(value.days, 1, 3650) && between(value.q, 0, 5)
    && [value.due, value.seen, value.first].every(isDay);
  const HOLDS = {
    read: [/^\d\d$/, isDay],
    solved: [/^\d\d\.\d{1,2}$/, isDay],
    answered: [/^\d\d-[0-9a-f]{8}$/, (value) => typeof value === "boolean"],
    cards: [/^(?:term|quiz):[\p{L}\p{N}_-]{1,90}$/u, isCard],
  };

  /** @returns {object | null} the state in what was found; null where that is no state of ours */
  function stateOf(found) {
    const state = empty();
    for (const [room, [names, holds]] of Object.entries(HOLDS)) {
      const given = found?.[room];
      if (typeof given !== "object" || given === null || Array.isArray(given)) return null;
      for (const [name, value] of Object.entries(given)) {
        if (!names.test(name) || !holds(value)) return null;
        state[room][name] = value;
      }
    }
    return state;
  }

  /** The state that holds what either holds: the earlier day, the right answer, the later review. */
  function merge(one, other) {
    const joined = empty();
    const join = (room, choose) => {
      Object.assign(joined[room], one[room]);
      for (const [name, theirs] of Object.entries(other[room])) {
        joined[room][name] = name in one[room] ? choose(one[room][name], theirs) : theirs;
      }
    };
    const earlier = (a, b) => (a < b ? a : b);
    join("read", earlier);
    join("solved", earlier);
    join("answered", (a, b) => a || b);
    join("cards", (a, b) => ({
      ...(b.seen > a.seen || (b.seen === a.seen && b.due < a.due) ? b : a),
      first: earlier(a.first, b.first),
    }));
    return joined;
  }

  // ---------------------------------------------------------------- the store
  let unkept = null; // the state, where the browser keeps nothing
  let lost = false;

  function load() {
    let kept = empty();
    try {
      const text = localStorage.getItem(KEY);
      if (text !== null) {
        let found = null;
        try { found = stateOf(JSON.parse(text)); } catch { /* cut short */ }
        if (found) kept = found;
        else localStorage.setItem(`${KEY}:damaged`, text); // the next change writes over it
      }
    } catch { /* a private window */ }
    return unkept ? merge(kept, unkept) : kept;
  }

  function change(edit) {
    const state = load(); // another tab may have written meanwhile
    edit(state);
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      unkept = null;
      lost = false;
    } catch {
      unkept = state;
      lost = true;
    }
    show();
    return state;
  }

  function forget() {
    unkept = null;
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(OURS)) localStorage.removeItem(name);
      }
    } catch { /* there was nothing */ }
    show();
  }

  const WHY_LOST = "This browser keeps nothing (a private window, or its store is full): what you "
    + "do counts until you leave the page.";

  // ---------------------------------------------------------------- files
  const asFile = (state) => JSON.stringify({ format: FORMAT, version: VERSION, ...state }, null, 1);

  /** @returns {{state?: object, refused?: string}} what a file's text holds, or why not */
  function readFile(text) {
    let found;
    try {
      found = JSON.parse(text);
    } catch {
      return { refused: "This file is damaged or no file of progress, and nothing was changed." };
    }
    if (found?.format !== FORMAT) {
      return { refused: "This is no file of progress from this course, and nothing was changed." };
    }
    if (found.version !== VERSION) {
      return { refused: "This file comes from another version of the course, and nothing was changed." };
    }
    const state = stateOf(found);
    return state ? { state } : { refused: "This file is damaged, and nothing was changed." };
  }

  function save() {
    const url = URL.createObjectURL(new Blob([asFile(load())], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `nlpcourse-progress-${today()}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  const sizeOf = (state) => Object.values(state).reduce((n, room) => n + Object.keys(room).length, 0);

  async function add(file) {
    if (file.size > LARGEST) return "This is no file of progress from this course, and nothing was changed.";
    const { state, refused } = readFile(await file.text());
    if (refused) return refused;
    const before = load();
    const after = change((mine) => { Object.assign(mine, merge(mine, state)); });
    const more = sizeOf(after) - sizeOf(before);
    if (more) return `Added ${file.name}: ${more} new ${more === 1 ? "entry" : "entries"}.`;
    const same = JSON.stringify(after) === JSON.stringify(before);
    return `Added ${file.name}: ${same ? "it holds nothing new" : "its earlier days and later reviews"}.`;
  }

  // ---------------------------------------------------------------- what the page shows
  const count = (room, chapter) => (
    Object.keys(room).filter((name) => name.startsWith(chapter)).length
  );
  const right = ({ answered }) => (
    Object.fromEntries(Object.entries(answered).filter(([, found]) => found))
  );
  const many = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const write = (place, text) => { if (place && place.textContent !== text) place.textContent = text; };

  /** On a chapter's page: the line at its head, and the button at its end. */
  function showChapter(state) {
    const head = $(".progress-here");
    if (!head) return;
    const chapter = head.dataset.chapterHere;
    const read = state.read[chapter];
    const exercises = all("main [data-exercise]").map((e) => e.dataset.exercise);
    const questions = all("main [data-question]").map((e) => e.dataset.question);
    const solved = exercises.filter((name) => name in state.solved).length;
    const found = questions.filter((name) => state.answered[name]).length;
    write($("span", head), [
      read ? `Read on ${inWords(read)}` : "Not marked as read",
      `${solved} of ${many(exercises.length, "exercise")} solved`,
      `${found} of ${many(questions.length, "question")} answered`,
    ].join(" · ") + (lost ? `. ${WHY_LOST}` : ""));
    head.hidden = false;
    const foot = $(".progress-read");
    $("button", foot).setAttribute("aria-pressed", String(Boolean(read)));
    foot.hidden = false;
    for (const box of all(".own-exercise input")) {
      box.checked = box.closest("[data-exercise]").dataset.exercise in state.solved;
    }
  }

  /** Links to chapters that were read, or begun, say so; the table of the page of progress as well. */
  function showMarks(state) {
    const answered = right(state);
    for (const link of all("main a[data-chapter]")) {
      const chapter = link.dataset.chapter;
      const read = chapter in state.read;
      const begun = !read && count(state.solved, `${chapter}.`) + count(answered, `${chapter}-`) > 0;
      link.classList.toggle("is-read", read);
      link.classList.toggle("is-begun", begun);
      const said = read ? "read" : begun ? "begun" : "";
      const place = $(".progress-mark", link);
      const drawn = $("text", link);
      if (place) place.remove();
      if (!said) continue;
      const mark = drawn
        ? document.createElementNS("http://www.w3.org/2000/svg", "tspan")
        : document.createElement("span");
      mark.setAttribute("class", drawn ? "progress-mark" : "progress-mark visually-hidden");
      mark.textContent = drawn ? ` · ${said}` : `, ${said}`;
      (drawn ?? link).append(mark);
    }
    for (const row of all("[data-progress]")) {
      const chapter = row.dataset.progress;
      const cell = (what) => $(`[data-what="${what}"]`, row);
      const of = (what, done) => {
        cell(what).dataset.of ??= cell(what).textContent;
        write(cell(what), `${done} of ${cell(what).dataset.of}`);
      };
      write(cell("read"), state.read[chapter] ? inWords(state.read[chapter], "short") : "–");
      of("solved", count(state.solved, `${chapter}.`));
      of("answered", count(answered, `${chapter}-`));
    }
  }

  function show() {
    const state = load();
    const answered = Object.keys(right(state)).length;
    const told = `${many(Object.keys(state.read).length, "chapter")} read, `
      + `${many(Object.keys(state.solved).length, "exercise")} solved, `
      + `${many(answered, "question")} answered.`;
    for (const line of all(".progress-all")) {
      line.hidden = sizeOf(state) === 0;
      write($("span", line), told);
    }
    write($(".progress-told"), told + (lost ? ` ${WHY_LOST}` : ""));
    showChapter(state);
    showMarks(state);
  }

  // ---------------------------------------------------------------- what the reader does
  function begin() {
    document.addEventListener("nlpcourse:solved", ({ detail }) => {
      change((state) => { state.solved[detail.exercise] ??= today(); });
    });
    document.addEventListener("nlpcourse:answered", ({ detail }) => {
      if (!detail.question) return;
      change(({ answered }) => { answered[detail.question] ||= detail.correct; });
    });

    const foot = $(".progress-read");
    $("button", foot ?? document.createElement("p"))?.addEventListener("click", () => {
      const chapter = $(".progress-here").dataset.chapterHere;
      const state = change(({ read }) => {
        if (chapter in read) delete read[chapter];
        else read[chapter] = today();
      });
      const said = chapter in state.read ? "Kept in this browser." : "No longer marked as read.";
      write($("span", foot), lost ? WHY_LOST : said);
    });

    for (const place of all(".own-exercise")) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox" });
      label.append(box, ` I have solved ${place.dataset.exercise} there`);
      place.append(" ", label);
      box.addEventListener("change", () => change(({ solved }) => {
        if (box.checked) solved[place.dataset.exercise] ??= today();
        else delete solved[place.dataset.exercise];
      }));
    }

    const tools = $(".progress-tools");
    if (tools) {
      const said = $(".progress-said");
      const sure = $(".progress-sure");
      tools.hidden = false;
      $(".progress-save").addEventListener("click", save);
      $(".progress-load input").addEventListener("change", async ({ target }) => {
        if (!target.files.length) return;
        said.textContent = await add(target.files[0]);
        target.value = ""; // the same file may be chosen again
      });
      $(".progress-forget").addEventListener("click", () => { sure.returnValue = ""; sure.showModal(); });
      sure.addEventListener("close", () => {
        if (sure.returnValue !== "forget") return;
        forget();
        said.textContent = "Everything is forgotten.";
      });
    }

    // Exercises that passed before progress was kept.
    const passed = all(".nlp-exercise").map((e) => e.dataset.exercise).filter((name) => {
      try {
        return JSON.parse(localStorage.getItem(`${OURS}exercise:${name}`) ?? "{}")?.passed;
      } catch { return false; }
    }).filter((name) => !(name in load().solved));
    if (passed.length) change(({ solved }) => passed.forEach((name) => { solved[name] ??= today(); }));
    addEventListener("storage", show); // another tab
    addEventListener("pageshow", ({ persisted }) => { if (persisted) show(); });
    show();
  }

  globalThis.nlpcourseProgress = { load, change, merge, readFile, asFile, today, later, inWords, isLost: () => lost, WHY_LOST };
  begin();
})();
