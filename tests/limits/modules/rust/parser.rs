// A Lisp: reader, environments and evaluator, with errors as values.
#![crate_type = "cdylib"]
use std::{cell::RefCell, collections::BTreeMap, fmt, rc::Rc};

#[derive(Clone)]
enum Term {
    Int(i64),
    Name(Rc<str>),
    List(Rc<Vec<Term>>),
    Builtin(fn(&[Term]) -> Result<Term, Failure>),
    Lambda(Rc<(Vec<Rc<str>>, Term, Rc<Scope>)>),
}
#[derive(Debug)]
enum Failure {
    Unbound(String),
    Type(&'static str),
    Arity { want: usize, got: usize },
    Syntax(usize),
    Depth,
}
struct Scope {
    names: RefCell<BTreeMap<Rc<str>, Term>>,
    outer: Option<Rc<Scope>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unbound(name) => write!(f, "{} is not bound", name),
            Failure::Type(want) => write!(f, "want {}", want),
            Failure::Arity { want, got } => write!(f, "want {} arguments, have {}", want, got),
            Failure::Syntax(at) => write!(f, "syntax error at {}", at),
            Failure::Depth => f.write_str("too deep"),
        }
    }
}

impl Scope {
    fn get(&self, name: &str) -> Result<Term, Failure> {
        match self.names.borrow().get(name) {
            Some(t) => Ok(t.clone()),
            None => self
                .outer
                .as_ref()
                .ok_or_else(|| Failure::Unbound(name.to_string()))?
                .get(name),
        }
    }
}

fn read(s: &[u8], at: &mut usize) -> Result<Term, Failure> {
    while *at < s.len() && s[*at].is_ascii_whitespace() {
        *at += 1
    }
    match s.get(*at) {
        Some(b'(') => {
            *at += 1;
            let mut list = Vec::new();
            loop {
                while *at < s.len() && s[*at].is_ascii_whitespace() {
                    *at += 1
                }
                if s.get(*at) == Some(&b')') {
                    *at += 1;
                    return Ok(Term::List(Rc::new(list)));
                }
                list.push(read(s, at)?);
            }
        }
        Some(_) => {
            let from = *at;
            while *at < s.len() && !s[*at].is_ascii_whitespace() && s[*at] != b'(' && s[*at] != b')' {
                *at += 1
            }
            let word = std::str::from_utf8(&s[from..*at]).map_err(|_| Failure::Syntax(from))?;
            if word.is_empty() {
                return Err(Failure::Syntax(from));
            }
            Ok(word.parse().map(Term::Int).unwrap_or_else(|_| Term::Name(word.into())))
        }
        None => Err(Failure::Syntax(*at)),
    }
}

fn eval(t: &Term, scope: &Rc<Scope>, depth: u32) -> Result<Term, Failure> {
    if depth > 100 {
        return Err(Failure::Depth);
    }
    let list = match t {
        Term::Name(n) => return scope.get(n),
        Term::List(l) if !l.is_empty() => l,
        _ => return Ok(t.clone()),
    };
    if let Term::Name(n) = &list[0] {
        match (&**n, &list[1..]) {
            ("if", [c, yes, no]) => {
                return match eval(c, scope, depth + 1)? {
                    Term::Int(0) => eval(no, scope, depth + 1),
                    _ => eval(yes, scope, depth + 1),
                }
            }
            ("define", [Term::Name(n), value]) => {
                let v = eval(value, scope, depth + 1)?;
                scope.names.borrow_mut().insert(n.clone(), v.clone());
                return Ok(v);
            }
            ("lambda", [Term::List(names), body]) => {
                let names = names
                    .iter()
                    .map(|t| match t {
                        Term::Name(n) => Ok(n.clone()),
                        _ => Err(Failure::Type("name")),
                    })
                    .collect::<Result<_, _>>()?;
                return Ok(Term::Lambda(Rc::new((names, body.clone(), scope.clone()))));
            }
            _ => {}
        }
    }
    let all = list
        .iter()
        .map(|t| eval(t, scope, depth + 1))
        .collect::<Result<Vec<_>, _>>()?;
    match &all[0] {
        Term::Builtin(f) => f(&all[1..]),
        Term::Lambda(l) if l.0.len() == all.len() - 1 => {
            let names = l.0.iter().cloned().zip(all[1..].iter().cloned()).collect();
            eval(
                &l.1,
                &Rc::new(Scope {
                    names: RefCell::new(names),
                    outer: Some(l.2.clone()),
                }),
                depth + 1,
            )
        }
        Term::Lambda(l) => Err(Failure::Arity {
            want: l.0.len(),
            got: all.len() - 1,
        }),
        _ => Err(Failure::Type("function")),
    }
}

fn fold(all: &[Term], f: fn(i64, i64) -> i64) -> Result<Term, Failure> {
    let mut n = all.iter().map(|t| match t {
        Term::Int(n) => Ok(*n),
        _ => Err(Failure::Type("number")),
    });
    let first = n.next().unwrap_or(Err(Failure::Arity { want: 1, got: 0 }))?;
    n.try_fold(first, |a, b| b.map(|b| f(a, b))).map(Term::Int)
}

#[no_mangle]
pub extern "C" fn run(input: *const u8, n: usize) -> i64 {
    let s = unsafe { std::slice::from_raw_parts(input, n) };
    let mut names: BTreeMap<Rc<str>, Term> = BTreeMap::new();
    names.insert("+".into(), Term::Builtin(|a| fold(a, i64::wrapping_add)));
    names.insert("-".into(), Term::Builtin(|a| fold(a, i64::wrapping_sub)));
    names.insert("*".into(), Term::Builtin(|a| fold(a, i64::wrapping_mul)));
    names.insert("<".into(), Term::Builtin(|a| fold(a, |x, y| (x < y) as i64)));
    names.insert(
        "/".into(),
        Term::Builtin(|a| fold(a, |x, y| x.checked_div(y).unwrap_or(0))),
    );
    let scope = Rc::new(Scope {
        names: RefCell::new(names),
        outer: None,
    });
    match read(s, &mut 0).and_then(|t| eval(&t, &scope, 0)) {
        Ok(Term::Int(n)) => n,
        Ok(_) => -1,
        Err(e) => -(e.to_string().len() as i64),
    }
}
