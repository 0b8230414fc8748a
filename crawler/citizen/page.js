// Marks a drawn page for the citizen's reading and gives its markup. Runs in every frame; `frame` is the frame's number.
// data-cx: a name to find the element by again; data-cx-unseen: nobody sees it; data-cx-press: the hand points at it;
// data-cx-hears: a script listens for presses on it; data-cx-dead: it takes no press. Addresses are made whole, and what
// scripts chose in selects is written down.
(frame) => {
  /* seen.js */
  let number = 0;
  for (const element of document.querySelectorAll("body, body *, frameset, frame")) {
    if (!(element instanceof HTMLElement) || element.tagName === "SCRIPT" || element.tagName === "STYLE") continue;
    const style = getComputedStyle(element), above = element.parentElement;
    element.setAttribute("data-cx", `${frame}-${number++}`);
    for (const name of ["data-cx-unseen", "data-cx-press", "data-cx-hears", "data-cx-dead"]) element.removeAttribute(name);
    if (!/^(FRAME|FRAMESET|OPTION|BR|BODY)$/.test(element.tagName) && unseen(element, style)) element.setAttribute("data-cx-unseen", "");
    if (style.cursor === "pointer" && (!above || getComputedStyle(above).cursor !== "pointer")) element.setAttribute("data-cx-press", "");
    if (element.onclick || (window.__cxHeard && window.__cxHeard.has(element))) element.setAttribute("data-cx-hears", "");
    if (style.pointerEvents === "none") element.setAttribute("data-cx-dead", "");
    if (element.tagName === "A" && element.getAttribute("href") && !/^\s*(#|javascript:)/i.test(element.getAttribute("href"))) element.setAttribute("data-cx-href", element.href);
    if (element.tagName === "INPUT" && /^(text|number|tel)$/.test(element.type)) element.setAttribute("value", element.value);
    if (element.tagName === "SELECT") for (const option of element.options) option.toggleAttribute("selected", option.selected);
  }
  return document.documentElement.outerHTML;
}
