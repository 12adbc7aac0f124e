// Hide the rows whose text lacks a word of the query, and the sections without rows.
document.addEventListener("DOMContentLoaded", function () {
  const box = document.getElementById("atlas-filter");
  const count = document.getElementById("atlas-count");
  const rows = Array.from(document.querySelectorAll("table.atlas tbody tr"));
  const text = rows.map((row) => row.textContent.toLowerCase().replace(/_/g, " "));
  const sections = Array.from(document.querySelectorAll("table.atlas"), (t) => t.closest("section"));

  function apply() {
    const words = box.value.toLowerCase().replace(/_/g, " ").split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach(function (row, i) {
      row.hidden = !words.every((word) => text[i].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    sections.forEach(function (section) {
      section.hidden = !section.querySelector("table.atlas tbody tr:not([hidden])");
    });
    count.textContent = words.length ? shown + " of " + rows.length + " functions" : "";
  }

  box.addEventListener("input", apply);
  apply();
});
