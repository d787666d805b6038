// stdin: "to be or not to be"
// stdin: ""
const buffer = new ArrayBuffer(4096);
const n = process.stdin.read(buffer);
const text = String.UTF8.decode(buffer.slice(0, n));
const counts = new Map<string, i32>();
const words = text.split(" ");
for (let i = 0; i < words.length; i++) {
  const w = words[i];
  if (w.length) counts.set(w, (counts.has(w) ? counts.get(w) : 0) + 1);
}
const keys = counts.keys();
keys.sort();
for (let i = 0; i < keys.length; i++) console.log(keys[i] + ": " + counts.get(keys[i]).toString());
