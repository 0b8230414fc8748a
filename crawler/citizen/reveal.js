// What a press has shown that was not seen when page.js marked the page: its markup, without what is still not seen.
// "" for nothing. `close` puts the page back: by what closes it, by the same press once more, or by its old attributes.
async ({ mark, close }) => {
  /* seen.js */
  const odd = (e) => !(e instanceof HTMLElement) || /^(SCRIPT|STYLE|LINK|META|TEMPLATE|IFRAME)$/.test(e.tagName);
  const was = (window.__cxWas ||= new Map([...document.querySelectorAll("[data-cx-unseen]")].map((e) => [e, [e.getAttribute("style"), e.getAttribute("class"), e.hidden]])));
  const found = [];
  const walk = (element) => {
    for (const e of element.children) {
      if (odd(e)) continue;
      const before = e.hasAttribute("data-cx") && !e.hasAttribute("data-cx-unseen");
      if (before) walk(e);
      else if (!unseen(e, getComputedStyle(e)) && e.innerText.trim()) found.push(e);
    }
  };
  const place = document.querySelector(`[data-cx="${mark}"]`);
  walk(document.body);
  const copy = (element) => {
    for (const e of element.querySelectorAll("*")) {
      e.toggleAttribute("data-cx-off", odd(e) || unseen(e, getComputedStyle(e)));
      if (e.tagName === "A" && e.getAttribute("href") && !/^\s*(#|javascript:)/i.test(e.getAttribute("href"))) e.setAttribute("data-cx-href", e.href);
    }
    const made = element.cloneNode(true);
    for (const e of element.querySelectorAll("[data-cx-off]")) e.removeAttribute("data-cx-off");
    for (const e of made.querySelectorAll("[data-cx-off], button, input")) e.remove();
    return made.tagName === "TR" ? `<table>${made.outerHTML}</table>` : made.outerHTML;
  };
  const markup = found.map(copy).join("");
  if (!close) return markup;
  const rest = () => new Promise((done) => setTimeout(done, 30));
  const open = () => found.filter((e) => e.isConnected && !unseen(e, getComputedStyle(e)));
  const closers = found.flatMap((e) => [...e.querySelectorAll("*")]).filter((e) => /^\s*(关\s*闭|取\s*消|返\s*回|确\s*定|收\s*起|close|[×✕✖xX])\s*$/i.test(e.innerText || e.value || "") || /(^|[\s_-])(close|guanbi)([\s_-]|$)/i.test(e.className || ""));
  for (const closer of closers.slice(0, 3)) if (open().length) { closer.click(); await rest(); }
  if (open().length && place) { place.click(); await rest(); }
  walk(document.body); // the same press may have opened it once more
  for (const e of open()) {
    if (!was.has(e)) { e.remove(); continue; }
    const [style, name, hidden] = was.get(e);
    for (const [key, value] of [["style", style], ["class", name]]) value === null ? e.removeAttribute(key) : e.setAttribute(key, value);
    e.hidden = hidden;
  }
  return markup;
}
