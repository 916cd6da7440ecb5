/* The review: terms and questions asked again on the day when they are due, card by card.

   SM-2: P. A. Woźniak, Optimization of learning (1990), 3.2; the page says the rules in words.
   The cards are the entries of the page's own list, taken out of it and shown one at a time;
   without this file it is that list. */
(() => {
  "use strict";
  const NEW_A_DAY = 12;
  const LONGEST = 3650; // days
  const progress = globalThis.nlpcourseProgress;
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /**
   * What is kept of a card after an answer.
   * @param {object | undefined} card  what was kept before; nothing for a new card
   * @param {number} quality  0 to 5
   * @param {string} day  the day of the answer
   */
  function scheduled(card, quality, day) {
    let { n, ease, days } = card ?? { n: 0, ease: 2.5, days: 0 };
    if (quality < 3) n = 1; // from the beginning, with its ease
    else {
      n += 1;
      ease = Math.max(1.3, ease + 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02));
    }
    days = n === 1 ? 1 : n === 2 ? 6 : Math.ceil(Number((days * ease).toFixed(6)));
    days = Math.min(days, LONGEST);
    const due = progress.later(day, days);
    return { n, ease, days, due, seen: day, first: card?.first ?? day, q: quality };
  }

  /**
   * The cards that are asked on a day: those that are due, the longest due first; then new ones;
   * then those once more that were asked today and not known well.
   * @param {string[]} names  of the cards that may be asked, in the order of the book
   * @param {object} cards  what is kept, by name
   */
  function queue(names, cards, day) {
    const due = names.filter((name) => cards[name]?.due <= day)
      .sort((a, b) => (cards[a].due < cards[b].due ? -1 : cards[a].due > cards[b].due ? 1 : 0));
    const begun = Object.values(cards).filter(({ first }) => first === day).length;
    const fresh = names.filter((name) => !(name in cards));
    const again = names.filter((name) => cards[name]?.seen === day && cards[name].q < 4);
    return { due, fresh: fresh.slice(0, Math.max(0, NEW_A_DAY - begun)), again, later: fresh.length };
  }
  globalThis.nlpcourseReview = { scheduled, queue, NEW_A_DAY };

  // ---------------------------------------------------------------- the page
  const place = $(".review");
  const list = $(".review-cards");
  if (!place || !list) return;
  const said = $(".review-said");
  const every = $(".review-every");
  const chapters = all("[data-chapter-cards]", list);
  const cards = new Map(); // by name: the entry, its chapter's number, and that chapter's frame
  for (const chapter of chapters) {
    const frame = chapter.cloneNode(true);
    $("ul", frame).replaceChildren();
    for (const entry of all("[data-card]", chapter)) {
      cards.set(entry.dataset.card, { entry, chapter: chapter.dataset.chapterCards, frame });
    }
  }
  const turns = new Map(); // by a card's name when it was asked last
  let turn = 0;
  let told = ""; // of the card before

  const many = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  function names(state) {
    return [...cards].filter(([, { chapter }]) => every.checked || chapter in state.read)
      .map(([name]) => name);
  }

  function button(text, action) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.addEventListener("click", action);
    return made;
  }

  /** Show a card below its chapter's name, as the page brought it, whatever it was answered. */
  function draw(name) {
    const { entry, frame } = cards.get(name);
    const chapter = frame.cloneNode(true);
    const card = entry.cloneNode(true);
    $("ul", chapter).append(card);
    list.replaceChildren(chapter);
    return card;
  }

  function ask(focused) {
    list.replaceChildren();
    const state = progress.load();
    const asked = names(state);
    const { due, fresh, again, later } = queue(asked, state.cards, progress.today());
    again.sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
    const [name] = [...due, ...fresh, ...again];
    if (!name) {
      said.textContent = told + end(asked, state.cards, later);
      if (focused) said.focus();
      return;
    }
    said.textContent = `${told}${[
      due.length && `${many(due.length, "card")} due`,
      fresh.length && `${fresh.length} new`,
      again.length && `${again.length} once more`,
    ].filter(Boolean).join(", ")}.`;
    const card = draw(name);
    (name.startsWith("term:") ? askTerm : askQuestion)(card, name);
    if (focused) $("summary, input", card).focus();
  }

  function end(asked, cards, later) {
    if (!asked.length) {
      return "No chapter is marked as read yet. Mark one at its end, or ask about every chapter.";
    }
    const days = asked.map((name) => cards[name]?.due).filter(Boolean).sort();
    if (later) days.unshift(progress.later(progress.today(), 1));
    return `Done for today. The next cards come on ${progress.inWords(days[0])}.`;
  }

  function answer(name, quality) {
    const day = progress.today();
    const repeated = progress.load().cards[name]?.seen === day;
    const kept = progress.change((state) => {
      if (repeated) state.cards[name].q = quality; // the day's interval holds
      else state.cards[name] = scheduled(state.cards[name], quality, day);
    });
    turns.set(name, turn += 1);
    told = repeated ? "" : `The last card comes back in ${many(kept.cards[name].days, "day")}. `;
    if (progress.isLost()) told += `${progress.WHY_LOST} `;
    ask(true);
  }

  function choices(label) {
    const row = document.createElement("div");
    row.className = "review-answers";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", label);
    return row;
  }

  function askTerm(card, name) {
    const fold = $("details", card);
    const text = $("p", card);
    text.tabIndex = -1;
    const row = choices("Did you know it?");
    row.append("Did you know it? ", button("Not yet", () => answer(name, 1)),
      button("With difficulty", () => answer(name, 3)), button("At once", () => answer(name, 5)));
    row.hidden = true;
    card.append(row);
    fold.addEventListener("toggle", () => {
      row.hidden = !fold.open;
      if (fold.open) text.focus();
    });
  }

  function askQuestion(card, name) {
    const fieldset = $("fieldset", card);
    const solution = $("details", card);
    const own = $("fieldset > button", card);
    solution.hidden = true;
    const row = choices("Your answer");
    const check = button("Answer", () => {
      const chosen = all("input", fieldset).some((input) => (
        input.type === "text" ? input.value.trim() : input.checked
      ));
      if (!chosen) return;
      globalThis.nlpcourseQuiz.answer(fieldset);
      const correct = $(".quiz-feedback", fieldset).dataset.correct === "true";
      solution.hidden = false;
      for (const input of all("input", fieldset)) input.disabled = true;
      const next = button("Next", () => answer(name, correct ? 4 : 1));
      check.replaceWith(next);
      next.focus();
    });
    own?.remove(); // one button answers
    row.append(check);
    card.append(row);
  }

  place.hidden = false;
  every.addEventListener("change", () => { told = ""; ask(false); });
  addEventListener("storage", (event) => { if (event.key === null) ask(false); });
  ask(false);
})();
