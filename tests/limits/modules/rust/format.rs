// The formatting machinery: Debug of nested types, padding, numbers in bases, Display of one's own.
#![crate_type = "cdylib"]
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Nil,
    Int(i64),
    Text(String),
    List(Vec<Value>),
    Pair { key: Box<Value>, value: Option<Box<Value>> },
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Value::Nil => f.pad("nil"),
            Value::Int(n) => fmt::Display::fmt(n, f),
            Value::Text(s) => write!(f, "{:?}", s),
            Value::List(l) => {
                f.write_str("(")?;
                for (i, v) in l.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" ")?
                    }
                    v.fmt(f)?;
                }
                f.write_str(")")
            }
            Value::Pair { key, value } => match value {
                Some(v) => write!(f, "{} . {:>8}", key, v),
                None => write!(f, "{:<6}", key),
            },
        }
    }
}

#[no_mangle]
pub extern "C" fn run(input: *const i64, n: usize) -> u32 {
    let input = unsafe { std::slice::from_raw_parts(input, n) };
    let mut all = Vec::new();
    for &x in input {
        let last = all.pop();
        all.push(match x % 4 {
            0 => Value::Nil,
            1 => Value::Int(x),
            2 => Value::Text(format!("{:#x}|{:08b}|{:+}|{:o}", x, x as u8, x, x)),
            _ => Value::Pair {
                key: Box::new(Value::Int(x)),
                value: last.map(Box::new),
            },
        });
    }
    let list = Value::List(all.clone());
    let text = format!("{} {:?} {:#?} {}", list, list, all.first(), all.contains(&Value::Nil));
    text.bytes().fold(0, |n, b| n * 31 + b as u32)
}
