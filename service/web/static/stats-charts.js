// Draws the charts of /stats with Chart.js, in the colours of the style sheet. Keys walk over their values.
const WartaCharts = (() => {
  "use strict";

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const onPaper = () => document.documentElement.classList.contains("paper");
  const drawn = new Map(); // by the element that holds the canvas
  let figures, sizes;

  function speak(language) {
    figures = new Intl.NumberFormat(language);
    sizes = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
    Chart.defaults.locale = language;
  }

  // As service/web/stats/figures.py writes sizes.
  function size(value) {
    const names = ["B", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    for (; value >= 999.5 && unit < names.length - 1; unit++) value /= 1000;
    return `${value < 9.95 ? sizes.format(value) : figures.format(Math.round(value))} ${names[unit]}`;
  }

  const written = (chart, value) => (chart.unit === "bytes" ? size(value) : figures.format(value));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // --- how each kind looks -----------------------------------------------------------------------------------------

  function options(chart) {
    const lying = chart.kind === "bars";
    const stacked = lying || chart.kind === "columns";
    const values = {
      stacked,
      beginAtZero: true,
      border: { display: false },
      grid: { color: colour("line"), drawTicks: false },
      ticks: { padding: 8, maxTicksLimit: 5, precision: 0, callback: (value) => written(chart, value) },
    };
    const steps = {
      stacked,
      border: { color: colour("line") },
      grid: { display: false },
      ticks: { maxRotation: 0, autoSkip: !lying && !chart.labels.includes(""), autoSkipPadding: 16, callback: label(chart, lying) },
    };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: still.matches || onPaper() ? false : { duration: 500 },
      ...(onPaper() && { devicePixelRatio: 3 }),
      indexAxis: lying ? "y" : "x",
      interaction: { mode: chart.kind === "ring" ? "nearest" : "index", intersect: chart.kind === "ring", axis: lying ? "y" : "x" },
      scales: chart.kind === "ring" ? {} : { x: lying ? values : steps, y: lying ? steps : values },
      cutout: "66%",
      layout: { padding: chart.kind === "ring" ? 8 : { top: 6, right: 4 } },
      plugins: { legend: { display: false }, tooltip: tooltip(chart) },
    };
  }

  // A feed's title may be long, and a telephone narrow.
  function label(chart, lying) {
    return function (value) {
      const text = chart.labels[value] ?? "";
      const most = lying ? Math.max(12, Math.floor(this.chart.width / 19)) : 99;
      return text.length > most ? `${text.slice(0, most - 1)}…` : text;
    };
  }

  function tooltip(chart) {
    return {
      backgroundColor: colour("ink"),
      titleColor: colour("card"),
      bodyColor: colour("card"),
      padding: 10,
      cornerRadius: 6,
      boxPadding: 5,
      usePointStyle: true,
      callbacks: {
        title: (items) => (items.length ? chart.names[items[0].dataIndex] : ""),
        label: (item) => ` ${chart.series[item.datasetIndex].label}: ${written(chart, item.raw)}`,
      },
    };
  }

  function dataset(chart, series, place) {
    const tone = colour(series.tone);
    const common = { label: series.label, data: series.values };
    if (chart.kind === "steps") return { ...common, ...(place ? earlierSteps(tone) : countedBars(chart, tone)) };
    if (chart.kind === "ring") {
      const tones = chart.tones.map(colour);
      return { ...common, backgroundColor: tones, borderColor: colour("card"), borderWidth: 3, hoverOffset: 6 };
    }
    const gap = { borderColor: colour("card"), borderWidth: chart.kind === "bars" ? { right: 2 } : { top: 2 } };
    return { ...common, ...gap, backgroundColor: tone, borderRadius: 3, maxBarThickness: chart.kind === "bars" && chart.labels.length > 5 ? 18 : 34 };
  }

  // A count belongs to its step of time: nothing is drawn between two steps. The last step is still running.
  function countedBars(chart, tone) {
    const last = chart.labels.length - 1;
    return {
      order: 2,
      backgroundColor: chart.labels.map((_, at) => (chart.running && at === last ? `${tone}66` : tone)),
      hoverBackgroundColor: colour("ink"),
      borderRadius: chart.labels.length > 40 ? 0 : 2,
      barPercentage: 1,
      categoryPercentage: chart.labels.length > 40 ? 0.92 : 0.8,
      maxBarThickness: 48,
    };
  }

  const earlierSteps = (tone) => ({
    type: "line",
    order: 1,
    stepped: "middle",
    borderColor: tone,
    borderWidth: 1.8,
    borderDash: [5, 4],
    pointRadius: 0,
    pointHoverRadius: 4,
    pointBackgroundColor: tone,
  });

  // The sum in the middle of a ring.
  const marks = {
    id: "marks",
    afterDatasetsDraw(chart) {
      if (chart.config.type !== "doughnut") return;
      const { ctx, chartArea: area } = chart;
      const sum = chart.data.datasets[0].data.reduce((one, other) => one + other, 0);
      ctx.save();
      ctx.fillStyle = colour("ink");
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.font = `700 ${Math.min(26, area.width / 7)}px Georgia, "Noto Serif", serif`;
      ctx.fillText(figures.format(sum), (area.left + area.right) / 2, (area.top + area.bottom) / 2);
      ctx.restore();
    },
  };

  // --- drawing -----------------------------------------------------------------------------------------------------

  const TYPES = { steps: "bar", columns: "bar", bars: "bar", ring: "doughnut" };

  function data(chart) {
    return { labels: chart.labels, datasets: chart.series.map((series, place) => dataset(chart, series, place)) };
  }

  function draw(plot, chart) {
    const before = drawn.get(plot);
    before?.shown.destroy();
    Chart.defaults.color = colour("soft");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const shown = new Chart(plot.querySelector("canvas"), {
      type: TYPES[chart.kind],
      data: data(chart),
      options: options(chart),
      plugins: [marks],
    });
    drawn.set(plot, { shown, chart });
    if (!before) walkable(plot);
    range(plot);
  }

  // The chart stays where it is looked at, unless it is another one now.
  function renew(plot, chart) {
    const known = drawn.get(plot);
    if (!known || known.chart.labels.length !== chart.labels.length) return draw(plot, chart);
    Object.assign(known.chart, chart); // the options refer to it
    known.shown.data = data(chart);
    known.shown.update("none");
    if (plot.dataset.at) look(plot, Number(plot.dataset.at));
  }

  function redraw() {
    for (const [plot, { chart }] of [...drawn]) draw(plot, chart);
  }

  // --- by keyboard -------------------------------------------------------------------------------------------------

  function walkable(plot) {
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-describedby", "keys");
    plot.addEventListener("keydown", (event) => {
      const { chart } = drawn.get(plot);
      const last = chart.labels.length - 1;
      const at = Number(plot.dataset.at ?? (event.key === "ArrowRight" || event.key === "ArrowDown" ? -1 : last + 1));
      const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (event.key === "Escape") forget(plot);
      if (next === undefined) return;
      event.preventDefault();
      look(plot, Math.min(last, Math.max(0, next)));
    });
    plot.addEventListener("blur", () => forget(plot));
  }

  function range(plot) {
    const { chart } = drawn.get(plot);
    plot.setAttribute("aria-valuemin", 1);
    plot.setAttribute("aria-valuemax", chart.labels.length);
    say(plot, chart.labels.length - 1);
  }

  function say(plot, at) {
    const { chart } = drawn.get(plot);
    const values = chart.series.map((series) => `${series.label} ${written(chart, series.values[at])}`);
    plot.setAttribute("aria-valuenow", at + 1);
    plot.setAttribute("aria-valuetext", `${chart.names[at]}: ${values.join(", ")}`);
  }

  function look(plot, at) {
    const { shown, chart } = drawn.get(plot);
    const active = chart.series.map((_, datasetIndex) => ({ datasetIndex, index: at }));
    plot.dataset.at = at;
    shown.setActiveElements(active);
    shown.tooltip.setActiveElements(active, { x: 0, y: 0 });
    shown.update();
    say(plot, at);
  }

  function forget(plot) {
    delete plot.dataset.at;
    const { shown } = drawn.get(plot);
    shown.setActiveElements([]);
    shown.tooltip.setActiveElements([], { x: 0, y: 0 });
    shown.update();
  }

  return { speak, renew, redraw };
})();
