// The desk's one script. Every page works without it: it moves the focus and opens what could be pressed anyway.
// No key says a word on a matter: keys choose it, the button or Ctrl+Enter says it.
(() => {
  "use strict";
  const $ = (css, within = document) => within.querySelector(css);
  const all = (css, within = document) => [...within.querySelectorAll(css)];
  const make = (tag, words = "", more = {}) => Object.assign(document.createElement(tag), { textContent: words }, more);
  const kept = (store, name, value) => {  // a browser may keep nothing for us
    try {
      if (value !== undefined) store().setItem(name, value);
      return store().getItem(name);
    } catch { return null; }
  };
  const lasting = () => localStorage, ofThisTab = () => sessionStorage;

  // ---------------------------------------------------------------- where a key leads

  const rows = () => all("main table.cards tbody tr").filter((row) => $("a[href]", row));
  const rowOfFocus = () => document.activeElement.closest("main table.cards tbody tr");
  const move = (step) => {
    const list = rows(), at = list.indexOf(rowOfFocus());
    const row = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    if (row) $("a[href]", row).focus();
  };
  const open = () => { const row = rowOfFocus(); if (row) $("a[href]", row).click(); };
  const tick = () => { const box = rowOfFocus() && $("input[type=checkbox]", rowOfFocus()); if (box) box.click(); };
  const go = (href) => { if ($(`nav a[href="${href}"]`)) location.assign(href); };
  const search = () => {
    const field = $("main input[type=search], main form[method=get] select, main form[method=get] input:not([type])");
    if (field) field.focus(); else go("/decisions");
  };
  const queue = () => JSON.parse(kept(ofThisTab, "queue") || "[]");
  const keepQueue = () => {
    if (location.pathname !== "/matters") return;
    kept(ofThisTab, "queue", JSON.stringify(all("main table.cards tbody td a[href]").map((a) => a.pathname)));
  };
  const beside = (step) => {
    const list = queue(), at = list.indexOf(location.pathname), there = at < 0 ? undefined : list[at + step];
    if (there && there.startsWith("/")) location.assign(there);
  };

  // ---------------------------------------------------------------- a word is chosen, never said

  const ruling = () => $("form.ruling");
  let chosen = null;
  const choose = (word) => {
    const form = ruling(), button = form && $(`button[value="${word}"]`, form);
    if (!button) return;
    all("button", form).forEach((each) => each.classList.toggle("chosen", each === button));
    chosen = button;
    const line = $(".chooses", form) || form.appendChild(make("p", "", { className: "chooses small" }));
    line.setAttribute("role", "status");
    line.textContent = `选了“${word}”，还没有提交：写好理由，按 Ctrl+Enter 或按钮提交`;
    const why = $("#why", form);
    if (why && !why.value.trim()) why.focus(); else button.focus();
  };
  const submit = (event) => {
    if (!chosen || !ruling().contains(event.target)) return;
    event.preventDefault();
    chosen.form.requestSubmit(chosen);
  };

  // ---------------------------------------------------------------- the list of keys

  const KEYS = [
    ["j　k", "下一行、上一行"], ["o 或 Enter", "打开这一行"], ["x", "勾选这一行"],
    ["n　p", "待办里的下一件、上一件"], ["1　2　3", "选“成立”“不成立”“更正”（不提交）"], ["Ctrl+Enter", "提交选好的裁定"],
    ["/", "到查找的格"], ["g 再 t", "今天"], ["g 再 q", "待办"], ["?", "这张表"],
  ];
  const areOn = () => kept(lasting, "keys") !== "off";
  let dialog = null;
  const help = () => {
    if (!dialog) {
      dialog = make("dialog", "", { className: "keys" });
      dialog.setAttribute("aria-labelledby", "keys-title");
      const list = make("dl"), form = make("form", "", { method: "dialog" });
      KEYS.forEach(([key, what]) => list.append(make("dt", key), make("dd", what)));
      const label = make("label"), box = make("input", "", { type: "checkbox", checked: areOn(), id: "keys-on" });
      box.addEventListener("change", () => kept(lasting, "keys", box.checked ? "on" : "off"));
      label.append(box, " 使用快捷键（在这台电脑的这个浏览器里记住）");
      form.append(make("button", "关上", { className: "main" }));
      dialog.append(make("h2", "快捷键", { id: "keys-title" }), list, label, form);
      document.body.append(dialog);
    }
    dialog.showModal();
  };

  const ACTS = {
    j: () => move(1), k: () => move(-1), o: open, x: tick, n: () => beside(1), p: () => beside(-1),
    1: () => choose("成立"), 2: () => choose("不成立"), 3: () => choose("更正"), "/": search, "?": help,
  };
  const AFTER_G = { t: () => go("/"), q: () => go("/matters") };
  const TYPED_IN = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  let afterG = 0;  // until when the next key is the second of two

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || (dialog && dialog.open)) return;
    if (event.key === "Enter" && event.ctrlKey && !event.altKey && !event.metaKey) return areOn() && submit(event);
    if (event.ctrlKey || event.altKey || event.metaKey || !areOn() || event.target.closest(TYPED_IN)) return;
    if (event.repeat && !"jk".includes(event.key)) return;
    const second = Date.now() < afterG;
    afterG = !second && event.key === "g" ? Date.now() + 1500 : 0;
    const table = second ? AFTER_G : ACTS;
    if (!Object.hasOwn(table, event.key)) return;
    event.preventDefault();
    table[event.key]();
  });

  // ---------------------------------------------------------------- before half an hour is over

  const seconds = Number(document.body.dataset.session);
  const WARNING = 300;  // seconds before the end
  let typed = false, timers = [], line = null;
  const tell = (words, button) => {
    if (!line) {
      line = make("div", "", { className: "ending box bad" });
      line.setAttribute("role", "alert");
      $("main").prepend(line);
    }
    line.hidden = !words;
    line.replaceChildren(words, ...(button ? [" ", button] : []));
  };
  const renew = async () => {
    const answer = await fetch("/stay", { cache: "no-store" }).catch(() => null);
    if (answer && answer.status === 204) { tell(""); begin(); } else over();
  };
  const warn = () => {
    if (typed) tell("五分钟后登录到期，没有提交的会丢。", make("button", "继续用", { type: "button", onclick: renew }));
  };
  const over = () => { if (typed) tell("登录已到期：请先把写好的内容复制下来，再重新登录、提交。"); };
  const begin = () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(warn, (seconds - WARNING) * 1000), setTimeout(over, seconds * 1000)];
  };

  document.addEventListener("input", (event) => {
    if (event.target.form && event.target.form.method === "post") typed = true;
  });
  if (seconds) {
    begin();
    keepQueue();
    $("footer.foot").append(" · ", make("button", "快捷键", { type: "button", className: "plain", onclick: help }));
  }
})();
