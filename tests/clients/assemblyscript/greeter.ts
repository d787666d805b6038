// A contract in AssemblyScript with what makes its compiler add a start function: strings, and globals that code fills in.
// It answers calldata, a name in UTF-8, with a greeting. Build it with
//
//   asc greeter.ts -o greeter.wasm --use abort=greeter/abort
@external("ethereum", "getCallDataSize") declare function getCallDataSize(): i32
@external("ethereum", "callDataCopy") declare function callDataCopy(to: usize, from: i32, length: i32): void
@external("ethereum", "finish") declare function finish(from: usize, length: i32): void
@external("ethereum", "revert") declare function revert(from: usize, length: i32): void

const greetings = new Map<i32, string>()
greetings.set(0, "Hello, ")
greetings.set(1, "Salve, ")

let calls = greetings.size

export function main(): void {
  const size = getCallDataSize()
  const input = new Uint8Array(size)
  callDataCopy(input.dataStart, 0, size)
  const name = String.UTF8.decode(input.buffer)
  if (name == "") throw new Error("nobody to greet")
  calls++
  const out = String.UTF8.encode(greetings.get(size % 2) + name + "! " + calls.toString())
  finish(changetype<usize>(out), out.byteLength)
}

// What a throw ends in: the message is what the call reverts with. Without it the compiler imports env.abort, which a chain
// does not have.
function abort(message: string | null, _file: string | null, _line: u32, _column: u32): void {
  const out = String.UTF8.encode(message === null ? "abort" : message)
  revert(changetype<usize>(out), out.byteLength)
}
