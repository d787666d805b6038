// A contract of AssemblyScript 0.28 with strings and values that a start function computes:
// asc strings.ts -o strings.wasm --use abort=
@external("ethereum","finish") declare function finish(p: usize, n: i32): void;
@external("ethereum","getCallDataSize") declare function size(): i32;
let greeting: string = "hello, " + size().toString();
let list = new Array<string>();
list.push("world");
export function main(): void {
  const b = String.UTF8.encode(greeting + " " + list.join("-"));
  finish(changetype<usize>(b), b.byteLength);
}
