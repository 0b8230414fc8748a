// What a person sees of an element, shared by page.js and reveal.js, which hold it in their scope.
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour && !/^rgba\(.*, 0\)$|^transparent$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = (element) => [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
  // where an element's own words stand on the page: of a text moved by text-indent not where its element stands
  const boxes = (element) => texts(element).flatMap((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()];
  });
  // what cuts off all that stands in it: a box of no size, a clip that leaves nothing
  const shuts = (style, box) =>
    (/hidden|clip/.test(style.overflow) && (box.width < 2 || box.height < 2) && style.display !== "contents")
    || /^rect\((?:[01](?:px)?[, ]*){4}\)$/.test(style.clip)
    || /^inset\((?:50|100)%|^circle\(0/.test(style.clipPath);
  const shut = (element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement) if (shuts(getComputedStyle(e), e.getBoundingClientRect())) return true;
    return false;
  };
  const solid = (style) => style.opacity === "1" && style.visibility === "visible" && /^rgb\(/.test(style.backgroundColor);
  // what may lie over the list: drawn apart from the flow, with a ground that nothing shines through. Asked for once.
  let lids;
  const lidsOf = () => lids ||= [...document.querySelectorAll("body *")].flatMap((e) => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    return style.position !== "static" && solid(style) && box.width > 9 && box.height > 9 ? [{ e, box, fixed: style.position === "fixed" }] : [];
  });
  const over = ({ e, box, fixed }, element, at) => {
    if (e.contains(element) || element.contains(e)) return false;
    const tall = fixed ? box.top <= 0 && box.bottom >= innerHeight : box.top <= at.top && box.bottom >= at.bottom;
    return tall && box.left <= at.left + 1 && box.right >= at.right - 1;
  };
  // Whether something lies over an element's words wherever the page is scrolled to; who is above says the browser.
  const covered = (element, at) => {
    const above = lidsOf().filter((lid) => over(lid, element, at));
    if (!above.length) return false;
    const [x, y] = [scrollX, scrollY], was = above.map(({ e }) => e.style.pointerEvents);
    above.forEach(({ e }) => { e.style.pointerEvents = "auto"; });
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const now = boxes(element)[0] || at;
    const top = document.elementFromPoint(Math.max(now.left, 0) + Math.min(now.width, 40) / 2, now.top + now.height / 2);
    const lies = above.some(({ e }) => top && (e === top || e.contains(top)));
    scrollTo(x, y);
    above.forEach(({ e }, n) => { e.style.pointerEvents = was[n]; });
    return lies;
  };
  const unseen = (element, style) => {
    const seen = element.checkVisibility
      ? element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false })
      : style.display !== "none" && style.visibility === "visible";
    if (!seen) return true;
    if (!texts(element).length || style.display === "contents") return false;
    const places = boxes(element);
    if (parseFloat(style.fontSize) < 2 || !places.some((box) => box.width >= 1 && box.height >= 1)) return true;
    if (places.every((box) => box.right + scrollX <= 0 || box.bottom + scrollY <= 0 || box.left + scrollX > 20000)) return true;
    if (style.color === ground(element) || /^rgba\(.*, 0\)$/.test(style.color)) return true;
    return shut(element) || covered(element, places[0]);
  };
