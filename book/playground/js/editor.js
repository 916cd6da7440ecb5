/*
 * A small editor for Python: a plain text area (so that undo, spelling of a screen reader, zoom
 * and phone keyboards work as everywhere), with colours drawn beneath it.
 *
 * Tab indents; Escape, then Tab, leaves the editor, so that no keyboard is caught in it.
 */

const KEYWORDS = new Set(
  ("False None True and as assert async await break class continue def del elif else except "
    + "finally for from global if import in is lambda match nonlocal not or pass raise return try "
    + "while with yield").split(" "),
);
const BUILTINS = new Set(
  ("abs all any bool bytes dict divmod enumerate filter float frozenset int isinstance iter len "
    + "list map max min next open ord chr pow print range repr reversed round set sorted str sum "
    + "tuple type zip").split(" "),
);
const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<string>[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<number>\b\d[\w.]*)/,
    /(?<name>[^\W\d]\w*)/,
    /(?<operator>[-+*\/%=<>!&|^~@:]+)/,
  ].map((part) => part.source).join("|"),
  "gu",
);
const CLASSES = { comment: "c1", string: "s2", number: "mi", operator: "o" };

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** @returns {string} the source as HTML, with the book's own classes for highlighted code */
export function highlight(source) {
  let html = "";
  let end = 0;
  let defines = false;
  for (const match of source.matchAll(TOKEN)) {
    const [text] = match;
    html += escaped(source.slice(end, match.index));
    end = match.index + text.length;
    const [kind] = Object.entries(match.groups).find(([, value]) => value !== undefined);
    let style = CLASSES[kind];
    if (kind === "name") {
      if (defines) style = "nf";
      else if (KEYWORDS.has(text)) style = "k";
      else if (BUILTINS.has(text)) style = "nb";
      defines = text === "def" || text === "class";
    }
    html += style ? `<span class="${style}">${escaped(text)}</span>` : escaped(text);
  }
  return `${html}${escaped(source.slice(end))}\n`;
}

/** Replace the selection as typing would, so that undo takes it back. */
function type(area, text) {
  area.focus();
  const done = text === ""
    ? document.execCommand("delete")
    : document.execCommand("insertText", false, text);
  if (!done) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const lineStart = (area, place) => area.value.lastIndexOf("\n", place - 1) + 1;

function shiftLines(area, inwards) {
  const { selectionStart, selectionEnd, value } = area;
  const from = lineStart(area, selectionStart);
  const lines = value.slice(from, selectionEnd).split("\n");
  const moved = lines.map((line) => (inwards ? `    ${line}` : line.replace(/^ {1,4}/, "")));
  if (moved.join("\n") === lines.join("\n")) return;
  area.setSelectionRange(from, selectionEnd);
  type(area, moved.join("\n"));
  if (lines.length > 1) area.setSelectionRange(from, from + moved.join("\n").length);
}

function newLine(area) {
  const start = lineStart(area, area.selectionStart);
  const before = area.value.slice(start, area.selectionStart);
  const [indent] = /^ */.exec(before);
  const deeper = /:\s*(#.*)?$/.test(before) ? "    " : "";
  const out = /^\s*(return|pass|break|continue|raise)\b/.test(before) ? 4 : 0;
  type(area, `\n${indent.slice(out)}${deeper}`);
}

/** Backspace within the indentation goes back to the column four before. */
function unindent(area) {
  const before = area.value.slice(lineStart(area, area.selectionStart), area.selectionStart);
  const many = before && /^ +$/.test(before) ? ((before.length - 1) % 4) + 1 : 0;
  if (many < 2) return false;
  area.setSelectionRange(area.selectionStart - many, area.selectionStart);
  type(area, "");
  return true;
}

/**
 * @param {{label: string, describedBy: string, value: string,
 *          changed: () => void, submit: (check: boolean) => void}} options
 */
export function editor({ label, describedBy, value, changed, submit }) {
  const element = document.createElement("div");
  element.className = "nlp-editor highlight";
  const colours = document.createElement("pre");
  colours.setAttribute("aria-hidden", "true");
  const area = document.createElement("textarea");
  area.spellcheck = false;
  area.setAttribute("autocapitalize", "off");
  area.setAttribute("autocomplete", "off");
  area.setAttribute("autocorrect", "off");
  area.setAttribute("aria-label", label);
  area.setAttribute("aria-describedby", describedBy);
  element.append(colours, area);

  const draw = () => { colours.innerHTML = highlight(area.value); };
  let leaving = false; // Escape was pressed: the next Tab moves on
  area.addEventListener("input", () => { draw(); changed(); });
  area.addEventListener("blur", () => { leaving = false; });
  area.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.isComposing) return;
    if (key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      submit(!event.shiftKey);
    } else if (key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) shiftLines(area, false);
      else if (area.selectionStart !== area.selectionEnd) shiftLines(area, true);
      else {
        const column = area.selectionStart - lineStart(area, area.selectionStart);
        type(area, " ".repeat(4 - (column % 4)));
      }
    } else if (key === "Enter" && !event.altKey) {
      event.preventDefault();
      newLine(area);
    } else if (key === "Backspace" && area.selectionStart === area.selectionEnd
      && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (unindent(area)) event.preventDefault();
    }
    if (key !== "Tab" && key !== "Shift") leaving = key === "Escape";
  });
  return {
    element,
    area,
    get value() { return area.value; },
    set value(text) { area.value = text; draw(); },
    start() { area.value = value; draw(); },
  };
}
