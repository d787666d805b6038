;; A program: it appends standard input to the file "diary" and prints the whole file. Without input it says why not and exits
;; with 1, but for its constructor, which prints nothing. The clients' suites read the built module diary.wasm, and a test holds
;; it to this text.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; a buffer of 32 KiB at 1024, the reason as a buffer, the path, the reason
  (data (i32.const 0) "\00\04\00\00\00\80\00\00\40\00\00\00\11\00\00\00")
  (data (i32.const 48) "diary")
  (data (i32.const 64) "nothing to write\n")
  (func (export "_start") (local $deploys i32)
    (drop (call $args (i32.const 100) (i32.const 104)))
    (local.set $deploys (i32.eq (i32.load (i32.const 100)) (i32.const 2)))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 20)))
    (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (if (i32.and (i32.eqz (local.get $deploys)) (i32.eqz (i32.load (i32.const 4)))) (then
      (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 20)))
      (call $exit (i32.const 1))))
    ;; O_CREAT; rights to read and to write; APPEND
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 48) (i32.const 5) (i32.const 1) (i64.const 0x42) (i64.const 0)
      (i32.const 1) (i32.const 24)))
    (drop (call $write (i32.load (i32.const 24)) (i32.const 0) (i32.const 1) (i32.const 20)))
    (if (local.get $deploys) (then (return)))
    (i32.store (i32.const 4) (i32.const 0x8000))
    (drop (call $pread (i32.load (i32.const 24)) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 20)))
    (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))
