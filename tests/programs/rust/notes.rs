// stdin: "add buy bread"
// stdin: "add a much longer note that does not fit into thirty-one bytes"
// stdin: "list"
// stdin: "remove 0"
// stdin: "list"
// stdin: "remove 9"
// stdin: "nonsense"
use std::fs;
use std::io::{self, Read, Write};
use std::process::exit;

fn load() -> Vec<String> {
    match fs::read_to_string("notes.txt") {
        Ok(text) => text.lines().map(str::to_string).collect(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => vec![],
        Err(e) => panic!("{}", e),
    }
}

fn save(notes: &[String]) -> io::Result<()> {
    if notes.is_empty() {
        return fs::remove_file("notes.txt");
    }
    let mut file = fs::File::create("notes.txt")?;
    for note in notes {
        writeln!(file, "{}", note)?;
    }
    Ok(())
}

fn main() {
    let mut line = String::new();
    io::stdin().read_to_string(&mut line).unwrap();
    let mut notes = load();
    match line.split_once(' ') {
        Some(("add", rest)) => notes.push(rest.to_string()),
        Some(("remove", n)) => {
            let n: usize = n.parse().unwrap_or(usize::MAX);
            if n >= notes.len() {
                eprintln!("there is no note {}", n);
                exit(1)
            }
            notes.remove(n);
        }
        None if line == "list" => {
            for (i, note) in notes.iter().enumerate() {
                println!("{}: {}", i, note);
            }
            return;
        }
        None if line.is_empty() => return,
        _ => {
            eprintln!("add TEXT, remove N or list");
            exit(2)
        }
    }
    save(&notes).unwrap();
    println!("{} notes", notes.len());
}
