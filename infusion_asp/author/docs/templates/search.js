(function () {
  var box = document.getElementById("q"), said = document.getElementById("found");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-find]"));
  var groups = Array.prototype.slice.call(document.querySelectorAll("[data-group]"));
  function find() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean), number = 0;
    rows.forEach(function (row) {
      var text = row.getAttribute("data-find");
      row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      if (!row.hidden) { number += 1; }
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector("[data-find]:not([hidden])"); });
    document.getElementById("topics").hidden = words.length > 0;
    said.textContent = words.length ? number + (number === 1 ? " rule of " : " rules of ") + rows.length : "";
  }
  box.value = new URLSearchParams(location.search).get("q") || "";
  box.addEventListener("input", find);
  box.form.addEventListener("submit", function (event) {
    event.preventDefault();
    find();
    if (said.textContent) { said.scrollIntoView({ block: "center" }); }
  });
  find();
})();
