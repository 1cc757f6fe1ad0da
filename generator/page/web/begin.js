// Everything is in its place: the track that was heard last is open again where it was left.
setSpeed(memory.get("speed") ?? 1);
open(tracks.find((each) => each.file === memory.get("last")) ?? tracks[0]);
document.documentElement.classList.add("ready");
performance.mark("ready");
