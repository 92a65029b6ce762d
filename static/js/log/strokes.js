// A signature as what the finger did: lists of [x, y, milliseconds], in a box 1000 wide.
export function pad(canvas, { strokes = [], changed }) {
  const pen = canvas.getContext("2d");
  let drawn = strokes, line = null, began = 0;

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 7;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of drawn) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x, y);
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 1, stroke[0][1]);
      pen.stroke();
    }
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const inside = (value, most) => Math.round(Math.min(most, Math.max(0, value * scale)));
    return [inside(event.clientX - box.left, canvas.width), inside(event.clientY - box.top, canvas.height), Math.round(event.timeStamp - began)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!drawn.length) began = event.timeStamp;
    line = [point(event)];
    drawn = [...drawn, line];
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!line) return;
    line.push(...(event.getCoalescedEvents?.() ?? []).map(point), point(event));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      if (!line) return;
      line = null;
      changed();
    });
  draw();

  return {
    get strokes() {
      return drawn;
    },
    set(given) {
      drawn = given;
      draw();
    },
    clear() {
      drawn = [];
      draw();
      changed();
    },
  };
}
