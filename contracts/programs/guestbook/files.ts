// Whole files by path, on the functions of WASI, as the standard library of AssemblyScript has none.
import {
  errno, fd_close, fd_read, fd_write, fdflags, oflags, path_open, rights
} from "@assemblyscript/wasi-shim/assembly/bindings/wasi_snapshot_preview1";

const cell = memory.data(16);
const root: u32 = 3;

function open(path: string, create: oflags, wanted: rights, flags: fdflags): i32 {
  const name = String.UTF8.encode(path);
  const code = path_open(root, 0, changetype<usize>(name), name.byteLength, create, wanted, wanted, flags, cell);
  return code == errno.SUCCESS ? load<i32>(cell) : -1;
}

/** Returns the text of a file, or nothing if there is none. */
export function read(path: string): string {
  const fd = open(path, 0, rights.FD_READ, 0);
  if (fd < 0) return "";
  const buffer = new ArrayBuffer(4096);
  let text = new Array<u8>();
  while (true) {
    store<usize>(cell, changetype<usize>(buffer));
    store<usize>(cell + 4, buffer.byteLength);
    if (fd_read(fd, cell, 1, cell + 8) != errno.SUCCESS) break;
    const n = load<i32>(cell + 8);
    if (n == 0) break;
    for (let i = 0; i < n; i++) text.push(load<u8>(changetype<usize>(buffer) + i));
  }
  fd_close(fd);
  return String.UTF8.decodeUnsafe(text.dataStart, text.length);
}

/** Appends text to a file, which need not exist. */
export function append(path: string, text: string): void {
  const fd = open(path, oflags.CREAT, rights.FD_WRITE, fdflags.APPEND);
  assert(fd >= 0, "the file cannot be opened");
  const bytes = String.UTF8.encode(text);
  store<usize>(cell, changetype<usize>(bytes));
  store<usize>(cell + 4, bytes.byteLength);
  assert(fd_write(fd, cell, 1, cell + 8) == errno.SUCCESS, "the file cannot be written");
  fd_close(fd);
}
