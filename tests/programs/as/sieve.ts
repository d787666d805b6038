// stdin: "50"
// stdin: "5000"
const buffer = new ArrayBuffer(256);
const n = process.stdin.read(buffer);
const most = <i32>parseInt(String.UTF8.decode(buffer.slice(0, n)));
if (most > 1) {
  const composite = new StaticArray<bool>(most + 1);
  let count = 0, last = 0;
  for (let i = 2; i <= most; i++) {
    if (composite[i]) continue;
    count++;
    last = i;
    for (let j = i * 2; j <= most; j += i) composite[j] = true;
  }
  console.log(count.toString() + " primes, the last " + last.toString());
}
