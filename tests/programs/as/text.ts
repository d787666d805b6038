// stdin: "Grüße aus Österreich"
// stdin: "plain"
const buffer = new ArrayBuffer(1024);
const n = process.stdin.read(buffer);
const text = String.UTF8.decode(buffer.slice(0, n));
console.log(text.toUpperCase() + "|" + text.toLowerCase());
console.log(text.padStart(30, "*") + "|" + text.slice(1, 4) + "|" + text.indexOf("e").toString());
let sum: u64 = 14695981039346656037;
for (let i = 0; i < text.length; i++) sum = (sum ^ text.charCodeAt(i)) * 1099511628211;
console.log(sum.toString(16));
console.log(text.replaceAll("e", "3").split("").reverse().join(""));
