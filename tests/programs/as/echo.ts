// stdin: "\x00\x01\xffbytes"
// stdin: "text"
// stdin: ""
const buffer = new ArrayBuffer(1024);
const n = process.stdin.read(buffer);
process.stdout.write(buffer.slice(0, n));
