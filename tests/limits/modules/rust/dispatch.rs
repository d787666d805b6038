// Trait objects: a pipeline of filters over records.
#![crate_type = "cdylib"]
trait Filter {
    fn apply(&mut self, record: Record) -> Option<Record>;
    fn finish(&mut self) -> Vec<Record> {
        Vec::new()
    }
}
#[derive(Clone, Copy)]
struct Record {
    key: u32,
    value: i64,
}
struct Above(i64);
struct Scale {
    by: i64,
    offset: i64,
}
struct Dedup(Option<u32>);
struct Window {
    held: Vec<Record>,
    size: usize,
}
struct Sort(Vec<Record>);
impl Filter for Above {
    fn apply(&mut self, r: Record) -> Option<Record> {
        if r.value > self.0 {
            Some(r)
        } else {
            None
        }
    }
}
impl Filter for Scale {
    fn apply(&mut self, r: Record) -> Option<Record> {
        Some(Record {
            value: r.value.checked_mul(self.by)?.checked_add(self.offset)?,
            ..r
        })
    }
}
impl Filter for Dedup {
    fn apply(&mut self, r: Record) -> Option<Record> {
        if self.0.replace(r.key) == Some(r.key) {
            None
        } else {
            Some(r)
        }
    }
}
impl Filter for Window {
    fn apply(&mut self, r: Record) -> Option<Record> {
        self.held.push(r);
        if self.held.len() < self.size {
            return None;
        }
        let sum = self.held.iter().map(|r| r.value).sum::<i64>() / self.size as i64;
        self.held.remove(0);
        Some(Record { value: sum, ..r })
    }
}
impl Filter for Sort {
    fn apply(&mut self, r: Record) -> Option<Record> {
        self.0.push(r);
        None
    }
    fn finish(&mut self) -> Vec<Record> {
        self.0.sort_by_key(|r| (r.key, -r.value));
        std::mem::take(&mut self.0)
    }
}
fn make(kind: u32, n: i64) -> Box<dyn Filter> {
    match kind % 5 {
        0 => Box::new(Above(n)),
        1 => Box::new(Scale { by: n, offset: n / 3 }),
        2 => Box::new(Dedup(None)),
        3 => Box::new(Window {
            held: Vec::new(),
            size: 1 + n as usize % 8,
        }),
        _ => Box::new(Sort(Vec::new())),
    }
}
#[no_mangle]
pub extern "C" fn run(input: *const u32, n: usize) -> i64 {
    let input = unsafe { std::slice::from_raw_parts(input, n) };
    let (head, rest) = input.split_at(n.min(8));
    let mut filters: Vec<_> = head.iter().map(|&k| make(k, k as i64 >> 4)).collect();
    let mut records: Vec<_> = rest
        .chunks_exact(2)
        .map(|p| Record {
            key: p[0],
            value: p[1] as i64,
        })
        .collect();
    for f in &mut filters {
        let mut kept: Vec<_> = records.into_iter().filter_map(|r| f.apply(r)).collect();
        kept.extend(f.finish());
        records = kept;
    }
    records
        .iter()
        .fold(0, |n, r| n.wrapping_mul(31) ^ r.value ^ r.key as i64)
}
