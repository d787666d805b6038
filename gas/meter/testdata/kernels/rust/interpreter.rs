// A loop over a match that interprets a small program, n times.
#![no_std]
include!("lib/panic.rs");

const PUSH: u8 = 0;
const ADD: u8 = 1;
const MUL: u8 = 2;
const XOR: u8 = 3;
const DUP: u8 = 4;
const SWAP: u8 = 5;
const DROP: u8 = 6;
const SHIFT: u8 = 7;
const LOAD: u8 = 8;
const STORE: u8 = 9;
const LOOP: u8 = 10;
const STOP: u8 = 11;

static CODE: [u8; 26] = [
    PUSH, 7, PUSH, 50, DUP, STORE, 1, SWAP, PUSH, 3, ADD, DUP, SHIFT, 5, XOR, PUSH, 9, MUL, LOAD, 1,
    ADD, SWAP, LOOP, 4, DROP, STOP,
];
static mut MEMORY: [u32; 16] = [0; 16];

#[inline(never)]
fn interpret(code: &[u8], memory: &mut [u32; 16], seed: u32) -> u32 {
    let mut stack = [0u32; 16];
    stack[0] = seed;
    let (mut sp, mut pc) = (1, 0);
    loop {
        let op = code[pc];
        pc += 1;
        match op {
            PUSH => {
                stack[sp] = code[pc] as u32;
                sp += 1;
                pc += 1;
            }
            ADD => {
                sp -= 1;
                stack[sp - 1] = stack[sp - 1].wrapping_add(stack[sp]);
            }
            MUL => {
                sp -= 1;
                stack[sp - 1] = stack[sp - 1].wrapping_mul(stack[sp]);
            }
            XOR => {
                sp -= 1;
                stack[sp - 1] ^= stack[sp];
            }
            DUP => {
                stack[sp] = stack[sp - 1];
                sp += 1;
            }
            SWAP => stack.swap(sp - 1, sp - 2),
            DROP => sp -= 1,
            SHIFT => {
                stack[sp - 1] >>= code[pc] & 31;
                pc += 1;
            }
            LOAD => {
                stack[sp] = memory[code[pc] as usize];
                sp += 1;
                pc += 1;
            }
            STORE => {
                sp -= 1;
                memory[code[pc] as usize] = stack[sp];
                pc += 1;
            }
            LOOP => {
                stack[sp - 1] -= 1;
                pc = if stack[sp - 1] != 0 { code[pc] as usize } else { pc + 1 };
            }
            STOP => return stack[sp - 1],
            _ => core::arch::wasm32::unreachable(),
        }
    }
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> u32 {
    let mut r = 1;
    for _ in 0..n {
        r = interpret(&CODE, unsafe { &mut MEMORY }, r);
    }
    r
}
