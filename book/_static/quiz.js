// Answers a quiz at once: the feedback of the chosen answer, and whether it is right.  The page's
// progress is told with an event; the review (review.js) asks for the answer when it wants it.
function say(fieldset, correct, text) {
  const feedback = fieldset.querySelector(".quiz-feedback");
  feedback.dataset.correct = String(correct);
  feedback.innerHTML = `<strong>${correct ? "✓ Right." : "✗ Not quite."}</strong> ${text}`;
  const detail = { question: fieldset.dataset.question, correct };
  fieldset.dispatchEvent(new CustomEvent("nlpcourse:answered", { bubbles: true, detail }));
}

function answerChoice(fieldset) {
  const inputs = [...fieldset.querySelectorAll("input")];
  const wrong = inputs.find((i) => i.checked && i.dataset.correct !== "true");
  const missing = inputs.some((i) => !i.checked && i.dataset.correct === "true");
  const chosen = wrong ?? inputs.find((i) => i === document.activeElement && i.checked) ??
    inputs.find((i) => i.checked);
  if (!chosen) return;
  const many = chosen.type === "checkbox";
  const text = chosen.dataset.feedback || "";
  say(fieldset, !wrong && !(many && missing), many && !wrong && missing ? `${text} There is more.` : text);
}

function answerNumber(fieldset) {
  const input = fieldset.querySelector("input");
  const value = Number.parseFloat(input.value.replace(",", "."));
  const rules = JSON.parse(input.dataset.rules);
  const fits = (r) => r.type === "value" ? Math.abs(value - r.value) < 1e-9
    : r.type === "range" ? value >= r.range[0] && value <= r.range[1] : false;
  const rule = rules.find(fits) ?? rules.find((r) => r.type === "default") ?? {};
  say(fieldset, Boolean(rule.correct), rule.feedback ?? "");
}

const answer = (fieldset) => (
  fieldset.querySelector("[data-rules]") ? answerNumber(fieldset) : answerChoice(fieldset)
);

for (const fieldset of document.querySelectorAll(".course-quiz fieldset")) {
  if (fieldset.closest(".review-cards")) continue;
  const button = fieldset.querySelector("button");
  if (button) button.addEventListener("click", () => answer(fieldset));
  else fieldset.addEventListener("change", () => answer(fieldset));
}
globalThis.nlpcourseQuiz = { answer };
