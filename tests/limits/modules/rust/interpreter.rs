// A virtual machine whose instructions are an enum of many variants.
#![crate_type = "cdylib"]
#[derive(Clone, Debug)]
enum Op {
    Push(i64),
    Pop,
    Dup(u8),
    Swap(u8),
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    Not,
    Neg,
    Eq,
    Ne,
    Lt,
    Le,
    Jump(u32),
    JumpIf(u32),
    JumpIfNot(u32),
    Call(u32),
    Return,
    Load(u16),
    Store(u16),
    Concat,
    Length,
    Text(String),
    Number,
    Print,
    New(u16),
    Get,
    Set,
    Halt,
}
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Int(i64),
    Text(String),
    List(Vec<Value>),
}
#[derive(Debug)]
enum Fault {
    Underflow,
    Type(&'static str),
    Range(usize),
    Steps,
}
struct Machine {
    stack: Vec<Value>,
    frames: Vec<usize>,
    slots: Vec<Value>,
    out: String,
}
impl Machine {
    fn pop(&mut self) -> Result<Value, Fault> {
        self.stack.pop().ok_or(Fault::Underflow)
    }
    fn int(&mut self) -> Result<i64, Fault> {
        match self.pop()? {
            Value::Int(n) => Ok(n),
            Value::Text(_) => Err(Fault::Type("text")),
            Value::List(_) => Err(Fault::Type("list")),
        }
    }
    fn binary(&mut self, f: impl Fn(i64, i64) -> Option<i64>) -> Result<(), Fault> {
        let (b, a) = (self.int()?, self.int()?);
        self.stack.push(Value::Int(f(a, b).ok_or(Fault::Type("overflow"))?));
        Ok(())
    }
    fn run(&mut self, code: &[Op]) -> Result<(), Fault> {
        let mut pc = 0;
        for _ in 0..100_000 {
            let op = code.get(pc).ok_or(Fault::Range(pc))?;
            pc += 1;
            match op {
                Op::Push(n) => self.stack.push(Value::Int(*n)),
                Op::Pop => {
                    self.pop()?;
                }
                Op::Dup(n) => {
                    let at = self.stack.len().checked_sub(1 + *n as usize).ok_or(Fault::Underflow)?;
                    self.stack.push(self.stack[at].clone())
                }
                Op::Swap(n) => {
                    let at = self.stack.len();
                    if at < 2 + *n as usize {
                        return Err(Fault::Underflow);
                    }
                    self.stack.swap(at - 1, at - 2 - *n as usize)
                }
                Op::Add => self.binary(i64::checked_add)?,
                Op::Sub => self.binary(i64::checked_sub)?,
                Op::Mul => self.binary(i64::checked_mul)?,
                Op::Div => self.binary(i64::checked_div)?,
                Op::Rem => self.binary(i64::checked_rem)?,
                Op::And => self.binary(|a, b| Some(a & b))?,
                Op::Or => self.binary(|a, b| Some(a | b))?,
                Op::Xor => self.binary(|a, b| Some(a ^ b))?,
                Op::Shl => self.binary(|a, b| a.checked_shl(b as u32))?,
                Op::Shr => self.binary(|a, b| a.checked_shr(b as u32))?,
                Op::Not => {
                    let n = self.int()?;
                    self.stack.push(Value::Int(!n))
                }
                Op::Neg => {
                    let n = self.int()?;
                    self.stack
                        .push(Value::Int(n.checked_neg().ok_or(Fault::Type("overflow"))?))
                }
                Op::Eq => {
                    let (a, b) = (self.pop()?, self.pop()?);
                    self.stack.push(Value::Int((a == b) as i64))
                }
                Op::Ne => {
                    let (a, b) = (self.pop()?, self.pop()?);
                    self.stack.push(Value::Int((a != b) as i64))
                }
                Op::Lt => self.binary(|a, b| Some((a < b) as i64))?,
                Op::Le => self.binary(|a, b| Some((a <= b) as i64))?,
                Op::Jump(to) => pc = *to as usize,
                Op::JumpIf(to) => {
                    if self.int()? != 0 {
                        pc = *to as usize
                    }
                }
                Op::JumpIfNot(to) => {
                    if self.int()? == 0 {
                        pc = *to as usize
                    }
                }
                Op::Call(to) => {
                    self.frames.push(pc);
                    pc = *to as usize
                }
                Op::Return => match self.frames.pop() {
                    Some(to) => pc = to,
                    None => return Ok(()),
                },
                Op::Load(n) => self
                    .stack
                    .push(self.slots.get(*n as usize).cloned().ok_or(Fault::Range(*n as usize))?),
                Op::Store(n) => {
                    let v = self.pop()?;
                    *self.slots.get_mut(*n as usize).ok_or(Fault::Range(*n as usize))? = v
                }
                Op::Concat => match (self.pop()?, self.pop()?) {
                    (Value::Text(b), Value::Text(a)) => self.stack.push(Value::Text(a + &b)),
                    (Value::List(b), Value::List(mut a)) => {
                        a.extend(b);
                        self.stack.push(Value::List(a))
                    }
                    _ => return Err(Fault::Type("pair")),
                },
                Op::Length => {
                    let n = match self.pop()? {
                        Value::Text(s) => s.chars().count(),
                        Value::List(l) => l.len(),
                        Value::Int(n) => n.count_ones() as usize,
                    };
                    self.stack.push(Value::Int(n as i64))
                }
                Op::Text(s) => self.stack.push(Value::Text(s.clone())),
                Op::Number => {
                    let v = match self.pop()? {
                        Value::Text(s) => s.trim().parse().map_err(|_| Fault::Type("number"))?,
                        _ => return Err(Fault::Type("text")),
                    };
                    self.stack.push(Value::Int(v))
                }
                Op::Print => {
                    let v = self.pop()?;
                    self.out += &format!("{:?}\n", v)
                }
                Op::New(n) => self.stack.push(Value::List(vec![Value::Int(0); *n as usize])),
                Op::Get => {
                    let (i, l) = (self.int()?, self.pop()?);
                    if let Value::List(l) = l {
                        self.stack
                            .push(l.get(i as usize).cloned().ok_or(Fault::Range(i as usize))?)
                    } else {
                        return Err(Fault::Type("list"));
                    }
                }
                Op::Set => {
                    let (v, i) = (self.pop()?, self.int()?);
                    if let Some(Value::List(l)) = self.stack.last_mut() {
                        *l.get_mut(i as usize).ok_or(Fault::Range(i as usize))? = v
                    } else {
                        return Err(Fault::Type("list"));
                    }
                }
                Op::Halt => return Ok(()),
            }
        }
        Err(Fault::Steps)
    }
}
fn decode(b: &[u8]) -> Vec<Op> {
    b.chunks_exact(3)
        .map(|c| {
            let n = c[1] as u16 | (c[2] as u16) << 8;
            match c[0] % 36 {
                0 => Op::Push(n as i64),
                1 => Op::Pop,
                2 => Op::Dup(c[1]),
                3 => Op::Swap(c[1]),
                4 => Op::Add,
                5 => Op::Sub,
                6 => Op::Mul,
                7 => Op::Div,
                8 => Op::Rem,
                9 => Op::And,
                10 => Op::Or,
                11 => Op::Xor,
                12 => Op::Shl,
                13 => Op::Shr,
                14 => Op::Not,
                15 => Op::Neg,
                16 => Op::Eq,
                17 => Op::Ne,
                18 => Op::Lt,
                19 => Op::Le,
                20 => Op::Jump(n as u32),
                21 => Op::JumpIf(n as u32),
                22 => Op::JumpIfNot(n as u32),
                23 => Op::Call(n as u32),
                24 => Op::Return,
                25 => Op::Load(n % 16),
                26 => Op::Store(n % 16),
                27 => Op::Concat,
                28 => Op::Length,
                29 => Op::Text(n.to_string()),
                30 => Op::Number,
                31 => Op::Print,
                32 => Op::New(n % 64),
                33 => Op::Get,
                34 => Op::Set,
                _ => Op::Halt,
            }
        })
        .collect()
}
#[no_mangle]
pub extern "C" fn run(input: *const u8, n: usize) -> u32 {
    let code = decode(unsafe { std::slice::from_raw_parts(input, n) });
    let mut m = Machine {
        stack: vec![],
        frames: vec![],
        slots: vec![Value::Int(0); 16],
        out: String::new(),
    };
    match m.run(&code) {
        Ok(()) => m.out.len() as u32,
        Err(e) => format!("{:?} {}", e, m.stack.len()).len() as u32,
    }
}
