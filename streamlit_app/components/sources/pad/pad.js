// The drawing pad. It draws at once, and reports the drawing while the pen still moves: at most
// every INTERVAL_MS, and never before Python has taken the report before. So it cannot lag.
// A stroke is an object of Fabric.js, which streamlit-drawable-canvas reads and writes, too.

const INTERVAL_MS = 100;
const LOST_MS = 2000; // a report that was not taken by then will not be
const SHARPEST = 2; // canvas pixels a CSS pixel: more are not seen under a pen
const pads = new WeakMap();

export default function ({ data, setStateValue, parentElement }) {
  if (!pads.has(parentElement)) pads.set(parentElement, openPad(parentElement, data));
  const pad = pads.get(parentElement);
  pad.report = (drawing) => setStateValue("drawing", drawing);
  update(pad, data);
}

function openPad(root, data) {
  const canvas = root.querySelector("canvas");
  const density = Math.min(window.devicePixelRatio || 1, SHARPEST);
  canvas.width = canvas.height = data.size_px * density;
  canvas.style.width = canvas.style.height = `${data.size_px}px`;
  const pad = {
    canvas, data, density, strokes: data.strokes.slice(), current: null, revision: data.revision,
    sent: data.received, sentAt: 0, isDirty: false, timer: 0,
    undo: root.querySelector(".undo"), clear: root.querySelector(".clear"),
  };
  canvas.addEventListener("pointerdown", (event) => begin(pad, event));
  canvas.addEventListener("pointermove", (event) => move(pad, event));
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => end(pad, event));
  }
  pad.undo.addEventListener("click", () => replace(pad, pad.strokes.slice(0, -1)));
  pad.clear.addEventListener("click", () => replace(pad, []));
  redraw(pad);
  return pad;
}

function update(pad, data) {
  pad.data = data;
  pad.undo.textContent = data.texts.undo;
  pad.clear.textContent = data.texts.clear;
  pad.canvas.setAttribute("aria-label", data.texts.label);
  if (data.revision !== pad.revision) { // Python asks for other strokes
    pad.revision = data.revision;
    pad.strokes = data.strokes.slice();
    redraw(pad);
  }
  enable(pad);
  if (pad.isDirty) schedule(pad);
}

function enable(pad) {
  pad.undo.disabled = pad.clear.disabled = pad.strokes.length === 0;
}

// --- The pen -------------------------------------------------------------------------------------

function begin(pad, event) {
  if (pad.current || event.button !== 0) return;
  event.preventDefault();
  pad.canvas.setPointerCapture(event.pointerId);
  pad.pointer = event.pointerId;
  pad.current = {
    type: "Path", path: [], stroke: pad.data.ink, strokeWidth: pad.data.pen_px, fill: null,
    strokeLineCap: "round", strokeLineJoin: "round", widths: [],
  };
  addPoint(pad, event);
  schedule(pad);
}

function move(pad, event) {
  if (!pad.current || event.pointerId !== pad.pointer) return;
  const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const each of passed.length ? passed : [event]) addPoint(pad, each);
  schedule(pad);
}

function end(pad, event) {
  if (!pad.current || event.pointerId !== pad.pointer) return;
  pad.strokes.push(pad.current);
  pad.current = null;
  enable(pad);
  send(pad);
}

function replace(pad, strokes) {
  pad.strokes = strokes;
  pad.current = null;
  redraw(pad);
  enable(pad);
  send(pad);
}

function addPoint(pad, event) {
  const box = pad.canvas.getBoundingClientRect();
  const scale = pad.data.size_px / box.width;
  const x = (event.clientX - box.left) * scale;
  const y = (event.clientY - box.top) * scale;
  const { path, widths } = pad.current;
  // A pen presses harder or softer, a mouse and a finger do not.
  const pressure = event.pointerType === "pen" ? 0.5 + event.pressure : 1;
  widths.push(pad.data.pen_px * pressure);
  path.push([path.length ? "L" : "M", x, y]);
  if (path.length === 1) path.push(["L", x + 0.01, y]), widths.push(widths[0]); // a dot
  paint(context(pad), pad.current, path.length - 1);
}

// --- The picture ---------------------------------------------------------------------------------

function context(pad) {
  const pen = pad.canvas.getContext("2d");
  pen.setTransform(pad.density, 0, 0, pad.density, 0, 0);
  return pen;
}

function redraw(pad) {
  const pen = context(pad);
  pen.fillStyle = pad.data.paper;
  pen.fillRect(0, 0, pad.data.size_px, pad.data.size_px);
  for (const stroke of pad.strokes) paint(pen, stroke, 1);
}

// Paint a stroke from its segment number `first` on.
function paint(pen, stroke, first) {
  pen.strokeStyle = stroke.stroke;
  pen.lineCap = pen.lineJoin = "round";
  for (let i = first; i < stroke.path.length; i++) {
    const before = stroke.path[i - 1], [kind, ...points] = stroke.path[i];
    pen.lineWidth = stroke.widths ? stroke.widths[i] : stroke.strokeWidth;
    pen.beginPath();
    pen.moveTo(before[before.length - 2], before[before.length - 1]);
    if (kind === "Q") pen.quadraticCurveTo(...points);
    else pen.lineTo(...points);
    pen.stroke();
  }
}

function asPng(pad) {
  const small = document.createElement("canvas");
  small.width = small.height = pad.data.size_px;
  small.getContext("2d").drawImage(pad.canvas, 0, 0, small.width, small.height);
  return small.toDataURL("image/png");
}

// --- The reports ---------------------------------------------------------------------------------

function schedule(pad) {
  pad.isDirty = true;
  if (pad.timer) return;
  const isTaken = pad.data.received >= pad.sent;
  const wait = pad.sentAt + (isTaken ? INTERVAL_MS : LOST_MS) - performance.now();
  if (!isTaken && wait > 0 && !pad.isWaiting) {
    pad.isWaiting = setTimeout(() => { pad.isWaiting = 0; if (pad.isDirty) send(pad); }, wait);
  } else if (isTaken) {
    pad.timer = setTimeout(() => send(pad), Math.max(0, wait));
  }
}

function send(pad) {
  clearTimeout(pad.timer);
  clearTimeout(pad.isWaiting);
  pad.timer = pad.isWaiting = 0;
  pad.isDirty = false;
  pad.sent += 1;
  pad.sentAt = performance.now();
  const objects = pad.current ? [...pad.strokes, pad.current] : pad.strokes;
  pad.report({
    objects: objects, png: asPng(pad), number: pad.sent, is_pen_down: pad.current !== null,
  });
}
