// stdin: "ok"
// stdin: "fail"
// A panic says its message on standard error and exits, as the hook asks: a bare panic traps.
use std::io::Read;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("{}", info);
        std::process::exit(101)
    }));
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    if text == "fail" {
        let none: Option<u32> = None;
        println!("{}", none.expect("there is nothing"));
    }
    println!("fine");
}
