// stdin: "0"
// stdin: "3"
// stdin: "throw"
const buffer = new ArrayBuffer(256);
const n = process.stdin.read(buffer);
const text = String.UTF8.decode(buffer.slice(0, n));
if (text == "throw") throw new Error("thrown on purpose");
console.error("leaving with " + text);
process.exit(text.length ? <i32>parseInt(text) : 0);
