// stdin: "Zażółć gęślą jaźń"
// stdin: "plain ascii, palindrome: level"
use std::fmt;
use std::io::Read;

struct Boxed<'a>(&'a str);

impl fmt::Display for Boxed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let width = self.0.chars().count();
        writeln!(f, "+{}+", "-".repeat(width + 2))?;
        writeln!(f, "| {} |", self.0)?;
        write!(f, "+{}+", "-".repeat(width + 2))
    }
}

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    println!("{}", Boxed(&text));
    println!("{}", text.to_uppercase());
    println!("{}", text.chars().rev().collect::<String>());
    println!("{:?}", text.char_indices().filter(|(_, c)| !c.is_ascii()).collect::<Vec<_>>());
    println!("{:?}", text.bytes().map(u32::from).sum::<u32>());
    println!("{:?} {:?}", text.find("level"), text.split(' ').last());
    println!("{:>20}|{:<20}|{:^20}|{:+}|{:#x}|{:#010b}", "right", "left", "middle", 7, 255, 5);
}
