package miner

import "time"

// HoldFor sets for how long a transaction is held that the node failed on.
func HoldFor(d time.Duration) { holdFor = d }
