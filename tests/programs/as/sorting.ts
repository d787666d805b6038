// stdin: "9 4 7 1"
// stdin: "3"
const buffer = new ArrayBuffer(1024);
const n = process.stdin.read(buffer);
const words = String.UTF8.decode(buffer.slice(0, n)).split(" ");
const numbers = new Array<f64>();
for (let i = 0; i < words.length; i++) if (words[i].length) numbers.push(parseFloat(words[i]));
numbers.sort((a, b) => <i32>(a - b));
console.log(numbers.join(" < "));
const set = new Set<i64>();
for (let i = 0; i < numbers.length; i++) set.add(<i64>numbers[i] % 3);
console.log(set.size.toString());
console.log(numbers.map<string>(x => "[" + x.toString() + "]").reverse().join(""));
