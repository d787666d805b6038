// stdin: "let x = 3; let y = x * (x + 1); y - 2 / x"
// stdin: "let = 3"
// stdin: "a"
use std::collections::BTreeMap;
use std::io::Read;
use std::process::ExitCode;

type Names = BTreeMap<String, i128>;

struct Parser<'a> { text: &'a [u8], at: usize, names: &'a Names }

impl Parser<'_> {
    fn blank(&mut self) { while self.at < self.text.len() && self.text[self.at].is_ascii_whitespace() { self.at += 1 } }
    fn peek(&mut self) -> Option<u8> { self.blank(); self.text.get(self.at).copied() }
    fn term(&mut self) -> Result<i128, String> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let v = self.sum()?;
                if self.peek() != Some(b')') { return Err(format!("a ) is missing at {}", self.at)) }
                self.at += 1;
                Ok(v)
            }
            Some(c) if c.is_ascii_alphanumeric() => {
                let start = self.at;
                while self.at < self.text.len() && self.text[self.at].is_ascii_alphanumeric() { self.at += 1 }
                let word = std::str::from_utf8(&self.text[start..self.at]).unwrap();
                word.parse().or_else(|_| self.names.get(word).copied().ok_or(format!("{} is not known", word)))
            }
            other => Err(format!("unexpected {:?} at {}", other.map(char::from), self.at)),
        }
    }
    fn product(&mut self) -> Result<i128, String> {
        let mut v = self.term()?;
        loop {
            match self.peek() {
                Some(b'*') => { self.at += 1; v *= self.term()? }
                Some(b'/') => { self.at += 1; v = v.checked_div(self.term()?).ok_or("division by zero")? }
                _ => return Ok(v),
            }
        }
    }
    fn sum(&mut self) -> Result<i128, String> {
        let mut v = self.product()?;
        loop {
            match self.peek() {
                Some(b'+') => { self.at += 1; v += self.product()? }
                Some(b'-') => { self.at += 1; v -= self.product()? }
                _ => return Ok(v),
            }
        }
    }
}

fn run(text: &str) -> Result<i128, String> {
    let mut names = Names::new();
    let mut last = 0;
    for statement in text.split(';') {
        let (name, rest) = match statement.trim().strip_prefix("let ") {
            Some(rest) => { let (n, e) = rest.split_once('=').ok_or("= is missing")?; (n.trim(), e) }
            None => ("", statement),
        };
        if statement.trim().starts_with("let") && name.is_empty() { return Err("a name is missing".into()) }
        last = Parser { text: rest.as_bytes(), at: 0, names: &names }.sum()?;
        names.insert(name.to_string(), last);
    }
    Ok(last)
}

fn main() -> ExitCode {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    if text.is_empty() { return ExitCode::SUCCESS }
    match run(&text) {
        Ok(v) => { println!("{}", v); ExitCode::SUCCESS }
        Err(e) => { eprintln!("{}", e); ExitCode::from(1) }
    }
}
