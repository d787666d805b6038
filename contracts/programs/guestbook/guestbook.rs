// A guest book: a call with a line signs it, a call with nothing reads it. The book is the contract's file "book".
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::{env, fs, panic, process};

fn main() -> io::Result<()> {
    // A panic reverts the call and says why. Without this it traps, which burns all gas and says nothing.
    panic::set_hook(Box::new(|info| {
        eprintln!("{}", info);
        process::exit(101)
    }));
    if env::args().nth(1).as_deref() == Some("deploy") {
        return Ok(());
    }
    let mut line = String::new();
    io::stdin().read_to_string(&mut line)?;
    if !line.is_empty() {
        let line = line.trim_end();
        assert!(line.len() <= 200, "a line of more than 200 bytes");
        let mut book = OpenOptions::new().append(true).create(true).open("book")?;
        writeln!(book, "{}: {}", env::var("ETH_CALLER").unwrap(), line)?;
    }
    print!("{}", fs::read_to_string("book").unwrap_or_default());
    Ok(())
}
