use heck::{ToKebabCase, ToTitleCase, ToUpperCamelCase};
crates::entry!(|b| {
    let s = crates::text(b);
    crates::sum(s.to_kebab_case().as_bytes())
        ^ crates::sum(s.to_upper_camel_case().as_bytes())
        ^ crates::sum(s.to_title_case().as_bytes())
});
