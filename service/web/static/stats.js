// /stats: draws the charts, and brings the page up to date once a minute, where somebody looks at it.
(() => {
  "use strict";

  const refresh = document.querySelector(".refresh");
  const late = document.getElementById("late");
  const pause = document.getElementById("pause");
  const { language, refresh: seconds, stale } = document.getElementById("drawings").dataset;
  let timer, due;

  function drawings(page) {
    return JSON.parse(page.getElementById("drawings").textContent);
  }

  function draw(page) {
    const charts = drawings(page);
    for (const plot of document.querySelectorAll("[data-chart]")) {
      if (charts[plot.dataset.chart]) WartaCharts.renew(plot, charts[plot.dataset.chart]);
    }
  }

  // --- a minute later ----------------------------------------------------------------------------------------------

  async function renew() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (answer.status === 401 || answer.status === 403) return location.reload(); // the page says why
      if (!answer.ok) throw new Error(answer.status);
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      late.textContent = "";
    } catch {
      if (!late.textContent) late.textContent = stale; // who listens hears it once
    }
    wait();
  }

  function take(page) {
    if (drawn(page) !== drawn(document)) return location.reload(); // the first readers have come, or a new release
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) replace(part, fresh);
    }
    draw(page);
  }

  function drawn(page) {
    const scripts = [...page.querySelectorAll("script[src]")].map((script) => script.getAttribute("src"));
    return [...scripts, ...[...page.querySelectorAll("[data-chart]")].map((plot) => plot.dataset.chart)].join();
  }

  // Whoever stands on a link stays on it.
  function replace(part, fresh) {
    const at = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...fresh.childNodes);
    if (at) part.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
  }

  function onPaper(is) {
    document.documentElement.classList.toggle("paper", is);
    WartaCharts.redraw();
  }

  // --- when --------------------------------------------------------------------------------------------------------

  const paused = () => "paused" in pause.dataset;

  function wait() {
    due = Date.now() + seconds * 1000;
    resume();
  }

  function resume() {
    clearTimeout(timer);
    if (!paused() && document.visibilityState === "visible") timer = setTimeout(renew, Math.max(0, due - Date.now()));
  }

  pause.addEventListener("click", () => {
    pause.toggleAttribute("data-paused");
    pause.textContent = paused() ? pause.dataset.resume : pause.dataset.pause;
    resume();
  });
  document.addEventListener("visibilitychange", resume);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", WartaCharts.redraw);
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));

  WartaCharts.speak(language);
  draw(document);
  refresh.hidden = false;
  wait();
})();
