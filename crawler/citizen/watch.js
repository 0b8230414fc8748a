// Before any script of the page runs: where a press would lead is written down instead of a new window or a sent form,
// and which elements listen for one is kept in mind.
(() => {
  const heard = (window.__cxHeard = new WeakSet()), listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (kind === "click" && this instanceof Element) heard.add(this);
    return listen.call(this, kind, ...rest);
  };
  const told = (window.__cxLed = []);
  const whole = (address) => { try { return new URL(address, document.baseURI).href; } catch { return ""; } };
  const opened = () => ({ closed: false, focus() {}, close() {}, document: { write() {}, close() {} },
    location: { set href(to) { told.push({ url: whole(to) }); }, replace(to) { told.push({ url: whole(to) }); }, assign(to) { told.push({ url: whole(to) }); } },
  });
  const other = (address) => {
    if (address) told.push({ url: whole(address) });
    const made = opened();
    return new Proxy(made, { set(_, name, to) { if (name === "location") told.push({ url: whole(to) }); return true; } });
  };
  window.open = other;
  const sent = (form, button) => {
    const pairs = new URLSearchParams();
    for (const [name, value] of new FormData(form, button && button.form === form && button.name ? button : undefined)) if (typeof value === "string") pairs.append(name, value);
    const method = (form.getAttribute("method") || "get").toUpperCase(), address = whole(form.getAttribute("action") || location.href);
    if (method === "POST") told.push({ url: address, body: pairs.toString() });
    else { const to = new URL(address); to.search = pairs.toString(); told.push({ url: to.href }); }
  };
  const real = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () { if (window.__cxProbe) sent(this); else { this.removeAttribute("target"); real.call(this); } };
  addEventListener("submit", (event) => {
    if (!window.__cxProbe) { event.target.removeAttribute("target"); return; }
    event.preventDefault();
    sent(event.target, event.submitter);
  }, true);
})();
