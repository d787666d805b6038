struct Seen(u32);
impl vte::Perform for Seen {
    fn print(&mut self, c: char) {
        self.0 = self.0 * 31 + c as u32
    }
    fn csi_dispatch(&mut self, p: &vte::Params, _: &[u8], _: bool, c: char) {
        self.0 ^= p.len() as u32 + c as u32
    }
    fn osc_dispatch(&mut self, p: &[&[u8]], _: bool) {
        self.0 += p.len() as u32
    }
}
crates::entry!(|b| {
    let (mut seen, mut machine) = (Seen(0), vte::Parser::new());
    b.iter().for_each(|&c| machine.advance(&mut seen, c));
    seen.0
});
