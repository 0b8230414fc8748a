(function () {
  "use strict";
  // Finds in what the page shows already: nothing is fetched, and without it everything is there.
  var main = document.querySelector("main"), rows = [], units = [];
  var form = document.createElement("form"), label = document.createElement("label");
  var box = document.createElement("input"), said = document.createElement("span");
  form.className = "find"; form.setAttribute("role", "search");
  box.type = "search"; box.placeholder = "单位、文书号、行政相对人、事项号";
  said.setAttribute("aria-live", "polite");
  label.append("查找 ", box); form.append(label, " ", said);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  main.prepend(form);
  function plain(text) { return text.replace(/\s+/g, "").toLowerCase(); }
  main.querySelectorAll("section.unit").forEach(function (unit) {
    units.push({ node: unit, name: plain(unit.querySelector("h3").textContent), rows: [] });
  });
  main.querySelectorAll(".item, tbody tr").forEach(function (node) {
    var unit = units.find(function (each) { return each.node.contains(node); });
    var row = { node: node, unit: unit, text: plain(node.textContent + (node.id || "")) };
    rows.push(row);
    if (unit) { unit.rows.push(row); }
  });
  function find() {
    var asked = plain(box.value), found = 0;
    rows.forEach(function (row) {
      var named = row.unit && row.unit.name.includes(asked);
      row.node.hidden = Boolean(asked) && !named && !row.text.includes(asked);
      found += row.node.hidden ? 0 : 1;
    });
    units.forEach(function (unit) {
      unit.node.hidden = Boolean(asked) && !unit.name.includes(asked) &&
        unit.rows.every(function (row) { return row.node.hidden; });
    });
    said.textContent = asked ? (found ? "找到 " + found + " 行，其余暂时收起" : "没有找到；清空即恢复") : "";
  }
  var waiting = 0;
  box.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(find, 120); });
})();
