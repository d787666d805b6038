crates::entry!(|b| textwrap::wrap(
    crates::text(b),
    textwrap::Options::new(40).wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
)
.iter()
.fold(0, |n, l| n * 31 + l.len() as u32));
