;; Refuses every call with NotYours(owner, 5), where owner is the second account of a devnet. The clients' suites read the
;; built module, and a test holds it to this text.
(module
  (import "ethereum" "revert" (func $revert (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\17\94\cb\00\00\00\00\00\00\00\00\00\00\00\00\70\99\79\70\c5\18\12\dc\3a\01\0c\7d\01\b5\0e\0d\17\dc\79\c8\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\05")
  (func (export "main") (call $revert (i32.const 0) (i32.const 68))))
