
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll("article")].map((card) => ({
    card,
    group: card.dataset.group,
    breaks: card.dataset.breaks.split(" "),
    operations: card.dataset.operations === "*" ? null : new Set(card.dataset.operations.split(" ")),
    sides: card.dataset.sides.split(" "),
    text: null,
  }));
  const overview = document.querySelector("nav");
  const tools = document.querySelector(".tools");
  const boxes = [...tools.querySelectorAll("[name=group]")];
  const [find, who, operation, side, count, nothing, unfold] = ["find", "who", "operation", "side", "count", "nothing", "unfold"].map($);
  tools.hidden = false;
  let current = -1;

  const text = (each) => (each.text ??= each.card.textContent.toLowerCase());
  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const each of cards) {
      const hidden = !(
        groups.has(each.group) &&
        (!who.value || each.breaks.includes(who.value)) &&
        (!operation.value || !each.operations || each.operations.has(operation.value)) &&
        (!side.value || each.sides.some((one) => one === "both" || one === side.value)) &&
        words.every((word) => text(each).includes(word))
      );
      if (each.card.hidden !== hidden) each.card.hidden = hidden;
      shown += !hidden;
    }
    if (overview) overview.hidden = shown < cards.length; // it lists everything
    document.documentElement.dataset.side = side.value;
    count.textContent = shown === cards.length ? "all shown" : `${shown} of ${cards.length} shown`;
    nothing.hidden = shown > 0 || cards.length === 0;
    current = -1;
  }
  function clear() {
    find.value = who.value = operation.value = side.value = "";
    for (const box of boxes) box.checked = true;
    filter();
  }
  function go(step) {
    const from = cards.findIndex(({ card }) => card === document.activeElement);
    if (from >= 0) current = from;
    for (let next = current + step; next >= 0 && next < cards.length; next += step) {
      if (!cards[next].card.hidden) {
        current = next;
        cards[next].card.focus({ preventScroll: true });
        cards[next].card.scrollIntoView({ block: "start" });
        return;
      }
    }
  }
  function fold(root) {
    const all = [...root.querySelectorAll("details.block, details.mechanical")];
    const open = all.some((each) => !each.open);
    for (const each of all) each.open = open;
    return open;
  }
  function reveal() {
    const target = location.hash && $(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const card = target.closest("article");
    if (card && card.hidden) clear();
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView({ block: "start" });
  }

  let waiting;
  let folded = [];
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  for (const each of [...boxes, who, operation, side]) each.addEventListener("change", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", clear);
  unfold.addEventListener("click", () => {
    unfold.textContent = fold(document) ? "Fold all" : "Unfold all";
  });
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "Escape") {
      clear();
      document.activeElement.blur();
    } else if (typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (event.key === "/") {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o" && cards[current]) fold(cards[current].card);
  });
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  filter();
  reveal();
})();
