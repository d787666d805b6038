// A contract without the standard library: a fixed arena, a ledger, a state machine; panics are traps.
#![no_std]
#![crate_type = "cdylib"]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
#[derive(Clone, Copy)]
struct Entry {
    key: [u8; 20],
    balance: u128,
    nonce: u32,
}
static mut LEDGER: [Option<Entry>; 128] = [None; 128];
fn slot<'a>(ledger: &'a mut [Option<Entry>; 128], key: &[u8; 20]) -> &'a mut Entry {
    let hash = key.iter().fold(5381u32, |h, &b| h.wrapping_mul(33) ^ b as u32) as usize;
    let at = (0..128)
        .map(|i| (hash + i) % 128)
        .find(|&i| ledger[i].map_or(true, |e| e.key == *key))
        .unwrap();
    ledger[at].get_or_insert(Entry {
        key: *key,
        balance: 0,
        nonce: 0,
    })
}
#[derive(Clone, Copy, PartialEq)]
enum Auction {
    Open {
        highest: u128,
        bidder: [u8; 20],
        until: u64,
    },
    Closed {
        winner: [u8; 20],
    },
    Idle,
}
static mut AUCTION: Auction = Auction::Idle;
#[no_mangle]
pub unsafe extern "C" fn run(call: *const u8, now: u64) -> i32 {
    let call = core::slice::from_raw_parts(call, 57);
    let (mut from, mut to) = ([0; 20], [0; 20]);
    from.copy_from_slice(&call[1..21]);
    to.copy_from_slice(&call[21..41]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&call[41..57]);
    let value = u128::from_be_bytes(bytes);
    let ledger = &mut *core::ptr::addr_of_mut!(LEDGER);
    let auction = &mut *core::ptr::addr_of_mut!(AUCTION);
    match (call[0], *auction) {
        (0, _) => match slot(ledger, &from).balance.checked_sub(value) {
            Some(left) => {
                let e = slot(ledger, &from);
                e.balance = left;
                e.nonce += 1;
                slot(ledger, &to).balance += value;
                0
            }
            None => 1,
        },
        (1, _) => {
            slot(ledger, &to).balance = slot(ledger, &to).balance.saturating_add(value);
            0
        }
        (2, Auction::Idle) => {
            *auction = Auction::Open {
                highest: 0,
                bidder: from,
                until: now + value as u64,
            };
            0
        }
        (3, Auction::Open { highest, bidder, until }) if now < until => {
            if value <= highest || slot(ledger, &from).balance < value {
                return 2;
            }
            slot(ledger, &bidder).balance += highest;
            slot(ledger, &from).balance -= value;
            *auction = Auction::Open {
                highest: value,
                bidder: from,
                until,
            };
            0
        }
        (4, Auction::Open { bidder, until, .. }) if now >= until => {
            *auction = Auction::Closed { winner: bidder };
            0
        }
        (5, Auction::Closed { winner }) => {
            *auction = Auction::Idle;
            winner[0] as i32
        }
        _ => -1,
    }
}
