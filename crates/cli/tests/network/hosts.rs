//! Two hosts: each has a network and a namespace of processes of its own, and one cable joins them.
//!
//! Neither has a name in the system: what holds them ends with the thread that began it, and with it the network, the
//! cable and every process, whatever becomes of the test.

use crate::done;
use crate::sshd::MORTAL;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Child, Command, Stdio};

/// Where the far host is.
pub(crate) const FAR: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 2));

/// See the module.
pub(crate) struct Hosts {
    pub(crate) near: Host,
    pub(crate) far: Host,
}

/// One host.
pub(crate) struct Host {
    holder: Child,
    init: String,
}

impl Host {
    fn new() -> Self {
        let (last, words) = MORTAL.split_last().unwrap();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["--net", last]);
        command.args(["sh", "-c", "echo; exec sleep infinity"]);
        let mut holder = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0];
        holder.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        let init = children(holder.id()).pop().expect("the host has a process");
        Self { holder, init }
    }

    /// What a command begins with that is to run there.
    pub(crate) fn words(&self) -> Vec<&str> {
        let enter = ["nsenter", "--net", "--pid", "--target", &self.init, "--"];
        [&["setpriv", "--pdeathsig", "KILL"], &enter[..]].concat()
    }

    /// Runs a command there, which must succeed; no word of it holds a space.
    pub(crate) fn does(&self, command: &str) {
        let words: Vec<&str> = self.words().into_iter().chain(command.split(' ')).collect();
        done(Command::new(words[0]).args(&words[1..]));
    }

    /// What nft is told, which is one word.
    fn filters(&self, rules: &str) {
        let words = self.words();
        done(Command::new(words[0]).args(&words[1..]).args(["nft", rules]));
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// The processes that a process began.
pub(crate) fn children(process: u32) -> Vec<String> {
    let listed = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let listed = listed.unwrap_or_default();
    listed.split_whitespace().map(str::to_owned).collect()
}

impl Hosts {
    pub(crate) fn new() -> Self {
        let hosts = Self {
            near: Host::new(),
            far: Host::new(),
        };
        let (near, far) = (&hosts.near.init, &hosts.far.init);
        done(Command::new("ip").args([
            "link", "add", "cable", "netns", near, "type", "veth", "peer", "name", "cable", "netns", far,
        ]));
        for (host, address) in [(&hosts.near, "10.77.0.1/24"), (&hosts.far, "10.77.0.2/24")] {
            host.does(&format!("ip address add {address} dev cable"));
            host.does("ip link set lo up");
            host.does("ip link set cable up");
        }
        hosts
    }

    /// The cable carries no more than this in either direction.
    pub(crate) fn limit(&self, rate: &str) {
        for host in [&self.near, &self.far] {
            host.does(&format!(
                "tc qdisc replace dev cable root tbf rate {rate} burst 64kb latency 200ms"
            ));
        }
    }

    /// So many of a hundred packets are lost.
    pub(crate) fn lose(&self, percent: u32) {
        self.weather("", &format!("numgen random mod 100 < {percent} drop"));
    }

    /// After so many bytes in both directions nothing arrives any more, and nobody is told.
    pub(crate) fn silence_after(&self, bytes: u64) {
        let left = format!("quota left {{ over {bytes} bytes\n}}");
        self.weather(&left, "quota name \"left\" drop");
    }

    /// Every connection is broken, and new ones are refused.
    pub(crate) fn reset(&self) {
        // What tells of it is let through.
        self.weather("", "tcp flags & rst == 0 reject with tcp reset");
    }

    /// One rule for whatever comes to the far host or leaves it, and what that rule refers to.
    fn weather(&self, object: &str, rule: &str) {
        let chain = |hook: &str| format!("chain {hook} {{\ntype filter hook {hook} priority 0\n{rule}\n}}\n");
        let (input, output) = (chain("input"), chain("output"));
        self.far
            .filters(&format!("table inet weather {{\n{object}\n{input}{output}}}\n"));
    }

    /// Ends what the last of the three above began.
    pub(crate) fn mend(&self) {
        self.far.filters("delete table inet weather");
    }

    /// Pulls the cable out.
    pub(crate) fn unplug(&self) {
        self.near.does("ip link set cable down");
    }

    /// Puts it back.
    pub(crate) fn plug(&self) {
        self.near.does("ip link set cable up");
    }
}
