//! Which addresses the fetcher must not dial: feeds come from strangers, and a stranger's link must
//! not reach what stands behind the firewall.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of special range that an address lies in; `None` for a public one.
///
/// An IPv6 address that carries an IPv4 one (mapped, translated, 6to4, Teredo, ISATAP) is judged by
/// both: otherwise `::ffff:127.0.0.1` is a way around the table.
pub(crate) fn refused(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => refused_v4(ip),
        IpAddr::V6(ip) => refused_v6(ip),
    }
}

fn refused_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = ip.octets();
    Some(match (a, b, c) {
        (0, ..) => "unspecified",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "private",
        (100, 64..=127, _) => "carrier-grade NAT",
        (127, ..) => "loopback",
        // Cloud metadata services answer at 169.254.169.254.
        (169, 254, _) => "link-local",
        // One cloud's metadata and agents, at an address that looks public.
        (168, 63, 129) => "cloud metadata",
        (192, 0, 0) => "protocol assignment",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "documentation",
        (192, 88, 99) => "6to4 relay",
        (198, 18..=19, _) => "benchmarking",
        (224..=239, ..) => "multicast",
        (240..=255, ..) => "reserved",
        _ => return None,
    })
}

fn refused_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| {
        let bits = (u32::from(high) << 16) | u32::from(low);
        refused_v4(Ipv4Addr::from_bits(bits))
    };
    if ip.is_unspecified() {
        return Some("unspecified");
    }
    if ip.is_loopback() {
        return Some("loopback");
    }
    match s {
        // Mapped, translated (RFC 2765, RFC 6052), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        [0, 0, 0, 0, 0, 0, ..] => Some("IPv4-compatible"),
        [0x64, 0xff9b, 1, ..] => Some("local translation"),
        [0x100, 0, 0, 0, ..] => Some("discard"),
        // Teredo keeps the client's address inverted.
        [0x2001, 0, .., high, low] => v4(!high, !low).or(Some("Teredo")),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Some("documentation"),
        [0x2001, 0x0001..=0x01ff, ..] => Some("protocol assignment"),
        [0xfc00..=0xfdff, ..] => Some("private"),
        [0xfe80..=0xfebf, ..] => Some("link-local"),
        [0xfec0..=0xfeff, ..] => Some("site-local"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        // Only 2000::/3 is given out (RFC 4291).
        [0..=0x1fff | 0x4000..=0xfbff, ..] => Some("reserved"),
        // ISATAP (RFC 5214): the tunnel's far end is the address at the end.
        [.., 0 | 0x200, 0x5efe, high, low] => v4(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: Option<&str>) {
        let ip: IpAddr = address.parse().expect("an address");
        assert_eq!(refused(ip), expected, "{address}");
    }

    #[test]
    fn special_ranges_of_v4() {
        check("0.0.0.0", Some("unspecified"));
        check("10.1.2.3", Some("private"));
        check("172.16.0.1", Some("private"));
        check("172.31.255.255", Some("private"));
        check("172.32.0.1", None);
        check("192.168.1.1", Some("private"));
        check("168.63.129.16", Some("cloud metadata"));
        check("168.63.130.16", None);
        check("100.64.0.1", Some("carrier-grade NAT"));
        check("100.128.0.1", None);
        check("127.255.0.1", Some("loopback"));
        check("169.254.169.254", Some("link-local"));
        check("192.0.2.7", Some("documentation"));
        check("198.18.0.1", Some("benchmarking"));
        check("224.0.0.1", Some("multicast"));
        check("255.255.255.255", Some("reserved"));
        check("93.184.216.34", None);
    }

    #[test]
    fn special_ranges_of_v6() {
        check("::", Some("unspecified"));
        check("::1", Some("loopback"));
        check("fe80::1", Some("link-local"));
        check("fd00:ec2::254", Some("private"));
        check("ff02::1", Some("multicast"));
        check("2001:db8::1", Some("documentation"));
        check("fec0::1", Some("site-local"));
        check("100::1", Some("discard"));
        check("5f00::1", Some("reserved"));
        check("4000::1", Some("reserved"));
        check("2606:4700::1111", None);
    }

    #[test]
    fn an_address_inside_an_address_is_no_way_around() {
        check("::ffff:127.0.0.1", Some("loopback"));
        check("::ffff:169.254.169.254", Some("link-local"));
        check("::ffff:93.184.216.34", None);
        check("::7f00:1", Some("IPv4-compatible"));
        check("64:ff9b::10.0.0.1", Some("private"));
        check("64:ff9b::93.184.216.34", None);
        check("64:ff9b:1::10.0.0.1", Some("local translation"));
        check("::ffff:0:127.0.0.1", Some("loopback"));
        check("2002:7f00:1::", Some("loopback"));
        check("2606:4700::5efe:10.0.0.1", Some("private"));
        check("2606:4700::200:5efe:10.0.0.1", Some("private"));
        check("2001:0:0:0:0:0:80ff:fffe", Some("loopback"));
    }
}
