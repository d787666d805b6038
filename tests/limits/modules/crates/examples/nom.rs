use nom::{
    branch::alt,
    bytes::complete::tag,
    character::complete::{char, digit1, multispace0},
    combinator::map_res,
    multi::fold_many0,
    sequence::{delimited, pair},
    IResult,
};
fn factor(i: &str) -> IResult<&str, u32> {
    delimited(
        multispace0,
        alt((map_res(digit1, str::parse), delimited(char('('), expr, char(')')))),
        multispace0,
    )(i)
}
fn term(i: &str) -> IResult<&str, u32> {
    let (i, first) = factor(i)?;
    fold_many0(
        pair(alt((tag("*"), tag("/"))), factor),
        move || first,
        |a: u32, (op, b): (&str, u32)| {
            if op == "*" {
                a.wrapping_mul(b)
            } else {
                a.checked_div(b).unwrap_or(0)
            }
        },
    )(i)
}
fn expr(i: &str) -> IResult<&str, u32> {
    let (i, first) = term(i)?;
    fold_many0(
        pair(alt((tag("+"), tag("-"))), term),
        move || first,
        |a: u32, (op, b): (&str, u32)| {
            if op == "+" {
                a.wrapping_add(b)
            } else {
                a.wrapping_sub(b)
            }
        },
    )(i)
}
crates::entry!(|b| expr(crates::text(b)).map_or(0, |(_, n)| n));
