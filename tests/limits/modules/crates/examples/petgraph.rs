use petgraph::{algo, graph::DiGraph};
crates::entry!(|b| {
    let mut g = DiGraph::<u8, u32>::new();
    let nodes: Vec<_> = b.iter().map(|&n| g.add_node(n)).collect();
    for w in b.windows(3) {
        g.add_edge(
            nodes[w[0] as usize % nodes.len()],
            nodes[w[1] as usize % nodes.len()],
            w[2] as u32,
        );
    }
    let order = algo::toposort(&g, None).map_or(0, |o| o.len());
    let far = algo::dijkstra(&g, nodes[0], None, |e| *e.weight());
    far.values()
        .fold(order as u32 + algo::tarjan_scc(&g).len() as u32, |n, d| n ^ d)
});
