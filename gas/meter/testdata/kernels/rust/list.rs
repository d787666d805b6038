// Walks a list of 1,024 nodes, n times: every load waits for the one before.
#![no_std]
include!("lib/panic.rs");

#[derive(Clone, Copy)]
struct Node {
    next: Option<&'static Node>,
    value: i32,
}

static mut NODES: [Node; 1024] = [Node { next: None, value: 0 }; 1024];

#[inline(never)]
fn total(mut at: Option<&Node>) -> i32 {
    let mut sum = 0i32;
    while let Some(node) = at {
        sum = sum.wrapping_add(node.value);
        at = node.next;
    }
    sum
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> i32 {
    for i in 0..1024 {
        let next = (i * 5 + 1) & 1023;
        unsafe {
            NODES[i].next = if next != 0 { Some(&NODES[next]) } else { None };
            NODES[i].value = i as i32;
        }
    }
    let mut sum = 0i32;
    for _ in 0..n {
        sum = sum.wrapping_add(total(unsafe { Some(&NODES[0]) }));
    }
    sum
}
