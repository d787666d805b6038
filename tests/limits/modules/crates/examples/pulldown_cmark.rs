crates::entry!(|b| {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(crates::text(b)));
    crates::sum(html.as_bytes())
});
