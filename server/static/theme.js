// Runs before the first paint so that a chosen theme never flashes the other one.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("varsity-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch (refused) {
    // Storage is blocked: the system's preference stands.
  }
})();
