// stdin: "1.5"
// stdin: "-0.1"
// stdin: "12345678.9"
const buffer = new ArrayBuffer(256);
const n = process.stdin.read(buffer);
const x = F64.parseFloat(String.UTF8.decode(buffer.slice(0, n)));
console.log(x.toString());
console.log((x * x).toString() + " " + Math.sqrt(Math.abs(x)).toString());
console.log(Math.sin(x).toString() + " " + Math.exp(x / 1e6).toString());
console.log((<f32>x).toString() + " " + (<i32>x).toString());
console.log((x / 0).toString() + " " + isNaN(x - x / 0 + x / 0).toString());
