// The controls, and the keys of the keyboard.
const BACK = 15;
const AHEAD = 30;
const slider = byId("seek");

function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function showPlace() {
  const at = Math.min(place(), now.seconds);
  slider.value = at;
  slider.parentElement.style.setProperty("--done", at / now.seconds);
  const told = { at: clock(at), length: clock(now.seconds) };
  const text = filled(words.position_of, told);
  if (slider.getAttribute("aria-valuetext") !== text) slider.setAttribute("aria-valuetext", text);
  write(byId("at"), told.at);
  write(byId("left"), `−${clock(now.seconds - at)}`);
  write(byId("chapter"), chapterAt(at)?.title ?? "");
}

function showTrack() {
  slider.max = now.seconds;
  write(byId("title"), now.title);
  const marks = now.chapters
    .filter((each) => each.start > 0)
    .map((each) => {
      const mark = document.createElement("span");
      mark.style.left = `${(100 * each.start) / now.seconds}%`;
      return mark;
    });
  byId("marks").replaceChildren(...marks);
  byId("earlier").disabled = byId("later").disabled = !now.chapters.length;
}

// Who waits for a sound is told so, unless it is there in a moment.
let patience = 0;
function showWaiting() {
  clearTimeout(patience);
  if (!waits()) write(byId("loading"), "");
  else patience = setTimeout(write, 700, byId("loading"), words.loading);
}

function showState() {
  showWaiting();
  const label = playing() ? words.pause : words.play;
  byId("toggle").setAttribute("aria-label", label);
  byId("toggle").title = label;
  byId("dock").classList.toggle("sounding", playing());
}

function setSpeed(value) {
  const known = Array.from(byId("speed").options, (each) => each.value);
  if (!known.includes(String(value))) return;
  byId("speed").value = value;
  audio.playbackRate = audio.defaultPlaybackRate = Number(value);
}

function showWhere() {
  const last = lastPiece(place())?.element;
  scrollTo(last?.closest("details").open ? last : now.link);
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("select, input")) return; // they have arrows of their own
  const presses = event.target.closest("button, a, summary, [role=button]");
  const acts = {
    " ": () => !presses && toggle(),
    ArrowLeft: () => (event.shiftKey ? toChapter(-1) : seek(place() - BACK)),
    ArrowRight: () => (event.shiftKey ? toChapter(1) : seek(place() + AHEAD)),
  };
  if (!Object.hasOwn(acts, event.key) || acts[event.key]() === false) return;
  event.preventDefault();
}

slider.addEventListener("input", () => seek(Number(slider.value)));
byId("toggle").addEventListener("click", toggle);
byId("back").addEventListener("click", () => seek(place() - BACK));
byId("ahead").addEventListener("click", () => seek(place() + AHEAD));
byId("earlier").addEventListener("click", () => toChapter(-1));
byId("later").addEventListener("click", () => toChapter(1));
byId("where").addEventListener("click", showWhere);
byId("speed").addEventListener("change", (event) => {
  setSpeed(event.target.value);
  memory.set("speed", event.target.value);
});
document.addEventListener("keydown", onKey);
document.addEventListener("opened", showTrack);
document.addEventListener("moved", showPlace);
document.addEventListener("turned", showState);
