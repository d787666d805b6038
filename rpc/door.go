package rpc

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// anyone, as an origin or a host name, stands for all.
const anyone = "*"

// door says which web pages may ask, and under which names of the node. Programs send no origin and may always ask.
//
// A page on the internet must not reach a node on the reader's machine: neither by a request from its own origin nor by
// a name of its own that it points at the machine's address (DNS rebinding).
type door struct {
	origins []string // besides pages of this machine and extensions of the browser; "*" = all
	hosts   []string // besides addresses and names of this machine; "*" = all
}

// newDoor returns the door that lets in what is local and these origins and host names. They are compared as browsers
// send them: in lower case, an origin without a path.
func newDoor(origins, hosts []string) *door {
	d := &door{}
	for _, origin := range origins {
		d.origins = append(d.origins, plainOrigin(origin))
	}
	for _, host := range hosts {
		d.hosts = append(d.hosts, hostName(host))
	}
	return d
}

// plainOrigin returns an origin as browsers send it: in lower case, without a path and without the scheme's own port.
func plainOrigin(origin string) string {
	origin = strings.TrimSuffix(strings.ToLower(origin), "/")
	for scheme, port := range map[string]string{"http://": ":80", "https://": ":443"} {
		if strings.HasPrefix(origin, scheme) {
			return strings.TrimSuffix(origin, port)
		}
	}
	return origin
}

// hostName returns the name of a host header: without the port, brackets and the root's dot.
func hostName(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
}

// local reports whether a host name always means this machine.
func local(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

// knows reports whether the node answers under a host name. No page can point a name at an address that is written as
// digits.
func (d *door) knows(name string) bool {
	_, err := netip.ParseAddr(name)
	return name == "" || local(name) || err == nil || slices.Contains(d.hosts, name) ||
		slices.Contains(d.hosts, anyone)
}

// admits reports whether pages of an origin may ask: pages of this machine at any port, extensions of the browser,
// which wallets are, and what was allowed. An empty origin is that of a program.
func (d *door) admits(origin string) bool {
	if origin == "" || slices.Contains(d.origins, anyone) || slices.Contains(d.origins, plainOrigin(origin)) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return local(hostName(u.Host))
	case "chrome-extension", "moz-extension", "safari-web-extension":
		return true
	}
	return false
}

// guard answers only requests that the door lets in, and lets their pages read the answers. Of several origins or hosts
// in one request, all must be let in. It says in a refusal which flag allows the request. Preflights are answered here.
func (d *door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for host := range strings.SplitSeq(r.Host, ",") { // net/http refuses two headers
			if name := hostName(strings.TrimSpace(host)); !d.knows(name) {
				refuse(w, "this node does not answer under the host name %q: allow it with --hosts %[1]s", name)
				return
			}
		}
		origin := "" // one of those that are all let in
		for _, member := range listed(r.Header.Values("Origin")) {
			if !d.admits(member) {
				turnAway(w, member)
				return
			}
			origin = cmp.Or(origin, member)
		}
		if origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Add("Vary", "Origin")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		if origin != "" {
			allowRequests(w.Header(), r.Header)
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// listed returns the members of headers that are lists, or sent more than once.
func listed(headers []string) (members []string) {
	for _, header := range headers {
		for member := range strings.SplitSeq(header, ",") {
			members = append(members, strings.TrimSpace(member))
		}
	}
	return members
}

// turnAway refuses the pages of an origin.
func turnAway(w http.ResponseWriter, origin string) {
	if u, err := url.Parse(origin); err != nil || u.Host == "" { // a file, or a page in a sandbox
		refuse(w, "this node does not answer pages of %q: allow all pages with --origins '*'", origin)
		return
	}
	refuse(w, "this node does not answer pages of %q: allow them with --origins %[1]s", origin)
}

// allowRequests answers a preflight: it allows the headers that are asked for, and requests from the internet to this
// machine's network if the browser asks for that.
func allowRequests(answer, asked http.Header) {
	headers := asked.Get("Access-Control-Request-Headers")
	if headers == "" {
		headers = "Content-Type, Authorization"
	}
	answer.Set("Access-Control-Allow-Methods", "POST, GET, OPTIONS")
	answer.Set("Access-Control-Allow-Headers", headers)
	answer.Set("Access-Control-Max-Age", "600")
	if asked.Get("Access-Control-Request-Private-Network") == "true" {
		answer.Set("Access-Control-Allow-Private-Network", "true")
	}
}

// refuse answers 403 with the reason. What came from the client is quoted and cut.
func refuse(w http.ResponseWriter, format, what string) {
	const most = 200
	what = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune("<>&\"'`", r) {
			return '?'
		}
		return r
	}, what[:min(len(what), most)])
	http.Error(w, fmt.Sprintf(format, what), http.StatusForbidden)
}
