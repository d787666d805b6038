// stdin: "alpha"
// stdin: "beta beta beta beta beta beta beta beta"
use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};

fn main() -> std::io::Result<()> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    fs::create_dir_all("data/deep")?;
    let mut file = OpenOptions::new().read(true).write(true).create(true).open("data/deep/blob")?;
    let at = file.seek(SeekFrom::End(0))?;
    file.write_all(&input)?;
    file.write_all(b"\0")?;
    println!("wrote {} bytes at {}", input.len() + 1, at);
    file.seek(SeekFrom::Start(1))?;
    let mut whole = Vec::new();
    file.read_to_end(&mut whole)?;
    println!("{:?}", whole);
    println!("{} {}", fs::metadata("data/deep/blob")?.len(), fs::metadata("data/deep/blob")?.is_file());
    fs::copy("data/deep/blob", "data/copy")?;
    fs::rename("data/copy", "data/moved")?;
    println!("{:?}", fs::read("data/moved")?.len());
    println!("{}", fs::metadata("data/copy").is_err());
    fs::remove_file("data/moved")?;
    file.set_len(3)?;
    println!("{:?}", fs::read("data/deep/blob")?);
    Ok(())
}
