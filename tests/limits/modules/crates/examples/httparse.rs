crates::entry!(|b| {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(b) {
        Ok(httparse::Status::Complete(n)) => n as u32 ^ request.headers.len() as u32,
        _ => 0,
    }
});
